"""What changed between the versions of an entry, for its organizer, who could read each while it stood."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from challenge.rules.permissions import Action
from challenge.web import access
from challenge.web.differences import asked
from challenge.web.organize.room import blueprint, draw
from challenge.web.organize.submissions import entry_of

ROUTES: dict[str, dict[str, Action]] = {"differences": {"GET": Action.SUBMISSION_READ}}


@blueprint.get("/submissions/<ref>/differences")
def differences(ref: str) -> ResponseReturnValue:
    """Two of its versions, by default the last two."""
    shown = entry_of(ref)
    values = asked(shown.submission)
    for version in (values["difference"].before, values["difference"].after):
        access.note("organizer", version)
    return draw(
        "organize/differences.html",
        shown.round,
        here="submissions",
        shown=shown,
        submission=shown.submission,
        **values,
    )
