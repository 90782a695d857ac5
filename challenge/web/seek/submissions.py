"""What solvers handed in for a requirement: read by its seeker once the window has closed."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import queries as requirements
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, can, require
from challenge.submissions import facts, queries, reading
from challenge.submissions.queries import Shown
from challenge.web import access
from challenge.web.context import page_now
from challenge.web.papers import frozen_file
from challenge.web.seek.room import blueprint

ROUTES: dict[str, dict[str, Action]] = {
    "submissions": {"GET": Action.SUBMISSION_READ},
    "submission": {"GET": Action.SUBMISSION_READ},
    "submission_file": {"GET": Action.SUBMISSION_READ},
}


@blueprint.get("/requirements/<ref>/submissions")
def submissions(ref: str) -> ResponseReturnValue:
    """The solutions for my requirement; before the close, when they can be read."""
    requirement = requirements.by_ref(db.session, ref)
    require(actor(), Action.ACCOUNT_USE)
    if requirement.seeker_id not in actor().represents:
        raise NotFound
    readable = can(actor(), Action.SUBMISSION_READ, facts.any_of(requirement, page_now()))
    actor().asked.add(Action.SUBMISSION_READ)
    return render_template(
        "seek/submissions.html",
        requirement=requirement,
        round=requirement.round,
        readable=readable,
        closes_at=facts.closes_at(windows_of(requirement.round), requirement),
        rows=queries.of_requirement(db.session, requirement.id) if readable else [],
    )


@blueprint.get("/submissions/<ref>")
def submission(ref: str) -> ResponseReturnValue:
    """One of them, as it was entered."""
    shown = _enter(ref)
    version = queries.version(db.session, shown.submission.id, named=True)
    access.note("seeker", version)
    return render_template(
        "seek/submission.html",
        shown=shown,
        submission=shown.submission,
        round=shown.round,
        version=version,
        parts=reading.version_parts(db.session, shown.submission, version),
        urls=[
            url_for("seek.submission_file", ref=ref, place=place)
            for place in range(1, len(version.manifest) + 1)
        ],
    )


@blueprint.get("/submissions/<ref>/files/<int:place>")
def submission_file(ref: str, place: int) -> ResponseReturnValue:
    """A file as it was entered."""
    shown = _enter(ref)
    return frozen_file(queries.version(db.session, shown.submission.id), place, "seeker")


def _enter(ref: str) -> Shown:
    require(actor(), Action.ACCOUNT_USE)
    shown = queries.shown(db.session, ref, page_now())
    if shown.requirement is None or shown.requirement.seeker_id not in actor().represents:
        raise NotFound
    if actor().user_id in shown.material.team:
        raise NotFound
    if not can(actor(), Action.SUBMISSION_READ, shown.subject):
        raise NotFound  # before the close a seeker does not learn who has handed in
    require(actor(), Action.SUBMISSION_READ, shown.subject)
    return shown
