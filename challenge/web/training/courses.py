"""Courses as everyone reads them; one's own place in one, and being there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import disposition
from challenge.messages import calendars, links
from challenge.rules.errors import Refused
from challenge.rules.permissions import Action, can, require
from challenge.rules.training import CODE_LENGTH, LEVELS
from challenge.training import attending, certificates, enrolling, facts, reads, register, verifying
from challenge.training.models import Course, Enrolment
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.training.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "courses": {"GET": Action.PAGE_READ},
    "course": {"GET": Action.COURSE_READ},
    "course_calendar": {"GET": Action.COURSE_READ},
    "mine": {"GET": Action.ACCOUNT_USE},
    "enrol": {"POST": Action.COURSE_ENROL},
    "leave": {"POST": Action.COURSE_LEAVE},
    "check_in": {"POST": Action.COURSE_CHECK_IN},
}


class EnrolForm(FlaskForm):
    """By what name the certificate is issued."""

    name = StringField(
        _l("Your name"),
        description=_l("As it will stand on the certificate, where everyone who has its number reads it."),
        render_kw={"maxlength": enrolling.NAME, "autocomplete": "name"},
    )


class CodeForm(FlaskForm):
    """The code that the session shows."""

    code = StringField(
        _l("Check-in code"),
        render_kw={"maxlength": CODE_LENGTH * 2, "autocomplete": "off", "autocapitalize": "characters"},
    )


@blueprint.get("/training")
def courses() -> ResponseReturnValue:
    """Courses that one can enrol in, and those that were."""
    require(actor(), Action.PAGE_READ)
    level = request.args.get("level", "")
    level = level if level in LEVELS else ""
    return render_template(
        "training/courses.html",
        coming=reads.open_courses(db.session, page_now(), level=level),
        past=reads.past_courses(db.session, page_now(), level=level),
        level=level,
    )


@blueprint.get("/training/<ref>")
def course(ref: str) -> ResponseReturnValue:
    """One course, with what is for me to do in it."""
    return _page(ref)


def _page(ref: str, refused: Any = None, of: str = "") -> ResponseReturnValue:
    """`refused`: a form that came back, `of` the session that it is about ('' for the place itself)."""
    found, mine = _enter(ref)
    now = page_now()
    inside = mine is not None and mine.state in facts.INSIDE
    taken, waiting = reads.counts(db.session, found)
    name = mine.name if mine is not None else i18n.reader().name
    page = render_template(
        "training/course.html",
        course=found,
        mine=mine if inside else None,
        there=reads.attended(db.session, mine.id) if mine is not None and inside else frozenset(),
        taken=taken,
        waiting=waiting,
        begun=facts.begun(found, now),
        form=refused if refused is not None and not of else EnrolForm(None, data={"name": name}),
        code_form=lambda each: refused if of == each.ref else CodeForm(None, prefix=each.ref),
        runs=_runs(found),
    )
    return page, 422 if refused is not None else 200


@blueprint.get("/training/<ref>/sessions.ics")
def course_calendar(ref: str) -> ResponseReturnValue:
    """The sessions for a calendar; where they are is in it for those who have a place."""
    found, mine = _enter(ref)
    place = _runs(found) or (mine is not None and mine.state == "enrolled")
    title = i18n.t(found, "title")
    text = calendars.course(found, title, links.host(), page_now(), place=place)
    answer = Response(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = disposition("course.ics")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/training/mine")
def mine() -> ResponseReturnValue:
    """My courses and certificates, and whether I am in the register."""
    require(actor(), Action.ACCOUNT_USE)
    person = actor().user_id or 0
    return render_template(
        "training/mine.html",
        enrolments=reads.mine(db.session, person),
        certificates=[
            verifying.shown(each, page_now()) for each in certificates.of_person(db.session, person)
        ],
        entry=register.entry_of(db.session, person),
        may_join=register.may_join(db.session, person),
    )


@blueprint.post("/training/<ref>/enrol")
def enrol(ref: str) -> ResponseReturnValue:
    """Take a place, or one in the line."""
    form = EnrolForm()

    def step() -> str:
        state = enrolling.enrol(db.session, actor(), ref, form.name.data or "").state
        if state == "waiting":
            return _("You are in line. When a place is free it is yours, and we write to you.")
        return _("You have a place. The sessions come by mail, for your calendar.")

    return _try(ref, form, "", step)


@blueprint.post("/training/<ref>/leave")
def leave(ref: str) -> ResponseReturnValue:
    """Give the place back."""

    def step() -> str:
        enrolling.leave(db.session, actor(), ref)
        return _("You have left. Whoever waits moves up.")

    return _try(ref, None, "", step)


@blueprint.post("/training/<ref>/sessions/<session>/check-in")
def check_in(ref: str, session: str) -> ResponseReturnValue:
    """I am here."""
    form = CodeForm(prefix=session)

    def step() -> str:
        attending.check_in(db.session, actor(), session, form.code.data or "")
        return _("You are checked in.")

    return _try(ref, form, session, step)


def _enter(ref: str) -> tuple[Course, Enrolment | None]:
    found = facts.by_ref(db.session, ref)
    mine = facts.enrolment_of(db.session, found, actor().user_id) if actor().user_id is not None else None
    require(actor(), Action.COURSE_READ, facts.subject_of(found, mine))
    return found, mine


def _runs(found: Course) -> bool:
    return can(actor(), Action.COURSE_RUN, facts.subject_of(found))


def _try(ref: str, form: Any, session: str, step: Callable[[], str]) -> ResponseReturnValue:
    """Take the step; what was refused comes back at its field, or above the page."""
    try:
        with writing():
            said = step()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        if form is not None and refusal.status == 422:
            forms.show(form, refusal)
            return _page(ref, form, session)
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(url_for("training.course", ref=ref))
