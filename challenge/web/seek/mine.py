"""My requirements, each with its next step; and where a new one begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.accounts import queries as people
from challenge.accounts.models import Organization
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.requirements import drafting, queries
from challenge.requirements.queries import CallRow, MineRow
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Subject, require
from challenge.rules.stages import Stage
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.seek.forms import NewForm
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "mine": {"GET": Action.ACCOUNT_USE},
    "new": {"GET": Action.ACCOUNT_USE, "POST": Action.REQUIREMENT_CREATE},
}
# Groups of the list, what waits for its seeker first.
GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("yours", frozenset({"returned", "draft"})),
    ("waiting", frozenset({"submitted"})),
    ("published", frozenset({"published"})),
    ("over", frozenset({"selected", "agreed", "delivered", "failed", "rejected", "withdrawn"})),
)


@dataclass(frozen=True, slots=True)
class MineCard:
    """One of my requirements with its next step."""

    ref: str
    number: str | None
    state: str
    title: str
    lang: str | None
    seeker: str
    round_title: str
    next_step: str
    reason: str | None
    closes_at: dt.datetime | None
    opens_at: dt.datetime | None
    zone: str
    solutions: int


@blueprint.get("", strict_slashes=False)
def mine() -> ResponseReturnValue:
    """All that I post or posted, by what is to be done."""
    require(actor(), Action.ACCOUNT_USE)
    cards = [_card(row, page_now()) for row in queries.mine(db.session, actor())]
    groups = [(name, [card for card in cards if card.state in states]) for name, states in GROUPS]
    calls = queries.open_calls(db.session, page_now(), limit=3)
    return render_template(
        "seek/mine.html",
        groups=[group for group in groups if group[1]],
        calls=calls,
        represents=bool(actor().represents),
    )


def _card(row: MineRow, now: dt.datetime) -> MineCard:
    step, closes_at = _next_step(row, now)
    return MineCard(
        ref=row.ref,
        number=row.number,
        state=row.state,
        title=title_of(row),
        lang=i18n.t_lang(row, "title") if i18n.t(row, "title") else None,
        seeker=i18n.t(row, "seeker"),
        round_title=i18n.t(row, "round"),
        next_step=step,
        reason=row.state_reason if row.state in ("returned", "rejected", "withdrawn") else None,
        closes_at=closes_at,
        opens_at=row.submission_opens_at,
        zone=row.zone,
        solutions=row.submission_count,
    )


def _next_step(row: MineRow, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """What is to be done next, and until when."""
    call, submission = row.call_closes_at, row.submission_closes_at
    if row.state == "draft" and row.unconfirmed and (call is None or call > now):
        speaks = row.seeker_id in actor().represents
        said = (
            _("Read it and confirm it.") if speaks else _("The firm confirms it by the link in its letter.")
        )
        return said, call
    if row.state == "draft":
        closed = call is not None and call <= now
        return (_("The call is closed. The draft stays here."), call) if closed else (_("Hand it in."), call)
    if row.state == "returned":
        until = call if call is not None and call > now else submission
        return _("Change what the organizer asks for, then hand it in again."), until
    if row.state == "submitted":
        return _("The organizer reads it. You get a letter."), None
    return _while_published(row, now) if row.state == "published" else ("", None)


def _while_published(row: MineRow, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    ends = [at for at in (row.closes_at, row.submission_closes_at) if at is not None]
    until = min(ends, default=None)
    if row.submission_opens_at is not None and now < row.submission_opens_at:
        return _("Solutions come from %(day)s.", day=i18n.day(row.submission_opens_at, row.zone)), until
    if until is not None and until <= now:
        return _("Solutions are closed. The judges score them."), until
    return _("Answer questions; solutions are coming in."), until


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Choose the round and the organization; the form comes next."""
    require(actor(), Action.ACCOUNT_USE)
    calls = queries.open_calls(db.session, page_now())
    mine = people.seats_of(db.session, actor().user_id or 0)
    seats = [seat.organization for seat in mine if seat.representative]
    form = _new_form(calls, [(each.ref, i18n.organization_name(each)) for each in seats])
    if request.method == "POST":
        _require_some_call(calls)
    if form.validate_on_submit() and request.form.get("way") == "workbook":
        return redirect(url_for("seek.books", slug=form.round.data, whose=form.seeker.data))
    if form.validate_on_submit():
        try:
            draft_ref = _create(form, calls, seats)
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            return redirect(url_for("seek.edit", ref=draft_ref))
    return render_template("seek/new.html", form=form, calls=calls, seats=seats), 422 if form.errors else 200


def _require_some_call(calls: Sequence[CallRow]) -> None:
    """Whether this person may post anything now; for which round and whom, the service asks again."""
    open_now = frozenset({Stage.REQUIREMENTS}) if calls else frozenset()
    someone = next(iter(actor().represents), None)
    require(actor(), Action.REQUIREMENT_CREATE, Subject(kind="round", open=open_now, seeker_id=someone))


def _create(form: NewForm, calls: Sequence[CallRow], seats: Sequence[Organization]) -> str:
    round_id = next(call.id for call in calls if call.slug == form.round.data)
    seeker_id = next(each.id for each in seats if each.ref == form.seeker.data)
    with writing() as session:
        return drafting.create(session, actor(), round_id, seeker_id, ref=form.ref.data).ref


def _new_form(calls: Sequence[CallRow], seats: Sequence[tuple[str, str]]) -> NewForm:
    form = NewForm()
    form.round.choices = [(call.slug, _call_name(call)) for call in calls]
    form.seeker.choices = list(seats)
    if request.method == "GET":
        form.ref.data = new_ref()
        asked = request.args.get("round")
        slugs = [call.slug for call in calls]
        form.round.data = asked if asked in slugs else slugs[0] if len(slugs) == 1 else None
    return form


def _call_name(call: CallRow) -> str:
    closes = _("closes %(when)s", when=i18n.when(call.closes_at, call.zone))
    return f"{i18n.t(call, 'title')} · {closes}"
