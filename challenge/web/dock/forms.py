"""Forms of docking: times are written in the round's zone."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from challenge.distribution.contacts import read_lines
from challenge.docking.meeting import TEXT_LENGTH, Meeting, Outcome
from challenge.docking.models import NOTES_LENGTH
from challenge.rules import localtime
from challenge.rules.errors import Invalid, InvalidMany
from challenge.web import forms, outreach_words

WHEN = _l("As 2026-12-04 14:00, in the round’s time zone.")


class PairForm(FlaskForm):
    """Who may solve it: one of these."""

    dispatch = SelectField(_l("Somebody who answered"), validate_choice=False)
    email = StringField(_l("A person with an account, by mail address"), render_kw={"autocomplete": "off"})
    organization = StringField(_l("An organization, by name or code"), render_kw={"autocomplete": "off"})


class MeetingForm(FlaskForm):
    """When, how, with whom."""

    channel = SelectField(_l("How"), validate_choice=False)
    starts_at = StringField(_l("Begins"), description=WHEN)
    ends_at = StringField(_l("Ends"), description=WHEN)
    place = StringField(_l("Place or link"), render_kw={"maxlength": TEXT_LENGTH})
    seeker_people = TextAreaField(
        _l("For the seeker"), description=_l("Mail addresses, one a line."), render_kw={"rows": 2}
    )
    candidate_people = TextAreaField(
        _l("For the candidate"), description=_l("Mail addresses, one a line."), render_kw={"rows": 2}
    )
    nda = BooleanField(_l("What is said is confidential (NDA)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel.choices = forms.in_words(outreach_words.MEETING_CHANNELS)()

    def meeting(self, zone: str) -> Meeting:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        times: dict[str, dt.datetime] = {}
        for name in ("starts_at", "ends_at"):
            try:
                times[name] = instant(name, self[name].data or "", zone)
            except Invalid as fault:
                faults.append(fault)
        people: list[dict[str, str]] = []
        for side in ("seeker", "candidate"):
            lines = self[f"{side}_people"].data or ""
            try:
                found = read_lines(lines) if lines.strip() else []
            except (Invalid, InvalidMany) as refusal:
                first = refusal.faults[0] if isinstance(refusal, InvalidMany) else refusal
                faults.append(Invalid(f"{side}_people", first.code, **first.params))
            else:
                people += [_person(side, each.name, each.address, each.locale) for each in found]
        if faults:
            raise InvalidMany(faults)
        return Meeting(
            self.channel.data or "",
            times["starts_at"],
            times["ends_at"],
            self.place.data or "",
            people,
            bool(self.nda.data),
        )


def _person(side: str, name: str, address: str, locale: str | None) -> dict[str, str]:
    person = {"side": side, "name": name, "address": address}
    return person | ({"locale": locale} if locale else {})


class OutcomeForm(FlaskForm):
    """What came of a meeting."""

    state = RadioField(_l("Did it take place?"), validate_choice=False)
    notes = TextAreaField(_l("Notes"), render_kw={"rows": 5, "maxlength": NOTES_LENGTH})
    seeker_verdict = SelectField(_l("The seeker says"), validate_choice=False)
    candidate_verdict = SelectField(_l("The candidate says"), validate_choice=False)
    blocker = StringField(_l("What stands in the way"), render_kw={"maxlength": TEXT_LENGTH})
    next_action = StringField(_l("Next step"), render_kw={"maxlength": TEXT_LENGTH})
    next_at = StringField(_l("Until when"), description=WHEN)
    nda = BooleanField(_l("What is said is confidential (NDA)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = [("held", str(_l("Yes"))), ("no_show", str(_l("No, somebody did not come")))]
        said = [("", "–"), *forms.in_words(outreach_words.VERDICTS)()]
        self.seeker_verdict.choices = self.candidate_verdict.choices = said

    def outcome(self, zone: str) -> Outcome:
        """What was typed; raises `Invalid`."""
        due = self.next_at.data or ""
        return Outcome(
            state=self.state.data or "",
            notes=self.notes.data or "",
            seeker_verdict=self.seeker_verdict.data or None,
            candidate_verdict=self.candidate_verdict.data or None,
            blocker=self.blocker.data or "",
            next_action=self.next_action.data or "",
            next_at=instant("next_at", due, zone) if due.strip() else None,
            nda=bool(self.nda.data),
        )


def instant(field: str, text: str, zone: str) -> dt.datetime:
    """A time as typed in a zone; raises `Invalid(field, ...)`."""
    if not text.strip():
        raise Invalid(field, "required")
    return localtime.instant(field, text, ZoneInfo(zone))
