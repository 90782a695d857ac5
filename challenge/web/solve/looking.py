"""The way from a submission to what changed in the need that it answers."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.rules.permissions import Action
from challenge.submissions import looking
from challenge.web.solve.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {"look": {"POST": Action.SUBMISSION_LOOK}}


@blueprint.post("/<ref>/need")
def look(ref: str) -> ResponseReturnValue:
    """Note that the team has looked, and show what there is to look at."""
    shown = enter(ref, Action.SUBMISSION_LOOK)
    moved, requirement = shown.need_moved, shown.requirement
    if moved is None or requirement is None:
        return redirect(url_for("solve.show", ref=ref))
    there = url_for("public.requirement_versions", ref=requirement.ref, _anchor=f"version-{moved[1]}")
    version = request.form.get("version", moved[1], type=int)
    with writing() as session:
        looking.look(session, actor(), ref, version)
    return redirect(there)
