"""Screening of one entry: a correction, an announced ruling out, the reply, the decision; its record."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from challenge.accounts.models import Organization
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.judging import conflicts, screening
from challenge.judging.screening import LONGEST, REASONS, Charge
from challenge.rules import eligibility
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, can, require
from challenge.submissions import entering
from challenge.submissions.queries import Shown
from challenge.web import forms
from challenge.web.entry_lines import unmet_briefly
from challenge.web.organize.room import blueprint, draw
from challenge.web.organize.submissions import entry_of
from challenge.web.reasons import REASON_WORDS

ROUTES: dict[str, dict[str, Action]] = {
    "case": {"GET": Action.SUBMISSION_READ, "POST": Action.SUBMISSION_SCREEN},
    "dismiss_case": {"POST": Action.SUBMISSION_SCREEN},
    "uphold_case": {"POST": Action.SUBMISSION_RULE_OUT},
    "rule_out": {"POST": Action.SUBMISSION_RULE_OUT},
}
SHORTEN = _l("Shorten this to %(max)d characters.")


class CaseForm(FlaskForm):
    """What is held against an entry."""

    kind = RadioField(_l("What you want"), default="correction")
    reasons = SelectMultipleField(
        _l("Reasons"), option_widget=CheckboxInput(), widget=ListWidget(), validate_choice=False
    )
    text = TextAreaField(
        _l("In your words"),
        [Length(max=LONGEST, message=SHORTEN)],
        description=_l("The team reads it, word for word."),
    )

    def __init__(self, *args: Any, with_ruling: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("correction", str(_("Ask for a correction; the entry stands meanwhile")))]
        if with_ruling:
            kinds.append(("rule_out", str(_("Announce that you intend to rule it out"))))
        self.kind.choices = kinds
        self.reasons.choices = [(code, str(REASON_WORDS[code])) for code in REASONS]

    def charge(self) -> Charge:
        """What was typed."""
        text = str(self.text.data or "").replace("\r\n", "\n").strip()
        return Charge(self.kind.data or "", tuple(self.reasons.data or ()), text)


class DecisionForm(FlaskForm):
    """What the organizer writes with a decision."""

    decision = TextAreaField(
        _l("Your decision in words"),
        [Length(max=LONGEST, message=SHORTEN)],
        description=_l("The team reads it. A ruling out needs its reason."),
    )


class RuleOutForm(FlaskForm):
    """Why a submission is ineligible."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Give the reason. The team reads it.")), Length(max=LONGEST, message=SHORTEN)],
        description=_l("The team reads it, word for word."),
    )


@blueprint.route("/submissions/<ref>/screening", methods=["GET", "POST"])
def case(ref: str) -> ResponseReturnValue:
    """What is held against it and was; posted, a correction is asked for or a ruling out announced."""
    if request.method != "POST":
        return _page(entry_of(ref))
    shown = _screened(ref, Action.SUBMISSION_SCREEN)
    form = CaseForm(with_ruling=screening.has_reply(shown.round))
    if form.validate_on_submit():
        try:
            with writing() as session:
                made = screening.open_case(session, actor(), ref, form.charge())
            flash(
                _("Announced. The team gets a mail and may reply.")
                if made.kind == "rule_out"
                else _("Asked. The team gets a mail.")
            )
            return redirect(url_for("organize.case", ref=ref))
        except Invalid as refusal:
            forms.show(form, refusal)
    return _page(entry_of(ref), charge=form)


@blueprint.post("/submissions/<ref>/screening/dismiss")
def dismiss_case(ref: str) -> ResponseReturnValue:
    """It is eligible and stays."""
    form = DecisionForm()
    if form.validate_on_submit():
        with writing() as session:
            screening.dismiss(session, actor(), ref, _typed(form))
        flash(_("It stays in the round. The team gets a mail."))
        return redirect(url_for("organize.case", ref=ref))
    return _page(_screened(ref, Action.SUBMISSION_SCREEN), decision=form)


@blueprint.post("/submissions/<ref>/screening/uphold")
def uphold_case(ref: str) -> ResponseReturnValue:
    """It is ineligible, with the reason."""
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                done = screening.uphold(session, actor(), ref, _typed(form))
            flash(_("%(code)s was ruled out. Its team gets a mail with the reason.", code=done.code))
            return redirect(url_for("organize.case", ref=ref))
        except Invalid as refusal:
            forms.show(form, refusal)
    return _page(_screened(ref, Action.SUBMISSION_RULE_OUT), decision=form)


@blueprint.post("/submissions/<ref>/rule-out")
def rule_out(ref: str) -> ResponseReturnValue:
    """Rule it out at once, where the round gives no right of reply."""
    form = RuleOutForm()
    if form.validate_on_submit():
        with writing() as session:
            done = screening.rule_out(session, actor(), ref, str(form.reason.data).strip())
        flash(_("%(code)s was ruled out. Its team gets a mail with the reason.", code=done.code))
        return redirect(url_for("organize.case", ref=ref))
    return _page(_screened(ref, Action.SUBMISSION_RULE_OUT), ruling=form)


def _screened(ref: str, action: Action) -> Shown:
    shown = entry_of(ref)
    require(actor(), action, shown.subject)
    return shown


def _typed(form: DecisionForm) -> str:
    return str(form.decision.data or "").replace("\r\n", "\n").strip()


def _page(
    shown: Shown,
    *,
    charge: CaseForm | None = None,
    decision: DecisionForm | None = None,
    ruling: RuleOutForm | None = None,
) -> ResponseReturnValue:
    submission, round_ = shown.submission, shown.round
    history = screening.history(db.session, submission.id)
    standing = next((each for each in history if each.decided_at is None), None)
    conflict = conflicts.of_person(db.session, actor().user_id, submission.id)
    charge = charge or CaseForm(formdata=None, with_ruling=screening.has_reply(round_))
    decision, ruling = decision or DecisionForm(formdata=None), ruling or RuleOutForm(formdata=None)
    page = draw(
        "organize/case.html",
        round_,
        here="submissions",
        shown=shown,
        submission=submission,
        standing=standing,
        history=history,
        conflict=conflict,
        unmet=unmet_now(shown),
        charge=charge,
        decision=decision,
        ruling=ruling,
        with_reply=screening.has_reply(round_),
        may_screen=conflict is None and can(actor(), Action.SUBMISSION_SCREEN, shown.subject),
        may_decide=standing is not None
        and (standing.state == "answered" or standing.reply_until <= shown.now)
        and standing.kind == "rule_out",
    )
    return page, 422 if charge.errors or decision.errors or ruling.errors else 200


def unmet_now(shown: Shown) -> list[str]:
    """The rules of entry that it does not meet as they are now, in sentences."""
    rules, submission = eligibility.read(shown.round.eligibility), shown.submission
    if not rules:
        return []
    entered = submission.entered_organization_id
    organization = db.session.get(Organization, entered) if entered is not None else None
    return unmet_briefly(rules, entering.unmet_by(db.session, rules, submission, organization, shown.now))
