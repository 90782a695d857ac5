"""The owner's choice: submit my last complete draft at the close."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField

from challenge.base.db import writing
from challenge.base.session import actor
from challenge.rules.permissions import Action, can
from challenge.submissions import at_close as choices
from challenge.submissions.queries import Shown
from challenge.web.solve.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"at_close": {"POST": Action.SUBMISSION_OPT_IN}}


class AtCloseForm(FlaskForm):
    """One box."""

    wanted = BooleanField(lazy_gettext("Submit my last complete draft at the close"))


def form_of(shown: Shown) -> AtCloseForm | None:
    """The box as it stands, for whoever may tick it."""
    if not can(actor(), Action.SUBMISSION_OPT_IN, shown.subject):
        return None
    return AtCloseForm(formdata=None, data={"wanted": shown.submission.submit_at_close})


@blueprint.post("/<ref>/at-close")
def at_close(ref: str) -> ResponseReturnValue:
    """Ask for it, or take it back."""
    form = AtCloseForm()
    with writing() as session:
        choices.choose(session, actor(), ref, wanted=bool(form.wanted.data))
    if form.wanted.data:
        flash(_("Noted. At the close your last complete draft is submitted by itself."))
    else:
        flash(_("Noted. Nothing is submitted for you at the close."))
    back = "solve.review" if request.args.get("from") == "review" else "solve.show"
    return redirect(url_for(back, ref=ref))
