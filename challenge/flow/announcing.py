"""Results on their way out, whom their letters reach, and those that are due: once, whoever else ticks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from challenge.awards import announcing, releases
from challenge.awards.facts import with_a_stake_in
from challenge.awards.foresight import Post
from challenge.awards.release_models import ResultRelease
from challenge.base.db import fresh_session
from challenge.flow import mails
from challenge.flow.audiences import organizers
from challenge.flow.mailing import Mailing
from challenge.flow.mailing import readers as readers_of
from challenge.rules.permissions import SYSTEM, Actor

EVENT = "awards.published"
BATCH = 50
log = structlog.get_logger()


def letters(session: Session, round_id: int) -> Sequence[Post]:
    """The letters that publication sends, each with its readers, by the very table that sends them.

    One statement, as the round stands now: ask for it as published (see awards.foresight).
    """
    mailings = mails.TABLE[EVENT]
    facts = {"event": EVENT, "round_id": round_id}
    asked = []
    for place, mailing in enumerate(mailings):
        people = readers_of(mailing, facts).subquery()
        asked.append(sa.select(sa.literal(place), people.c[0]))
    readers: Mapping[int, list[int]] = defaultdict(list)
    for place, user_id in session.execute(sa.union_all(*asked)):
        readers[place].append(user_id)
    return [
        Post(mailing.template, mailing.audience.__name__, tuple(sorted(readers[place])))
        for place, mailing in enumerate(mailings)
    ]


def prepare(
    session: Session, actor: Actor, round_id: int, delay: int = announcing.USUAL_DELAY
) -> ResultRelease:
    """Lay the results and their letters down for another person to approve."""
    return announcing.prepare(session, actor, round_id, letters, delay)


def approve(session: Session, actor: Actor, ref: str, digest: str) -> ResultRelease:
    """Turn the second key."""
    return announcing.approve(session, actor, ref, digest, letters)


def others(session: Session, round_id: int, user_id: int | None) -> int:
    """How many other organizers of the round could turn the second key (one statement).

    Whoever has a stake in an entry cannot; administrators, who can, are not counted.
    """
    facts = {"round_id": round_id}
    people = readers_of(Mailing("release_prepared", organizers), facts).subquery()
    free = (
        sa.select(sa.func.count()).select_from(people).where(sa.not_(with_a_stake_in(round_id, people.c[0])))
    )
    return session.scalar(free.where(people.c[0] != (user_id or 0))) or 0


def release_due(batch: int = BATCH) -> int:
    """Publish, or stop, the results of each round whose delay is over: a transaction each; how many were.

    What fails holds up no other round, and is tried again at the next tick.
    """
    with fresh_session() as session:
        ids = releases.due(session, batch)
        session.rollback()
    done = 0
    for round_id in ids:
        try:
            with fresh_session() as session:
                done += announcing.carry_out(session, SYSTEM, round_id, letters) is not None
        except DBAPIError:
            raise  # the database is away
        except Exception as error:
            log.warning("results could not go out", round_id=round_id, exc_info=error)
    return done
