"""Ask for a service: for one's own organization, or for a need that one looks after."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import queries as people
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
    need = request.args.get("need", "")
    form = AskForm()
    if request.method == "GET":
        return _page(ref, form, need)
    try:
        with writing() as session:
            made = asking.ask(session, actor(), ref, _wish(form, need)).ref
    except (Invalid, InvalidMany, WrongState) as refusal:
        forms.show(form, refusal)
        return _page(ref, form, need)
    flash(_("Asked. You get a letter when the centre answers."))
    return redirect(url_for("services.request", ref=made))


def _wish(form: AskForm, need: str) -> Wish:
    text, chosen = form.text.data or "", form.asker.data or ""
    if need:
        return Wish(text, need=need)
    mine = sorted(actor().represents)
    if not chosen and len(mine) == 1:
        return Wish(text, mine[0])
    return Wish(text, int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None)


def _page(ref: str, form: AskForm, need: str) -> ResponseReturnValue:
    service = facts.service_by_ref(db.session, ref)
    require(actor(), Action.SERVICE_READ, facts.service_subject(service))
    about = _need(need)
    seats = people.seats_of(db.session, actor().user_id or 0)
    mine = [seat.organization for seat in seats if seat.representative]
    form.asker.choices = [(str(each.id), each.name) for each in mine]
    page = render_template(
        "services/ask.html", service=service, form=form, need=about, mine=mine, may_ask=bool(about or mine)
    )
    return page, 422 if form.errors or form.form_errors else 200


def _need(ref: str) -> Requirement | None:
    """The need that is asked for, to whoever may ask for it."""
    if not ref:
        return None
    found = queries.without_seeker(db.session, ref)
    asking.require_for_need(db.session, actor(), found, page_now())
    return found
