"""Who suits a requirement: experts, achievements and organizations with the reasons for each."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.distribution import facts
from challenge.flow import recommending
from challenge.matches import queries as matches
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules import permissions
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Subject, can, require
from challenge.tasks import queue
from challenge.web.context import page_now
from challenge.web.faces import title_of
from challenge.web.match_words import said
from challenge.web.organize.room import blueprint, draw, enter

ROUTES: dict[str, dict[str, Action]] = {
    "matches": {"GET": Action.MATCHES_READ},
    "match_again": {"POST": Action.MATCHES_READ},
}


@blueprint.get("/rounds/<slug>/requirements/<ref>/matches", endpoint="matches")
def matches_page(slug: str, ref: str) -> ResponseReturnValue:
    """The best of each kind, or that nothing was compared yet."""
    round_, requirement, subject = _enter(slug, ref)
    screens = permissions.organizer(actor(), subject)
    return draw(
        "organize/matches.html",
        round_,
        here="screening" if screens else "distribution",
        requirement=requirement,
        screens=screens,
        sends=can(actor(), Action.DISTRIBUTION_SEND, subject),
        title=title_of(requirement),
        matched=matches.recommended(db.session, requirement.id),
        said=said,
    )


@blueprint.post("/rounds/<slug>/requirements/<ref>/matches")
def match_again(slug: str, ref: str) -> ResponseReturnValue:
    """Compare anew what has changed."""
    _enter(slug, ref)
    with writing() as session:
        queue.put(session, recommending.asked(session))
    flash(_("The comparison runs. Reload this page in a minute."))
    return redirect(url_for("organize.matches", slug=slug, ref=ref))


def _enter(slug: str, ref: str) -> tuple[Round, Requirement, Subject]:
    """The requirement of the round, for whoever may see who suits it."""
    round_ = enter(slug, Action.DISTRIBUTION_READ)
    requirement = queries.without_seeker(db.session, ref)
    if requirement.round_id != round_.id:
        raise NotFound
    subject = facts.subject_of(db.session, requirement, page_now())
    require(actor(), Action.MATCHES_READ, subject)
    return round_, requirement, subject
