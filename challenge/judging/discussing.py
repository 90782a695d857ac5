"""Judges talk about an entry once all of their own cards are locked: by label, the organizer reads it too."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import ids
from challenge.base.db import insert_into
from challenge.judging import conflicts, scorecards
from challenge.judging.discussion_models import DiscussionComment
from challenge.judging.models import Assignment
from challenge.judging.scorecards import JUDGED
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.lifecycles import UNLOCKED
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue

MOST = 4000


def left_of(judge_id: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """How many cards of a panel judge are not locked yet, of entries that still stand."""
    mine = Assignment.__table__.alias("of_this_judge")
    entry = Submission.__table__.alias("its_entry")
    return (
        sa.select(sa.func.count())
        .select_from(mine.join(entry, entry.c.id == mine.c.submission_id))
        .where(
            mine.c.judge_id == judge_id,
            mine.c.state.in_(UNLOCKED),
            entry.c.state.in_(JUDGED),
        )
        .scalar_subquery()
    )


def say(session: Session, actor: Actor, ref: str, text: str) -> bool:
    """A judge's word about the entry of `ref` to its other judges; False if the same was said already.

    Raises NotFound, NotAllowed, WrongState("lock_yours_first"), and Invalid("text", ...).
    """
    domain = conflicts.domain_of(session, actor)
    held = scorecards.hold(session, ref)
    scorecards.take(session, Assignment.ref == ref)
    desk = scorecards.at_hand(session, ref, domain, held)
    require(actor, Action.DISCUSSION_WRITE, desk.subject(held))
    if desk.entry_state not in JUDGED:
        raise WrongState("entry_not_judged")
    text = _text(text)
    query = sa.select(Assignment.judge_id, left_of(Assignment.judge_id.expression))
    judge_id, left = session.execute(query.where(Assignment.ref == ref)).one()
    if left:
        raise WrongState("lock_yours_first", count=left)
    values = {"phase_id": desk.phase_id, "submission_id": desk.submission_id, "judge_id": judge_id}
    insert = insert_into(session, DiscussionComment).values(
        text=text, digest=ids.digest(text), at=held.now, **values
    )
    number = session.scalar(insert.on_conflict_do_nothing().returning(DiscussionComment.id))
    if number is None:
        return False
    subject = f"comment:{number}"
    about = {"assignment_id": desk.assignment_id, **values}
    queue.announce(session, "discussion.said", subject, at=held.now, round_id=held.round.id, **about)
    where = chain.round_chain(held.round.id)
    detail = {"submission": desk.submission_id, "judge": judge_id}
    chain.record(session, actor, "discussion.said", subject, chain=where, at=held.now, **detail)
    return True


def _text(text: str) -> str:
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Invalid("text", "required")
    if len(text) > MOST:
        raise Invalid("text", "too_long", length=len(text), most=MOST)
    return text
