"""A draft for another requirement from this one's: first what would be carried over, then the copy."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action
from challenge.submissions import copying as service
from challenge.submissions.copying import Plan
from challenge.submissions.limits import EntryRefused
from challenge.submissions.queries import Shown
from challenge.web.entry_lines import refusal_lines
from challenge.web.solve.forms import ConfirmForm
from challenge.web.solve.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "copy": {"GET": Action.SUBMISSION_READ, "POST": Action.SUBMISSION_CREATE},
}
WHY = {
    "no_field": _l("the other form does not ask for it"),
    "other_kind": _l("the other form asks for it in another way"),
    "does_not_fit": _l("it passes a limit or a choice of the other form"),
    "consent": _l("it has to be accepted for each round"),
    "currency": _l("the other requirement is in another currency"),
}


@blueprint.route("/<ref>/copy", methods=["GET", "POST"])
def copy(ref: str) -> ResponseReturnValue:
    """Choose the requirement, see what fits, and begin the draft."""
    wanted = (request.form if request.method == "POST" else request.args).get("to", "")
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                done = service.copy(session, actor(), ref, wanted)
        except EntryRefused as refusal:
            for line in refusal_lines([refusal]):
                flash(line, "error")
            return redirect(url_for("solve.copy", ref=ref, to=wanted))
        flash(
            _("You have a draft for it already; nothing was copied into it.")
            if done.there
            else _done(done.plan)
        )
        return redirect(url_for("solve.edit", ref=done.submission.ref))
    shown = enter(ref, Action.SUBMISSION_READ)
    return draw("solve/copy.html", shown, form=form, wanted=wanted, **_values(shown, wanted))


def _values(shown: Shown, wanted: str) -> dict[str, Any]:
    targets = service.targets(db.session, shown)
    found = None
    if wanted:
        if wanted not in {each.ref for each in targets}:
            raise NotFound
        found = service.plan(db.session, shown, wanted)
    zh = i18n.reader().zh
    left = [(each.field.label.say(zh), WHY[each.why]) for each in found.carried.left] if found else []
    return {"targets": targets, "plan": found, "left": left}


def _done(plan: Plan) -> str:
    """What was carried over, and how much was not."""
    text = _(
        "Copied: %(answers)s, %(files)s.",
        answers=ngettext("%(num)d answer", "%(num)d answers", len(plan.carried.values)),
        files=ngettext("%(num)d file", "%(num)d files", len(plan.files)),
    )
    names = [each.field.label.say(i18n.reader().zh) for each in plan.carried.left]
    names += [i18n.t(each, "name") or "" for each in plan.carried.rows_left]
    names += [each.name for each in plan.files_left]
    if not names:
        return text
    return text + " " + _("Not carried over: %(names)s.", names=i18n.listed(names))
