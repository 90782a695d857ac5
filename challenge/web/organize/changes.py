"""A proposed change to a published need: read beside what everyone reads, published or returned."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.messages.need_changes import because
from challenge.requirements import change_reads, enacting, facts, proposing, queries, versions
from challenge.requirements.enacting import Decision
from challenge.requirements.models import Requirement
from challenge.requirements.version_models import RequirementChange
from challenge.rounds import overrides
from challenge.rounds.tracks import windows_of
from challenge.rules import localtime, needchange
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused, TooLate, WrongState
from challenge.rules.permissions import Action, require
from challenge.submissions.facts import closes_at
from challenge.web import forms, need_changes
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.moments import MomentField, local
from challenge.web.organize.room import blueprint, draw
from challenge.web.seek.changes import closed
from challenge.web.words import say

ROUTES: dict[str, dict[str, Action]] = {
    "decide_change": {"GET": Action.REQUIREMENT_CHANGE_DECIDE, "POST": Action.REQUIREMENT_CHANGE_DECIDE},
    "return_change": {"POST": Action.REQUIREMENT_CHANGE_DECIDE},
}
# Where a fault of the service stands in the form.
_FIELDS = {"close": "ruling", "close_reason": "reason"}


class DecisionForm(FlaskForm):
    """What a material change makes an organizer say."""

    seen = HiddenField()
    ruling = RadioField(_l("What follows from it"), validate_choice=False)
    closes_at = MomentField(_l("New close"))
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Everyone reads it beside the difference."),
        render_kw={"maxlength": overrides.REASON, "rows": 3},
    )

    def offer(self, weight: str, *, own: bool) -> None:
        """The rulings that this change allows."""
        self.ruling.choices = [
            (enacting.KEEP, str(_l("The close stays: the time left is enough"))),
            *([(enacting.NEED, str(_l("This need takes solutions until the moment below")))] if own else []),
            (
                enacting.ROUND,
                str(_l("The round takes solutions until the moment below, and later stages move along")),
            ),
            *(
                [(enacting.EDITORIAL, str(_l("Words alone changed: the change is editorial")))]
                if weight == needchange.WORDS
                else []
            ),
        ]


class ReturnForm(FlaskForm):
    """Why a change is returned."""

    reasons = TextAreaField(
        _l("Reasons"), description=_l("The seeker reads them in a letter. Say what to change, and where.")
    )


@blueprint.route("/rounds/<slug>/changes/<change_ref>", methods=["GET", "POST"])
def decide_change(slug: str, change_ref: str) -> ResponseReturnValue:
    """Read what differs and what follows from it; publish the change with the decision that is due."""
    requirement, change = _enter(slug, change_ref)
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                enacting.publish(session, actor(), change_ref, _decision(form, requirement))
        except (Invalid, InvalidMany, TooLate, WrongState) as refusal:
            _show(form, refusal)
            requirement, change = _enter(slug, change_ref)
        else:
            flash(_("Published. Everyone involved gets a letter."))
            return redirect(url_for("organize.screen", slug=slug, ref=requirement.ref))
    elif not form.is_submitted():
        form.seen.data = change.updated_at.isoformat()
        close = closes_at(windows_of(requirement.round), requirement)
        form.closes_at.process_data(local(close, requirement.round.zone) if close else None)
    return _page(requirement, change, form, ReturnForm(formdata=None))


def _enter(slug: str, change_ref: str) -> tuple[Requirement, RequirementChange]:
    ref = change_reads.requirement_of(db.session, change_ref)
    requirement = queries.by_ref(db.session, ref)
    if requirement.round.slug != slug:
        raise NotFound
    subject = facts.screening_subject(db.session, requirement, page_now())
    require(actor(), Action.REQUIREMENT_CHANGE_DECIDE, subject)
    change = change_reads.by_ref(db.session, change_ref)
    mine = change.side == "organizer" or change.state != "draft"
    if not mine:  # what the seeker has not handed in is the seeker's alone
        raise NotFound
    return requirement, change


def _decision(form: DecisionForm, requirement: Requirement) -> Decision:
    ruling = form.ruling.data or None
    at = None
    if ruling in (enacting.NEED, enacting.ROUND) and form.closes_at.data:
        at = localtime.instant("closes_at", form.closes_at.data, ZoneInfo(requirement.round.zone))
    return Decision(ruling, at, form.reason.data or "", forms.seen(form))


def _show(form: DecisionForm, refusal: Refused) -> None:
    """Faults of the need itself name fields that this form does not have: they go above it."""
    for fault in refusal.faults if isinstance(refusal, InvalidMany) else (refusal,):
        if isinstance(fault, Invalid):
            fault.field = _FIELDS.get(fault.field, fault.field)
        forms.show(form, fault)


def _page(
    requirement: Requirement, change: RequirementChange, form: DecisionForm, returning: ReturnForm
) -> ResponseReturnValue:
    before, after = proposing.in_force(db.session, requirement), proposing.content_of(change)
    differing = proposing.compared(before, after)
    said = (before.confidential_part, after.confidential_part) if differing.secret else ("", "")
    form.offer(differing.change.weight, own=after.closes_at is not None)
    refusal = closed(requirement)
    waits = change.state == ("draft" if change.side == "organizer" else "submitted")
    page = draw(
        "organize/change.html",
        requirement.round,
        here="screening",
        requirement=requirement,
        change=change,
        title=title_of(requirement),
        sheet=need_changes.sheet_of(
            differing.change, change.content, requirement.round.zone, secret=differing.secret, said=said
        ),
        contact=differing.contact,
        why=because(differing.change.reasons()),
        questions=versions.asked(db.session, change.question_ids),
        form=form,
        returning=returning,
        waits=waits,
        against=say(refusal) if refusal is not None and waits else None,
        closes_at=closes_at(windows_of(requirement.round), requirement),
    )
    refused = form.errors or form.form_errors or returning.errors or returning.form_errors
    return page, 422 if refused else 200


@blueprint.post("/rounds/<slug>/changes/<change_ref>/return")
def return_change(slug: str, change_ref: str) -> ResponseReturnValue:
    """Return it with reasons."""
    requirement, change = _enter(slug, change_ref)
    returning = ReturnForm()
    try:
        with writing() as session:
            enacting.give_back(session, actor(), change_ref, returning.reasons.data or "")
    except (Invalid, WrongState) as refusal:
        forms.show(returning, refusal)
        requirement, change = _enter(slug, change_ref)
        return _page(requirement, change, DecisionForm(formdata=None), returning)
    flash(_("Returned. The seeker gets your reasons by mail."))
    return redirect(url_for("organize.screen", slug=slug, ref=requirement.ref))
