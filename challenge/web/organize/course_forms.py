"""Forms of courses and their sessions: their shape, and what was typed in them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from challenge.base import i18n
from challenge.rules import localtime
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.scales import plain, read_score
from challenge.training.courses import ABOUT, LINE, CourseFacts
from challenge.training.models import Course, CourseSession
from challenge.training.sessions import TOPIC, Part
from challenge.web import forms, training_words
from challenge.web.places import OFFERED

SHAPE = "%Y-%m-%d %H:%M"
PLACE_HELP = _l("Only those who have a place in the course read this.")


class CourseForm(FlaskForm):
    """A whole course."""

    title_zh = StringField(_l("Title in Chinese"))
    title_en = StringField(_l("Title in English"))
    level = SelectField(_l("Broker level"), validate_choice=False)
    about_zh = TextAreaField(_l("About it, in Chinese"), render_kw={"rows": 4, "maxlength": ABOUT})
    about_en = TextAreaField(_l("About it, in English"), render_kw={"rows": 4, "maxlength": ABOUT})
    hours = StringField(_l("Hours"), description=_l("Such as 16 or 7.5."))
    seats = IntegerField(_l("Places"), validators=[Optional()])
    fee = StringField(_l("Fee"), description=_l("In words, such as: 800 元 a person, free for members."))
    zone = SelectField(_l("Time zone of the course"), validate_choice=False)
    place = StringField(_l("Where"), description=PLACE_HELP, render_kw={"maxlength": LINE})
    online = StringField(_l("Link to take part online"), description=PLACE_HELP)
    share = IntegerField(_l("Sessions to attend, in per cent"), validators=[Optional()])
    exam_least = StringField(_l("Least mark in the exam"), description=_l("Empty: there is no exam."))
    valid_months = IntegerField(
        _l("Months that a certificate holds"), description=_l("Empty: for good."), validators=[Optional()]
    )

    def __init__(self, *args: Any, now: dt.datetime, own_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = forms.in_words(training_words.LEVELS)()
        zones = dict.fromkeys([own_zone, *OFFERED])
        self.zone.choices = [(key, i18n.zone_name(now, key)) for key in zones]

    def facts(self) -> CourseFacts:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        figures = {name: _figure(self, name, faults) for name in ("hours", "exam_least")}
        missing = [name for name in ("seats", "share") if self[name].data is None]
        faults += [Invalid(name, "not_a_number") for name in missing]
        if figures["hours"] is None and not faults:
            faults.append(Invalid("hours", "required"))
        if faults:
            raise InvalidMany(faults)
        texts = ("title_zh", "title_en", "about_zh", "about_en", "fee", "place", "online")
        return CourseFacts(
            level=self.level.data or "",
            hours=figures["hours"] or Decimal(0),
            seats=self.seats.data or 0,
            zone=self.zone.data or "",
            share=self.share.data or 0,
            exam_least=figures["exam_least"],
            valid_months=self.valid_months.data,
            **{name: self[name].data or "" for name in texts},
        )


class SessionForm(FlaskForm):
    """One session, in the course's zone."""

    starts_at = StringField(_l("Begins"), description=_l("As 2026-12-04 14:00, in the course’s time zone."))
    ends_at = StringField(_l("Ends"))
    topic = StringField(_l("Topic of the session"), render_kw={"maxlength": TOPIC})

    def part(self, zone: str) -> Part:
        """What was typed; raises `InvalidMany`."""
        faults: list[Invalid] = []
        times: dict[str, dt.datetime] = {}
        for name in ("starts_at", "ends_at"):
            text = self[name].data or ""
            try:
                if not text.strip():
                    raise Invalid(name, "required")
                times[name] = localtime.instant(name, text, ZoneInfo(zone))
            except Invalid as fault:
                faults.append(fault)
        if faults:
            raise InvalidMany(faults)
        return Part(times["starts_at"], times["ends_at"], self.topic.data or "")


def course_data(course: Course) -> dict[str, object]:
    """A course as its form shows it."""
    names = (
        "title_zh",
        "title_en",
        "level",
        "about_zh",
        "about_en",
        "seats",
        "fee",
        "zone",
        "place",
        "online",
    )
    least = course.exam_least
    return {
        **{name: getattr(course, name) for name in (*names, "share", "valid_months")},
        "hours": plain(course.hours),
        "exam_least": plain(least) if least is not None else "",
    }


def session_data(part: CourseSession, zone: str) -> dict[str, object]:
    """A session as its form shows it."""
    times = {name: getattr(part, name).astimezone(ZoneInfo(zone)) for name in ("starts_at", "ends_at")}
    return {"topic": part.topic, **{name: at.strftime(SHAPE) for name, at in times.items()}}


def _figure(form: FlaskForm, name: str, faults: list[Invalid]) -> Decimal | None:
    text = (form[name].data or "").strip()
    if not text:
        return None
    value = read_score(text)
    if value is None:
        faults.append(Invalid(name, "not_a_number"))
    return value
