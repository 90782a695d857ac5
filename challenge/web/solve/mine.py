"""My submissions, and the beginning of a new one."""

from __future__ import annotations

import sqlalchemy as sa
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.requirements import queries as requirements
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rounds import themes
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, require
from challenge.submissions import drafting, facts, queries
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import Submission
from challenge.web import forms
from challenge.web.context import page_now
from challenge.web.solve.beginning import BeginForm
from challenge.web.solve.room import blueprint
from challenge.web.solve.standing import at_start
from challenge.web.solve.words import missing_line

ROUTES: dict[str, dict[str, Action]] = {
    "submissions": {"GET": Action.ACCOUNT_USE},
    "new": {"GET": Action.SUBMISSION_CREATE, "POST": Action.SUBMISSION_CREATE},
    "new_in_round": {"GET": Action.SUBMISSION_CREATE, "POST": Action.SUBMISSION_CREATE},
}


@blueprint.get("/")
def submissions() -> ResponseReturnValue:
    """My submissions: what is missing, and when it closes."""
    require(actor(), Action.ACCOUNT_USE)
    mine = queries.mine(db.session, actor().user_id or 0, page_now())
    return render_template("solve/submissions.html", mine=mine, missing_line=missing_line)


@blueprint.route("/new/<ref>", methods=["GET", "POST"])
def new(ref: str) -> ResponseReturnValue:
    """A new solution for a requirement."""
    requirement = requirements.by_ref(db.session, ref)
    if not (requirement.round.public and requirement.state == "published"):
        require(actor(), Action.ACCOUNT_USE)
        raise NotFound
    return _new(requirement.round, requirement)


@blueprint.route("/new-in/<slug>", methods=["GET", "POST"])
def new_in_round(slug: str) -> ResponseReturnValue:
    """A new solution in a round that has no requirements of its own."""
    round_ = rounds.by_slug(db.session, slug)
    if not round_.public:
        require(actor(), Action.ACCOUNT_USE)
        raise NotFound
    return _new(round_, None)


def _new(round_: Round, requirement: Requirement | None) -> ResponseReturnValue:
    known = _known(round_, requirement)
    if known is not None:
        actor().asked.add(Action.SUBMISSION_CREATE)
        return redirect(url_for("solve.show", ref=known))
    now, windows = page_now(), windows_of(round_)
    subject = facts.in_own_time(rounds.subject_of(round_, now), windows, requirement, now)
    facts.permit(actor(), Action.SUBMISSION_CREATE, subject, round_, windows, requirement, now)
    form = BeginForm()
    form.offer(() if requirement else themes.themes_of(db.session, round_.id))
    if form.validate_on_submit():
        try:
            with writing() as session:
                submission = drafting.start(
                    session,
                    actor(),
                    requirement=requirement.ref if requirement else None,
                    round_slug=round_.slug,
                    theme=form.track,
                )
        except Invalid as refusal:
            forms.show(form, refusal)
        except EntryRefused:
            pass  # the page below says what stands against it
        else:
            return redirect(url_for("solve.edit", ref=submission.ref))
        round_ = rounds.by_slug(db.session, round_.slug)
    entry = at_start(round_)
    page = render_template(
        "solve/new.html",
        form=form,
        **entry,
        round=round_,
        requirement=requirement,
        closes_at=facts.closes_at(windows, requirement),
    )
    return page, 422 if form.errors else 409 if entry["against"] and form.is_submitted() else 200


def _known(round_: Round, requirement: Requirement | None) -> str | None:
    """The submission that I have for it already."""
    if actor().user_id is None:
        return None
    query = sa.select(Submission.ref).where(
        Submission.owner_id == actor().user_id,
        Submission.round_id == round_.id,
        Submission.requirement_id == (requirement.id if requirement else None),
    )
    return db.session.scalars(query.limit(1)).one_or_none()
