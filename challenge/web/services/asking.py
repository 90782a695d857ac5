"""Ask for a service: for one's own organization, or for a need that one looks after."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import queries as people
from challenge.agreements import serving
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, require
from challenge.services import asking, facts
from challenge.services.asking import Wish
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.services.forms import AskForm
from challenge.web.services.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {"ask": {"GET": Action.ACCOUNT_USE, "POST": Action.SERVICE_ASK}}


@blueprint.route("/<ref>/ask", methods=["GET", "POST"])
def ask(ref: str) -> ResponseReturnValue:
    """Say what is needed; a post asks, and leads to the request."""
    require(actor(), Action.ACCOUNT_USE)
    need, agreement = request.args.get("need", ""), request.args.get("agreement", "")
    form = AskForm()
    if request.method == "GET":
        return _page(ref, form, need, agreement)
    try:
        with writing() as session:
            if agreement:
                made = serving.ask(session, actor(), ref, agreement, _chosen(form)).ref
            else:
                made = asking.ask(session, actor(), ref, _wish(form, need)).ref
    except (Invalid, InvalidMany, WrongState) as refusal:
        forms.show(form, refusal)
        return _page(ref, form, need, agreement)
    flash(_("Asked. You get a letter when the centre answers."))
    return redirect(url_for("services.request", ref=made))


def _wish(form: AskForm, need: str) -> Wish:
    if need:
        return Wish(form.text.data or "", need=need)
    mine = sorted(actor().represents)
    wish = _chosen(form)
    return Wish(wish.text, mine[0]) if not form.asker.data and len(mine) == 1 else wish


def _chosen(form: AskForm) -> Wish:
    chosen = form.asker.data or ""
    return Wish(form.text.data or "", int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None)


def _page(ref: str, form: AskForm, need: str, agreement: str) -> ResponseReturnValue:
    service = facts.service_by_ref(db.session, ref)
    require(actor(), Action.SERVICE_READ, facts.service_subject(service))
    about = _need(need)
    meant = serving.for_whom(db.session, actor(), agreement) if agreement else None
    seats = people.seats_of(db.session, actor().user_id or 0)
    mine = [seat.organization for seat in seats if seat.representative]
    if meant is not None:
        mine = [each for each in mine if each.id in meant.askers]
    form.asker.choices = [(str(each.id), each.name) for each in mine]
    page = render_template(
        "services/ask.html",
        service=service,
        form=form,
        need=about,
        meant=meant,
        mine=mine,
        may_ask=bool(about or mine),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _need(ref: str) -> Requirement | None:
    """The need that is asked for, to whoever may ask for it."""
    if not ref:
        return None
    found = queries.without_seeker(db.session, ref)
    asking.require_for_need(db.session, actor(), found, page_now())
    return found
