"""Who is in a course: attendance by session, marks, certificates; the code that a session shows."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.rules.errors import Invalid, InvalidMany, NotFound, Refused
from challenge.rules.permissions import Action
from challenge.rules.scales import plain, read_score
from challenge.training import attending, certificates, facts, reads
from challenge.training.models import Course, CourseSession
from challenge.web import words
from challenge.web.context import page_now
from challenge.web.organize.courses import enter, take
from challenge.web.organize.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "course_people": {"GET": Action.COURSE_RUN},
    "course_attendance": {"GET": Action.COURSE_RUN, "POST": Action.COURSE_RUN},
    "course_code": {"GET": Action.COURSE_RUN},
    "course_marks": {"POST": Action.COURSE_RUN},
    "course_certificates": {"POST": Action.CERTIFICATE_ISSUE},
    "certificate_revoke": {"POST": Action.CERTIFICATE_REVOKE},
}


@blueprint.get("/courses/<ref>/people")
def course_people(ref: str) -> ResponseReturnValue:
    """Everybody in it: what they attended, their mark, whether they have passed."""
    return _people(ref, {}, {})


def _people(ref: str, typed: dict[str, str], faults: dict[str, str]) -> ResponseReturnValue:
    """`typed`: marks that came back, by refs of enrolments; `faults`: what is wrong with them."""
    found = enter(ref, Action.COURSE_RUN)
    students = reads.students(db.session, found)
    page = render_template(
        "organize/course_people.html",
        course=found,
        programme=found.programme,
        students=[each for each in students if each.state == "enrolled"],
        waiting=[each for each in students if each.state == "waiting"],
        due=sum(each.passed and each.number is None for each in students),
        over=facts.over(found, page_now()),
        begun=facts.begun(found, page_now()),
        marks={each.ref: plain(each.mark) for each in students if each.mark is not None} | typed,
        faults=faults,
    )
    return page, 422 if faults else 200


@blueprint.route("/courses/<ref>/sessions/<session_ref>/attendance", methods=["GET", "POST"])
def course_attendance(ref: str, session_ref: str) -> ResponseReturnValue:
    """Who was in a session."""
    found, part = _session(ref, session_ref)
    here = url_for("organize.course_people", ref=ref)
    if request.method == "POST":
        present = request.form.getlist("present")
        step = lambda: attending.mark(db.session, actor(), session_ref, present)  # noqa: E731
        return take(step, _("Saved."), here)
    return render_template(
        "organize/course_attendance.html",
        course=found,
        programme=found.programme,
        part=part,
        students=[each for each in reads.students(db.session, found) if each.state == "enrolled"],
    )


@blueprint.get("/courses/<ref>/sessions/<session_ref>/code")
def course_code(ref: str, session_ref: str) -> ResponseReturnValue:
    """The code, large, to be shown in the room."""
    found, part = _session(ref, session_ref)
    return render_template(
        "organize/course_code.html",
        course=found,
        programme=found.programme,
        part=part,
        running=part.starts_at <= page_now() < part.ends_at,
    )


@blueprint.post("/courses/<ref>/marks")
def course_marks(ref: str) -> ResponseReturnValue:
    """Write the marks of the exam."""
    typed = {
        name.removeprefix("mark-"): text.strip()
        for name, text in request.form.items()
        if name.startswith("mark-")
    }
    faults = {each: words.say_code("not_a_number") for each in typed if _wrong(typed[each])}
    if not faults:
        marks: dict[str, Decimal | None] = {each: read_score(text) for each, text in typed.items()}
        try:
            with writing() as session:
                attending.set_marks(session, actor(), ref, marks)
        except (Invalid, InvalidMany) as refusal:
            wrong = refusal.faults if isinstance(refusal, InvalidMany) else (refusal,)
            faults = {each.field.removeprefix("mark-"): words.say(each) for each in wrong}
        except Refused as refusal:
            if refusal.status in (403, 404):
                raise
            flash(words.say(refusal), "error")
        else:
            flash(_("Saved."))
    if faults:
        return _people(ref, typed, faults)
    return redirect(url_for("organize.course_people", ref=ref))


@blueprint.post("/courses/<ref>/certificates")
def course_certificates(ref: str) -> ResponseReturnValue:
    """A certificate for each who has passed and has none."""
    here = url_for("organize.course_people", ref=ref)
    try:
        with writing() as session:
            numbers = certificates.issue(session, actor(), ref)
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        flash(words.say(refusal), "error")
    else:
        count = len(numbers)
        said = ngettext("%(num)d certificate issued.", "%(num)d certificates issued.", count)
        flash(said if count else _("Everyone who has passed has a certificate already."))
    return redirect(here)


@blueprint.post("/certificates/<number>/revoke")
def certificate_revoke(number: str) -> ResponseReturnValue:
    """Revoke one; its page says so from now on."""
    reason = request.form.get("reason", "")
    step = lambda: certificates.revoke(db.session, actor(), number, reason)  # noqa: E731
    return take(
        step,
        _("Revoked. Its page says so, without the reason."),
        url_for("training.certificate", number=number),
    )


def _wrong(text: str) -> bool:
    return bool(text) and read_score(text) is None


def _session(ref: str, session_ref: str) -> tuple[Course, CourseSession]:
    found = enter(ref, Action.COURSE_RUN)
    part = next((each for each in found.sessions if each.ref == session_ref), None)
    if part is None:
        raise NotFound
    return found, part
