"""What experts said of my requirement, and the wording that they propose beside mine: taken over by field."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements import facts, rewording
from challenge.requirements.content import Closed, read
from challenge.rules.errors import InvalidMany, NotFound, Refused
from challenge.rules.permissions import Action, can
from challenge.web import diagnosis_words, wording, words
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.seek.room import blueprint, enter

ROUTES: dict[str, dict[str, Action]] = {
    "wording": {"GET": Action.REQUIREMENT_READ_CONFIDENTIAL},
    "take_wording": {"POST": Action.WORDING_TAKE},
}


@blueprint.get("/requirements/<ref>/wording", endpoint="wording")
def wording_page(ref: str) -> ResponseReturnValue:
    """Opinions that came with a decision, each with what it proposes."""
    found = enter(ref, Action.REQUIREMENT_READ_CONFIDENTIAL)
    own = rewording.wording_of(read(found, Closed()))
    taken = reads.taken_of(db.session, found.id)
    return render_template(
        "seek/wording.html",
        requirement=found,
        title=title_of(found),
        takes=can(actor(), Action.WORDING_TAKE, facts.subject_of(found, page_now())),
        rows=[
            {
                "diagnosis": each,
                "answers": wording.answers(each),
                "verdict": diagnosis_words.VERDICTS.get(each.verdict or ""),
                "sides": wording.sides(own, each, taken),
            }
            for each in reads.of_requirement(db.session, found.id, given=True)
        ],
    )


@blueprint.post("/requirements/<ref>/wording/<diagnosis_ref>")
def take_wording(ref: str, diagnosis_ref: str) -> ResponseReturnValue:
    """Take over what is ticked, or all of it."""
    if reads.need_of(db.session, diagnosis_ref).ref != ref:
        raise NotFound
    fields = None if "all" in request.form else request.form.getlist("fields")
    try:
        with writing() as session:
            taken = rewording.take(session, actor(), diagnosis_ref, fields)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        first = refusal.faults[0] if isinstance(refusal, InvalidMany) else refusal
        flash(words.say(first), "error")
    else:
        said = ngettext("%(num)d text taken over.", "%(num)d texts taken over.", len(taken))
        flash(said if taken else _("It stands there already."))
    return redirect(url_for("seek.wording", ref=ref))
