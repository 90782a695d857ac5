"""Words of training: levels, refusals, audit entries, how a certificate stands."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: Mapping[str, LazyString] = {
    "course_begun": _("The course has begun: nobody enrols, leaves or calls it off any more."),
    "course_cancelled": _("The course was called off."),
    "course_fixed": _("This is fixed: people have enrolled, or begun, by it."),
    "course_without_session": _("Add a session that is still to come, then publish."),
    "course_last_session": _("A published course keeps one session. Move it, or call the course off."),
    "course_without_exam": _("This course has no exam. Set the least mark in the course first."),
    "course_not_over": _("Certificates are issued once the last session is over."),
    "session_begun": _("This session has begun, so it stays as it is."),
    "session_twice": _("Another session of this course begins then."),
    "session_long": _("A session lasts %(hours)s hours at most. Make two of it."),
    "session_not_begun": _("This session begins at %(at)s."),
    "session_over": _("This session ended at %(at)s. Tell the organizer that you were there."),
    "code_wrong": _("This is not the code that the session shows. Six letters and figures."),
    "not_enrolled": _("You have no place in this course."),
    "not_a_web_address": _("Write an address that begins with https://."),
    "figure_out_of_range": _("Write a figure from %(minimum)s to %(maximum)s, with two decimals at most."),
    "not_a_broker": _("The register is for brokers: whoever is appointed, or holds a valid certificate."),
}
LEVELS: Mapping[str, LazyString] = {
    "primary": _("Technology broker, primary level"),
    "intermediate": _("Technology broker, intermediate level"),
    "senior": _("Technology broker, senior level"),
}

# As web/organize/audit.py shows them: action -> (tone, icon, words).
ACTIONS: Mapping[str, tuple[str, str, LazyString]] = {
    "course.drafted": ("", "draft", _("A course was drafted")),
    "course.edited": ("", "edit", _("A course was changed")),
    "course.sessions_changed": ("", "calendar", _("The sessions of a course were changed")),
    "course.published": ("good", "open", _("A course was published")),
    "course.cancelled": ("bad", "x", _("A course was called off")),
    "course.enrolled": ("", "user", _("Somebody enrolled in a course")),
    "course.queued": ("", "clock", _("Somebody waits for a place in a course")),
    "course.moved_up": ("good", "user", _("Somebody moved up to a place in a course")),
    "course.left": ("", "x", _("Somebody left a course")),
    "course.checked_in": ("", "check", _("Somebody checked in to a session")),
    "course.attendance_marked": ("", "list", _("Attendance was marked")),
    "course.marked": ("", "edit", _("Exam marks were written")),
    "certificate.issued": ("good", "check", _("A certificate was issued")),
    "certificate.revoked": ("bad", "x", _("A certificate was revoked")),
    "certificate.unnamed": ("", "user", _("A name was taken off a certificate")),
    "register.joined": ("", "user", _("A broker joined the public register")),
    "register.edited": ("", "edit", _("A line of the public register was changed")),
    "register.left": ("", "x", _("A broker left the public register")),
}
