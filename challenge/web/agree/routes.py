"""The doors of agreements."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.agree import closing, handovers, milestones, payments, ruling

ROUTES: dict[str, dict[str, Action]] = {
    **milestones.ROUTES,
    **ruling.ROUTES,
    **payments.ROUTES,
    **handovers.ROUTES,
    **closing.ROUTES,
}
