"""The doors of agreements."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.agree import (
    beginning,
    closing,
    editing,
    handovers,
    milestones,
    payments,
    reading,
    ruling,
    steps,
    templates,
)

ROUTES: dict[str, dict[str, Action]] = {
    **reading.ROUTES,
    **beginning.ROUTES,
    **editing.ROUTES,
    **steps.ROUTES,
    **templates.ROUTES,
    **milestones.ROUTES,
    **ruling.ROUTES,
    **payments.ROUTES,
    **handovers.ROUTES,
    **closing.ROUTES,
}
