"""Questions that I ask, and needs that were sent to me."""

from __future__ import annotations

from challenge.api import paging
from challenge.api.me.shapes import Ask, Asked, Sent
from challenge.api.shapes import Data, gives, gives_page, takes
from challenge.base.db import db
from challenge.base.session import actor
from challenge.distribution import queries
from challenge.requirements import questions
from challenge.requirements.models import Question
from challenge.rounds import queries as rounds
from challenge.rules.permissions import Action, require


@gives_page(Sent)
def inbox() -> Data:
    """Needs that were sent to me here, newest first."""
    require(actor(), Action.ACCOUNT_USE)
    return paging.whole(queries.inbox(db.session, actor().user_id or 0))


@takes(Ask)
@gives(Asked, 201)
def ask_round(asked: Data, slug: str) -> Question:
    """Ask the organizer of a round."""
    round_ = rounds.by_slug(db.session, slug)
    return questions.ask_on_round(db.session, actor(), round_.id, asked["body"])


@takes(Ask)
@gives(Asked, 201)
def ask_requirement(asked: Data, ref: str) -> Question:
    """Ask the seeker of a requirement."""
    return questions.ask_on_requirement(db.session, actor(), ref, asked["body"])
