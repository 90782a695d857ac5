"""My programmes and rounds, and the control room of one round."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from challenge.rules.permissions import Action
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "control": {"GET": Action.ROUND_CONTROL},
}


@blueprint.get("/rounds/<slug>")
def control(slug: str) -> ResponseReturnValue:
    """The control room of a round."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    return draw("organize/control.html", round_, here="control")
