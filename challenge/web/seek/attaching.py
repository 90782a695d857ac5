"""Files of a requirement: up, and away again."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import attachments
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action
from challenge.web import uploads, words
from challenge.web.seek.room import blueprint, enter, enter_step

ROUTES: dict[str, dict[str, Action]] = {
    "attach": {"POST": Action.REQUIREMENT_EDIT},
    "detach": {"POST": Action.REQUIREMENT_EDIT},
}


@blueprint.post("/requirements/<ref>/files")
@uploads.reads_its_body(blueprint)
def attach(ref: str) -> ResponseReturnValue:
    """Attach files; each is public, confidential, or the stamped scan of the paper form."""
    requirement, possible = enter_step(ref, Action.REQUIREMENT_EDIT, "submit")
    there = url_for("seek.edit", ref=ref, _anchor="files")
    if not possible:
        return redirect(url_for("seek.requirement", ref=ref))
    round_ = requirement.round
    present = len(attachments.listed(db.session, requirement.id))
    allowed = uploads.limits(present=present, most=round_.max_files, file_bytes=round_.max_file_bytes)
    try:
        with uploads.receive(allowed) as received:
            who = received.fields.get("confidential", "")
            kept = received.keep()
            with writing() as session:
                count = attachments.attach(
                    session,
                    actor(),
                    ref,
                    kept,
                    confidential=who == "yes",
                    field=attachments.SCAN if who == attachments.SCAN else "files",
                )
    except Invalid as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(ngettext("%(num)d file attached.", "%(num)d files attached.", count))
    return redirect(there)


@blueprint.post("/requirements/<ref>/files/<file_ref>/remove")
def detach(ref: str, file_ref: str) -> ResponseReturnValue:
    """Take a file away."""
    enter(ref, Action.REQUIREMENT_EDIT)
    with writing() as session:
        if attachments.remove(session, actor(), ref, file_ref):
            flash(_("File removed."))
    return redirect(url_for("seek.edit", ref=ref, _anchor="files"))
