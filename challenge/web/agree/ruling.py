"""A delivery ruled on: accepted, or given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.agreements import accepting, carrying_out, milestone_reads
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Action
from challenge.web import forms, words
from challenge.web.agree.carried_out import enter
from challenge.web.agree.milestone_forms import ruling_form, verdict
from challenge.web.agree.milestones import page
from challenge.web.agree.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "accept": {"POST": Action.MILESTONE_RULE},
    "give_back": {"POST": Action.MILESTONE_RULE},
}


@blueprint.post("/<ref>/milestones/<int(max=99999):place>/deliveries/<int(max=99999):number>/accept")
def accept(ref: str, place: int, number: int) -> ResponseReturnValue:
    """Accept it: a handover record is made."""
    return _rule(ref, place, number, accepting.accept, _("Accepted. The handover record is made."))


@blueprint.post("/<ref>/milestones/<int(max=99999):place>/deliveries/<int(max=99999):number>/return")
def give_back(ref: str, place: int, number: int) -> ResponseReturnValue:
    """Return it, with reasons."""
    return _rule(ref, place, number, accepting.give_back, _("Returned. The other side reads your reasons."))


def _rule(ref: str, place: int, number: int, verb: Callable[..., Any], said: str) -> ResponseReturnValue:
    shown = enter(ref, Action.MILESTONE_RULE)
    found = carrying_out.milestone_at(db.session, shown.agreement, place)
    deliveries = milestone_reads.deliveries(db.session, found)
    delivery = next((each for each in deliveries if each.number == number), None)
    if delivery is None:
        raise NotFound
    form = ruling_form(found, delivery, request.form)
    wanted = verdict(found, form)
    try:
        with writing() as session:
            verb(session, actor(), ref, place, number, wanted)
    except InvalidMany as refusal:
        forms.show(form, refusal)
        return page(enter(ref, Action.MILESTONE_RULE), place, form)
    except WrongState as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("agree.milestone", ref=ref, place=place))
