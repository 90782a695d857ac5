"""The doors of services."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.services import asking, catalogue, desk, editing, requests

ROUTES: dict[str, dict[str, Action]] = {
    **catalogue.ROUTES,
    **asking.ROUTES,
    **requests.ROUTES,
    **desk.ROUTES,
    **editing.ROUTES,
}
