"""Expert diagnosis of one requirement, for whoever decides on it: ask, follow, read beside the wording."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import recipients
from challenge.requirements import diagnosing, facts, queries
from challenge.requirements import diagnosis_reads as reads
from challenge.requirements.content import Closed, read
from challenge.requirements.diagnosing import QUESTION_LENGTH, Wish
from challenge.requirements.models import Requirement
from challenge.requirements.rewording import wording_of
from challenge.rules import localtime, permissions
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Subject, can, require
from challenge.supply import directory
from challenge.web import diagnosis_words, forms, wording
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.organize.room import blueprint
from challenge.web.public.cards import field_name

ROUTES: dict[str, dict[str, Action]] = {
    "diagnoses": {"GET": Action.DIAGNOSIS_READ},
    "ask_diagnosis": {"POST": Action.DIAGNOSIS_ASK},
    "call_off_diagnosis": {"POST": Action.DIAGNOSIS_ASK},
}


class AskForm(FlaskForm):
    """Who is asked what, until when, and what they may read."""

    expert = SelectField(
        _l("An expert who agreed to be found"),
        description=_l("Experts of the requirement’s field come first."),
        validate_choice=False,
    )
    email = StringField(_l("Or a person with an account, by mail address"), render_kw={"autocomplete": "off"})
    question = TextAreaField(
        _l("What you want to know"),
        description=_l("The expert reads it in the letter. Do not name a seeker who is anonymous."),
        render_kw={"rows": 4, "maxlength": QUESTION_LENGTH},
    )
    due_on = StringField(_l("Due by the end of"))
    with_closed = BooleanField(_l("With the confidential part"))
    named = BooleanField(_l("The seeker may learn the expert’s name"))

    def __init__(self, *args: Any, field: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            (each.ref, " · ".join(filter(None, (each.name, each.affiliation, field_name(each.field)))))
            for each in directory.candidates(db.session, field)
        ]
        self.expert.choices = [("", str(_("Nobody of the list"))), *known]

    def wish(self, zone: str) -> Wish:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        found: dict[str, Any] = {}
        for name, parse in (("expert_id", self._expert), ("due_at", lambda: self._due(zone))):
            try:
                found[name] = parse()
            except Invalid as fault:
                faults.append(fault)
        if faults:
            raise InvalidMany(faults)
        return Wish(
            **found,
            question=self.question.data or "",
            with_closed=bool(self.with_closed.data),
            named=bool(self.named.data),
        )

    def _expert(self) -> int:
        email = (self.email.data or "").strip().lower()
        if self.expert.data:
            found = directory.user_of(db.session, self.expert.data)
            if found is None:
                raise Invalid("expert", "not_a_choice")
            return found
        if not email:
            raise Invalid("expert", "choose_expert")
        known = recipients.accounts(db.session, [email])
        if email not in known:
            raise Invalid("email", "nobody_by_address")
        return known[email]

    def _due(self, zone: str) -> Any:
        day = localtime.day("due_on", self.due_on.data or "")
        if day is None:
            raise Invalid("due_on", "required")
        return localtime.instant("due_on", f"{day:%Y-%m-%d} 24:00", ZoneInfo(zone))


def beside(requirement: Requirement, subject: Subject) -> dict[str, Any]:
    """What stands of it beside a decision; nothing for whoever may not read it (one statement)."""
    may = can(actor(), Action.DIAGNOSIS_READ, subject)
    return {
        "diagnoses": reads.of_requirement(db.session, requirement.id) if may else (),
        "asks": can(actor(), Action.DIAGNOSIS_ASK, subject),
        "verdicts": diagnosis_words.VERDICTS,
    }


@blueprint.get("/requirements/<ref>/diagnoses")
def diagnoses(ref: str) -> ResponseReturnValue:
    """Who was asked, what they said, and the wording that they propose beside the present one."""
    return _page(ref, None)


def _page(ref: str, form: AskForm | None) -> ResponseReturnValue:
    found = queries.by_ref(db.session, ref)
    subject = facts.screening_subject(db.session, found, page_now())
    require(actor(), Action.DIAGNOSIS_READ, subject)
    asks = can(actor(), Action.DIAGNOSIS_ASK, subject)
    if form is None and asks:
        form = AskForm(None, field=found.field)
    listed = reads.of_requirement(db.session, found.id)
    taken = reads.taken_of(db.session, found.id)
    own = wording_of(read(found, Closed()))
    openings = reads.openings_of(db.session, found.id)
    answer = render_template(
        "organize/diagnoses.html",
        requirement=found,
        round=found.round,
        title=title_of(found),
        back=_back(found, subject),
        form=form if asks else None,
        anonymous=found.anonymous,
        rows=[
            {
                "diagnosis": each,
                "answers": wording.answers(each) if each.state == "handed_in" else [],
                "verdict": diagnosis_words.VERDICTS.get(each.verdict or ""),
                "sides": wording.sides(own, each, taken) if each.state == "handed_in" else [],
                "openings": [at for key, at in openings if key == each.id],
                "late": each.state in reads.OPEN_STATES and each.due_at <= page_now(),
            }
            for each in listed
        ],
    )
    return answer, 422 if form is not None and (form.errors or form.form_errors) else 200


def _back(found: Requirement, subject: Subject) -> str:
    """The desk from which one came: that of the round, or that of the branch."""
    if permissions.organizer(actor(), subject):
        return url_for("organize.screen", slug=found.round.slug, ref=found.ref)
    return url_for("organize.branch_screen", ref=found.ref)


@blueprint.post("/requirements/<ref>/diagnoses")
def ask_diagnosis(ref: str) -> ResponseReturnValue:
    """Ask an expert."""
    found = queries.by_ref(db.session, ref)
    require(actor(), Action.DIAGNOSIS_ASK, facts.screening_subject(db.session, found, page_now()))
    form = AskForm(field=found.field)
    try:
        wish = form.wish(found.round.zone)
        with writing() as session:
            diagnosing.ask(session, actor(), ref, wish)
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _page(ref, form)
    flash(_("Asked. The expert gets a letter, and you get one when there is an answer."))
    return redirect(url_for("organize.diagnoses", ref=ref))


@blueprint.post("/requirements/<ref>/diagnoses/<diagnosis_ref>/call-off")
def call_off_diagnosis(ref: str, diagnosis_ref: str) -> ResponseReturnValue:
    """An opinion is not needed any more."""
    if reads.need_of(db.session, diagnosis_ref).ref != ref:
        raise NotFound
    with writing() as session:
        diagnosing.call_off(session, actor(), diagnosis_ref)
    flash(_("Called off. The expert is told."))
    return redirect(url_for("organize.diagnoses", ref=ref))
