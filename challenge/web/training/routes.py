"""The doors of training."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.training import certificates, courses, register

ROUTES: dict[str, dict[str, Action]] = {**courses.ROUTES, **certificates.ROUTES, **register.ROUTES}
