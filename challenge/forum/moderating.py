"""What organizers do about a round's discussion: hide a post with its reason, close and pin threads."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.forum.models import ForumPost, ForumReport, ForumThread
from challenge.forum.posting import REASON, hold
from challenge.rounds import gate as gates
from challenge.rounds.queries import subject_of
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue


def hide(session: Session, actor: Actor, round_id: int, ref: str, reason: str) -> None:
    """Take a post's words off the page; everyone reads the reason, its author is told. Twice is once."""
    post, held = hold(session, ref)
    require(actor, Action.FORUM_MODERATE, subject_of(held.round, held.now))
    if held.round.id != round_id:
        raise NotFound
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    if post.hidden_at is None:
        post.hidden_at, post.hidden_reason, post.hidden_by = held.now, reason, actor.user_id
        _settle(session, post, held.now)
        about = {"round_id": round_id, "forum_thread_id": post.thread_id, "said": reason}
        subject, mark = f"forum_post:{post.id}", held.now.isoformat()
        if post.author_id is not None:
            facts = {**about, "user_id": post.author_id}
            queue.announce(session, "forum.hidden", subject, mark=mark, at=held.now, **facts)
        _record(session, actor, round_id, "forum.hidden", subject, held)


def show(session: Session, actor: Actor, round_id: int, ref: str) -> None:
    """Leave a post as it is, or show it again: what was reported about it is settled."""
    post, held = hold(session, ref)
    require(actor, Action.FORUM_MODERATE, subject_of(held.round, held.now))
    if held.round.id != round_id:
        raise NotFound
    post.hidden_at = post.hidden_reason = post.hidden_by = None
    _settle(session, post, held.now)
    _record(session, actor, round_id, "forum.shown", f"forum_post:{post.id}", held)


def set_thread(
    session: Session,
    actor: Actor,
    round_id: int,
    ref: str,
    *,
    pinned: bool | None = None,
    closed: bool | None = None,
) -> None:
    """Pin a thread above the others, or close it; or undo that."""
    held = gates.hold(session, round_id)
    require(actor, Action.FORUM_MODERATE, subject_of(held.round, held.now))
    here = sa.and_(ForumThread.ref == ref, ForumThread.round_id == round_id)
    thread = session.scalar(sa.select(ForumThread).where(here).with_for_update())
    if thread is None:
        raise NotFound
    if pinned is not None:
        thread.pinned = pinned
    if closed is not None:
        thread.closed_at = (thread.closed_at or held.now) if closed else None
    session.flush()
    _record(session, actor, round_id, "forum.thread_set", f"forum_thread:{thread.id}", held)


def _settle(session: Session, post: ForumPost, at: object) -> None:
    session.flush()
    waiting = sa.and_(ForumReport.post_id == post.id, ForumReport.settled_at.is_(None))
    session.execute(sa.update(ForumReport).where(waiting).values(settled_at=at))


def _record(session: Session, actor: Actor, round_id: int, event: str, about: str, held: gates.Gate) -> None:
    chain.record(session, actor, event, about, chain=chain.round_chain(round_id), at=held.now)
