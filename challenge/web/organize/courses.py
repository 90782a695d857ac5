"""Courses of a programme: written, given sessions, published, called off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rounds import programmes
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused
from challenge.rules.permissions import Action, require
from challenge.training import courses, facts, reads, sessions
from challenge.training.models import Course
from challenge.web import forms, words
from challenge.web.context import page_now
from challenge.web.organize.course_forms import CourseForm, SessionForm, course_data, session_data
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "courses": {"GET": Action.COURSE_EDIT},
    "course_new": {"GET": Action.COURSE_EDIT, "POST": Action.COURSE_EDIT},
    "course": {"GET": Action.COURSE_EDIT, "POST": Action.COURSE_EDIT},
    "course_publish": {"POST": Action.COURSE_EDIT},
    "course_cancel": {"POST": Action.COURSE_EDIT},
    "course_sessions": {"GET": Action.COURSE_EDIT, "POST": Action.COURSE_EDIT},
    "course_session": {"POST": Action.COURSE_EDIT},
    "course_session_drop": {"POST": Action.COURSE_EDIT},
}


@blueprint.get("/programmes/<slug>/courses", endpoint="courses")
def of_programme(slug: str) -> ResponseReturnValue:
    """The courses of a programme."""
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.COURSE_EDIT, programmes.subject_of(programme))
    rows = reads.of_programme(db.session, programme.id)
    return render_template("organize/courses.html", programme=programme, rows=rows)


@blueprint.route("/programmes/<slug>/courses/new", methods=["GET", "POST"])
def course_new(slug: str) -> ResponseReturnValue:
    """Draft a course."""
    programme = programmes.by_slug(db.session, slug)
    require(actor(), Action.COURSE_EDIT, programmes.subject_of(programme))
    zone = current_app.config["SETTINGS"].default_zone
    begun = {"zone": zone, "seats": 30, "share": 80}
    form = CourseForm(now=page_now(), own_zone=zone, data=begun)
    if form.validate_on_submit():
        try:
            with writing() as session:
                drafted = courses.create(session, actor(), programme, form.facts()).ref
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            programme = programmes.by_slug(db.session, slug)
        else:
            flash(_("The draft is kept. Add its sessions, then publish it."))
            return redirect(url_for("organize.course_sessions", ref=drafted))
    page = render_template("organize/course.html", programme=programme, course=None, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/courses/<ref>", methods=["GET", "POST"])
def course(ref: str) -> ResponseReturnValue:
    """What is written about a course."""
    found = enter(ref, Action.COURSE_EDIT)
    form = CourseForm(now=page_now(), own_zone=found.zone, data=course_data(found))
    if form.validate_on_submit():
        try:
            with writing() as session:
                courses.edit(session, actor(), ref, form.facts())
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
            found = enter(ref, Action.COURSE_EDIT)
        else:
            flash(_("Saved."))
            return redirect(url_for("organize.course", ref=ref))
    page = render_template("organize/course.html", programme=found.programme, course=found, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/courses/<ref>/publish")
def course_publish(ref: str) -> ResponseReturnValue:
    """Everyone may read it and enrol."""
    step = lambda: courses.publish(db.session, actor(), ref)  # noqa: E731
    return take(step, _("Published. Everyone can enrol now."), url_for("organize.course_sessions", ref=ref))


@blueprint.post("/courses/<ref>/cancel")
def course_cancel(ref: str) -> ResponseReturnValue:
    """Call it off."""
    reason = request.form.get("reason", "")
    step = lambda: courses.cancel(db.session, actor(), ref, reason)  # noqa: E731
    return take(step, _("Called off. Whoever is in it is told."), url_for("organize.course", ref=ref))


@blueprint.route("/courses/<ref>/sessions", methods=["GET", "POST"])
def course_sessions(ref: str) -> ResponseReturnValue:
    """Its sessions; a post adds one."""
    found = enter(ref, Action.COURSE_EDIT)
    form = SessionForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                sessions.add(session, actor(), ref, form.part(found.zone))
        except (Invalid, InvalidMany) as refusal:
            forms.show(form, refusal)
        else:
            flash(_("Added."))
            return redirect(url_for("organize.course_sessions", ref=ref))
    return _sessions(ref, form, "")


@blueprint.post("/courses/<ref>/sessions/<session_ref>")
def course_session(ref: str, session_ref: str) -> ResponseReturnValue:
    """Another time or topic."""
    found = enter(ref, Action.COURSE_EDIT)
    _known(found, session_ref)
    form = SessionForm(prefix=session_ref)
    try:
        with writing() as session:
            sessions.move(session, actor(), session_ref, form.part(found.zone))
    except (Invalid, InvalidMany) as refusal:
        forms.show(form, refusal)
        return _sessions(ref, form, session_ref)
    except Refused as refusal:
        flash(words.say(refusal), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("organize.course_sessions", ref=ref))


@blueprint.post("/courses/<ref>/sessions/<session_ref>/drop")
def course_session_drop(ref: str, session_ref: str) -> ResponseReturnValue:
    """Take a session out."""
    found = enter(ref, Action.COURSE_EDIT)
    if any(each.ref == session_ref for each in found.sessions):  # pressed twice, it is gone already
        step = lambda: sessions.drop(db.session, actor(), session_ref)  # noqa: E731
        return take(step, _("Taken out."), url_for("organize.course_sessions", ref=ref))
    return redirect(url_for("organize.course_sessions", ref=ref))


def enter(ref: str, action: Action) -> Course:
    """A course, once the actor may do `action` with it."""
    found = facts.by_ref(db.session, ref)
    require(actor(), action, facts.subject_of(found))
    return found


def take(step: Callable[[], object], said: str, back: str) -> ResponseReturnValue:
    """Take a step without a form; what is refused stands above the page that one comes back to."""
    try:
        with writing():
            step()
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        flash(said)
    return redirect(back)


def _known(found: Course, session_ref: str) -> None:
    if all(each.ref != session_ref for each in found.sessions):
        raise NotFound


def _sessions(ref: str, form: Any, of: str) -> ResponseReturnValue:
    """`form`: the one that came back, `of` the session that it is about ('' for a new one)."""
    found = enter(ref, Action.COURSE_EDIT)
    lines = [
        {
            "row": each,
            "form": form
            if of == each.ref
            else SessionForm(None, data=session_data(each, found.zone), prefix=each.ref),
            "fixed": found.state != "draft" and each.starts_at <= page_now(),
        }
        for each in found.sessions
    ]
    page = render_template(
        "organize/course_sessions.html",
        course=found,
        programme=found.programme,
        lines=lines,
        form=form if not of else SessionForm(None),
    )
    return page, 422 if form.errors else 200
