"""Send needs out: choose them and the recipients, see who gets what and who is left out, then send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts import queries as people
from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.ids import new_ref
from challenge.base.session import actor
from challenge.distribution import channels, contacts, queries, recipients, sending
from challenge.distribution.planning import Plan
from challenge.distribution.recipients import Choice
from challenge.distribution.sending import Order
from challenge.matches import reachable
from challenge.matches.reachable import Reachable
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.distribution import CHANNELS
from challenge.rules.errors import Invalid, InvalidMany, Refused
from challenge.rules.permissions import Action, can, require
from challenge.web import forms, outreach_words
from challenge.web.context import page_now
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "send_needs": {"GET": Action.DISTRIBUTION_READ, "POST": Action.DISTRIBUTION_SEND},
}
SHOWN = 200  # needs to choose from: the newest
_KINDS = {"expert": _l("%(name)s, expert"), "organization": _l("%(name)s, with offers")}


def _boxes(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )


class SendForm(FlaskForm):
    """What to whom, and how."""

    ref = HiddenField()
    requirements = _boxes(_l("Needs"))
    recommended = _boxes(_l("Recommended"))
    lists = _boxes(_l("Contact lists"))
    people = TextAreaField(
        _l("People with accounts"),
        description=_l("Their mail addresses, one a line."),
        render_kw={"rows": 3},
    )
    organizations = TextAreaField(
        _l("Organizations"),
        description=_l("Registered names or codes, one a line. Those who may speak for them get it."),
        render_kw={"rows": 3},
    )
    channels = _boxes(_l("Through"))
    note = TextAreaField(_l("Your words"), render_kw={"rows": 3, "maxlength": sending.NOTE_LENGTH})
    again = BooleanField(
        _l("Ask those once more who have not answered, and nobody else"),
        description=_l("After three days at the earliest, three times at most."),
    )

    def order(self, session: Session, suiting: Sequence[Reachable]) -> Order:
        """What was chosen, of the recommended those who still are; raises `InvalidMany` for unknown names."""
        faults: list[Invalid] = []
        emails = [line.strip().lower() for line in (self.people.data or "").splitlines() if line.strip()]
        known = recipients.accounts(session, emails)
        unknown = [each for each in emails if each not in known]
        if unknown:
            faults.append(Invalid("people", "no_accounts", names=", ".join(unknown[:5])))
        named = [line.strip() for line in (self.organizations.data or "").splitlines() if line.strip()]
        found = {each: people.organization_named(session, each) for each in named[:50]}
        missing = [each for each, number in found.items() if number is None]
        if missing:
            faults.append(Invalid("organizations", "no_organizations", names=", ".join(missing[:5])))
        if faults:
            raise InvalidMany(faults)
        choice = Choice(
            people=frozenset(known.values()) | self._picked(suiting, "expert"),
            organizations=frozenset(each for each in found.values() if each is not None)
            | self._picked(suiting, "organization"),
            lists=frozenset(int(each) for each in self.lists.data or () if each.isdecimal()),
        )
        return Order(
            tuple(self.requirements.data or ()),
            choice,
            tuple(self.channels.data or ()),
            self.note.data or "",
            bool(self.again.data),
            self.ref.data or None,
        )

    def _picked(self, suiting: Sequence[Reachable], kind: str) -> frozenset[int]:
        ticked = set(self.recommended.data or ())
        return frozenset(each.id for each in suiting if each.kind == kind and _key(each) in ticked)


def _key(each: Reachable) -> str:
    return f"{each.kind}/{each.ref}"


@blueprint.route("/rounds/<slug>/distribution/send", methods=["GET", "POST"])
def send_needs(slug: str) -> ResponseReturnValue:
    """The form; its first button shows who would get what, its second sends."""
    round_ = enter(slug, Action.DISTRIBUTION_READ)
    form, suiting = _form(round_)
    plan: Plan | None = None
    if form.is_submitted():
        # Whether this person may send anything here; for which need, the service asks again.
        some = rounds.subject_of(round_, page_now(), state="published", broker_id=actor().user_id)
        require(actor(), Action.DISTRIBUTION_SEND, some)
        try:
            if request.form.get("step") == "send":
                return _send(slug, round_.id, form, suiting)
            plan = sending.preview(db.session, actor(), round_.id, form.order(db.session, suiting))
            db.session.rollback()  # a look leaves nothing behind
        except (Invalid, InvalidMany, Refused) as refusal:
            if refusal.status in (403, 404):
                raise
            db.session.rollback()
            forms.show(form, refusal)
        round_ = enter(slug, Action.DISTRIBUTION_READ)
    page = draw(
        "organize/send_needs.html",
        round_,
        here="distribution",
        form=form,
        plan=plan,
        left_out=[(outreach_words.LEFT_OUT[name], n) for name, n in plan.left_out.items()] if plan else [],
    )
    return page, 422 if form.errors or form.form_errors else 200


def _send(slug: str, round_id: int, form: SendForm, suiting: Sequence[Reachable]) -> ResponseReturnValue:
    with writing() as session:
        count = sending.send(session, actor(), round_id, form.order(session, suiting)).count
    flash(ngettext("%(num)d message is on its way.", "%(num)d messages are on their way.", count))
    return redirect(url_for("organize.distribution", slug=slug))


def _form(round_: Round) -> tuple[SendForm, Sequence[Reachable]]:
    """The form with its choices, and who is recommended for the needs that are chosen."""
    form = SendForm()
    rows = [each for each in queries.needs(db.session, round_.id, None, SHOWN) if each.state == "published"]
    form.requirements.choices = [(each.ref, i18n.t(each, "title")) for each in rows]
    form.lists.choices = [
        (str(each.id), _("%(name)s (%(count)s)", name=each.name, count=each.count))
        for each in contacts.lists(db.session, round_.programme_id)
    ]
    offered = [each for each in CHANNELS if each in ("mail", "inbox") or each in channels.configured()]
    form.channels.choices = [(each, str(outreach_words.CHANNELS[each])) for each in offered]
    if not form.is_submitted():
        form.ref.data = new_ref()
        form.channels.data = ["mail"]
        form.requirements.data = request.args.getlist("need")
        form.again.data = "again" in request.args
    chosen = set(form.requirements.data or ())
    suiting = _suiting(round_, [each.id for each in rows if each.ref in chosen])
    form.recommended.choices = [
        (_key(each), _KINDS[each.kind] % {"name": i18n.t(each, "name")}) for each in suiting
    ]
    return form, suiting


def _suiting(round_: Round, requirement_ids: Sequence[int]) -> Sequence[Reachable]:
    """Who suits the needs and may be written to, for whoever may see who suits them."""
    subject = rounds.subject_of(round_, page_now(), state="published")
    if not can(actor(), Action.MATCHES_READ, subject):
        return ()
    return reachable.reachable(db.session, requirement_ids)
