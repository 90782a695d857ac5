"""The doors of agreements."""

from __future__ import annotations

from challenge.rules.permissions import Action
from challenge.web.agree import beginning, editing, reading, steps, templates

ROUTES: dict[str, dict[str, Action]] = {
    **reading.ROUTES,
    **beginning.ROUTES,
    **editing.ROUTES,
    **steps.ROUTES,
    **templates.ROUTES,
}
