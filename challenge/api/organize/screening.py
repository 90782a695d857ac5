"""Requirements that wait for their organizer, and questions."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.now import now
from challenge.api.organize.room import enter
from challenge.api.organize.shapes import Asked, Decided, Filter, Waiting, Why
from challenge.api.shapes import Data, asks, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import queries, questions, screening
from challenge.requirements.models import Requirement
from challenge.rounds import queries as rounds
from challenge.rules.permissions import Action, can


@asks(Filter)
@gives_page(Waiting)
def queue(wanted: Data, slug: str) -> paging.Page:
    """Requirements of a round in a state (by default: handed in), the longest waiting first."""
    round_ = enter(slug, Action.ROUND_CONTROL)
    many, state = paging.limit(), wanted.get("state", "submitted")
    screens = can(actor(), Action.REQUIREMENT_SCREEN, rounds.subject_of(round_, now(), state="submitted"))
    rows = queries.queue(db.session, round_.id, [state], names=screens, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)


@gives(Decided)
def publish(ref: str) -> Requirement:
    """Put it before everyone, under a number that it keeps."""
    actor().asked.add(Action.REQUIREMENT_SCREEN)  # the service asks, for this or for the branch’s desk
    return screening.publish(db.session, actor(), ref)


@takes(Why)
@gives(Decided)
def give_back(why: Data, ref: str) -> Requirement:
    """Return it to its author, with what to change."""
    actor().asked.add(Action.REQUIREMENT_SCREEN)  # the service asks, for this or for the branch’s desk
    return screening.give_back(db.session, actor(), ref, why["reason"])


@takes(Why)
@gives(Decided)
def reject(why: Data, ref: str) -> Requirement:
    """Turn it down for good, with reasons."""
    actor().asked.add(Action.REQUIREMENT_SCREEN)  # the service asks, for this or for the branch’s desk
    return screening.reject(db.session, actor(), ref, why["reason"])


@gives_page(Asked)
def waiting(slug: str) -> paging.Page:
    """Questions in the round that wait for an answer, the oldest first."""
    round_, many = enter(slug, Action.ROUND_CONTROL), paging.limit()
    rows = questions.of_round(db.session, round_.id, answered=False, after=paging.key(), limit=many + 1)
    return paging.of(rows, lambda row: row.id, many)
