"""What people do in a round's discussion: begin a thread, answer, mend what they said, follow, report.

Judges of the round read and do not write: what they say could be read as the panel's word. Who takes part may
stay a number, drawn for this round alone.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import ids
from challenge.base.db import insert_into
from challenge.forum.models import ForumFollow, ForumName, ForumPost, ForumReport, ForumThread
from challenge.judging.models import PanelJudge, Phase
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rounds.queries import subject_of
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, can, require
from challenge.tasks import queue

TITLE, BODY, REASON = 150, 4000, 500
EDITABLE = dt.timedelta(minutes=15)
SOON, MOST_SOON = dt.timedelta(minutes=10), 5
DAY, MOST_A_DAY = dt.timedelta(days=1), 40
HIGHEST = 10_000  # numbers that are drawn


def subject(session: Session, held: Gate, author_id: int | None = None) -> Subject:
    """The facts of a round's discussion: its judges have a conflict (one statement)."""
    judges = sa.select(PanelJudge.user_id).join(Phase, Phase.id == PanelJudge.phase_id)
    judges = judges.where(Phase.round_id == held.round.id, PanelJudge.user_id.is_not(None))
    people = frozenset(number for number in session.scalars(judges) if number is not None)
    return replace(subject_of(held.round, held.now), kind="forum", conflicted=people, author_id=author_id)


def begin(
    session: Session, actor: Actor, round_id: int, title: str, body: str, *, own_name: bool
) -> ForumThread:
    """Begin a thread with its first post; sent twice it is one. Raises `Invalid`."""
    held = gates.hold(session, round_id)
    require(actor, Action.FORUM_POST, subject(session, held))
    title = " ".join(title.split())
    if not title:
        raise Invalid("title", "required")
    if len(title) > TITLE:
        raise Invalid("title", "too_long", most=TITLE, length=len(title))
    body = _body(body)
    _one_at_a_time(session, actor)
    twin = sa.select(ForumThread).where(
        ForumThread.round_id == round_id, ForumThread.author_id == actor.user_id, ForumThread.title == title
    )
    known = session.scalars(twin.limit(1)).first()
    if known is not None:
        return known
    _not_too_often(session, actor, held)
    _named(session, actor, round_id, own=own_name)
    thread = ForumThread(
        round_id=round_id, author_id=actor.user_id, title=title, last_at=held.now, created_at=held.now
    )
    session.add(thread)
    session.flush()
    _say(session, actor, held, thread, body)
    _tell(session, actor, held, "forum.begun", thread)
    return thread


def answer(session: Session, actor: Actor, ref: str, body: str, *, own_name: bool) -> ForumPost:
    """Say something in a thread; the same once more is the one that is there."""
    round_id = session.scalar(sa.select(ForumThread.round_id).where(ForumThread.ref == ref))
    if round_id is None:
        raise NotFound
    held = gates.hold(session, round_id)
    thread = session.scalars(sa.select(ForumThread).where(ForumThread.ref == ref).with_for_update()).one()
    require(actor, Action.FORUM_POST, subject(session, held))
    body = _body(body)
    same = sa.and_(ForumPost.author_id == actor.user_id, ForumPost.digest == ids.digest(body))
    known = session.scalar(sa.select(ForumPost).where(ForumPost.thread_id == thread.id, same))
    if known is not None:
        return known
    if thread.closed_at is not None:
        raise WrongState("thread_closed", at=thread.closed_at)
    _one_at_a_time(session, actor)
    _not_too_often(session, actor, held)
    _named(session, actor, round_id, own=own_name)
    post = _say(session, actor, held, thread, body)
    _tell(session, actor, held, "forum.answered", thread, post)
    return post


def edit(session: Session, actor: Actor, ref: str, body: str) -> ForumPost:
    """Mend one's own words within a quarter of an hour; raises WrongState after it."""
    post, held = hold(session, ref)
    require(actor, Action.FORUM_EDIT, subject(session, held, post.author_id))
    body = _body(body)
    if post.body == body:
        return post
    if held.now >= post.created_at + EDITABLE or post.hidden_at is not None:
        raise WrongState("post_fixed")
    if post.thread.closed_at is not None:
        raise WrongState("thread_closed", at=post.thread.closed_at)
    post.body, post.digest, post.edited_at = body, ids.digest(body), held.now
    session.flush()
    _record(session, actor, held, "forum.edited", f"forum_post:{post.id}")
    return post


def report(session: Session, actor: Actor, ref: str, reason: str) -> None:
    """Tell the organizers that a post does not belong there; each person once for each post."""
    post, held = hold(session, ref)
    require(actor, Action.FORUM_WATCH, subject(session, held))
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    values = {"post_id": post.id, "user_id": actor.user_id, "reason": reason, "created_at": held.now}
    put = insert_into(session, ForumReport).values(**values).on_conflict_do_nothing()
    number = session.scalar(put.returning(ForumReport.id))
    if number is not None:
        _tell(session, actor, held, "forum.reported", post.thread, post, mark=number)


def follow(session: Session, actor: Actor, ref: str, *, on: bool) -> None:
    """Hear of new answers in a thread, or no more."""
    thread = session.scalar(sa.select(ForumThread).where(ForumThread.ref == ref))
    if thread is None:
        raise NotFound
    held = gates.hold(session, thread.round_id)
    require(actor, Action.FORUM_WATCH, subject(session, held))
    if on:
        _follow(session, actor, thread)
    else:
        mine = sa.and_(ForumFollow.thread_id == thread.id, ForumFollow.user_id == actor.user_id)
        session.execute(sa.delete(ForumFollow).where(mine))


def hold(session: Session, ref: str) -> tuple[ForumPost, Gate]:
    """A post with its thread for a change, the gate of its round first; raises NotFound."""
    where = sa.select(ForumThread.round_id).join(ForumPost, ForumPost.thread_id == ForumThread.id)
    round_id = session.scalar(where.where(ForumPost.ref == ref))
    if round_id is None:
        raise NotFound
    held = gates.hold(session, round_id)
    query = (
        sa.select(ForumPost).where(ForumPost.ref == ref).options(joinedload(ForumPost.thread, innerjoin=True))
    )
    return session.scalars(query.with_for_update(of=ForumPost)).one(), held


def _body(text: str) -> str:
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Invalid("body", "required")
    if len(text) > BODY:
        raise Invalid("body", "too_long", most=BODY, length=len(text))
    return text


def _one_at_a_time(session: Session, actor: Actor) -> None:
    """The author's own row is the line in which two posts of one form wait for each other."""
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())


def _not_too_often(session: Session, actor: Actor, held: Gate) -> None:
    mine = sa.select(sa.func.count()).select_from(ForumPost).where(ForumPost.author_id == actor.user_id)
    for span, most in ((SOON, MOST_SOON), (DAY, MOST_A_DAY)):
        if (session.scalar(mine.where(ForumPost.created_at > held.now - span)) or 0) >= most:
            raise Invalid("body", "too_many_posts", most=most)


def _named(session: Session, actor: Actor, round_id: int, *, own: bool) -> None:
    """How they are named in this round: chosen with the first post, and kept."""
    here = sa.and_(ForumName.round_id == round_id, ForumName.user_id == actor.user_id)
    if session.scalar(sa.select(ForumName.id).where(here)) is not None:
        return
    for _try in range(20):
        values = {"round_id": round_id, "user_id": actor.user_id, "own": own}
        number = 1 + secrets.randbelow(HIGHEST)
        put = insert_into(session, ForumName).values(**values, number=number).on_conflict_do_nothing()
        if session.scalar(put.returning(ForumName.id)) is not None:
            return
    raise WrongState("wrong_state")


def _say(session: Session, actor: Actor, held: Gate, thread: ForumThread, body: str) -> ForumPost:
    office = can(actor, Action.FORUM_MODERATE, subject_of(held.round, held.now))
    post = ForumPost(
        thread_id=thread.id,
        author_id=actor.user_id,
        office=office,
        body=body,
        digest=ids.digest(body),
        created_at=held.now,
    )
    session.add(post)
    thread.posts, thread.last_at = thread.posts + 1, held.now
    session.flush()
    _follow(session, actor, thread)
    return post


def _follow(session: Session, actor: Actor, thread: ForumThread) -> None:
    put = insert_into(session, ForumFollow).values(thread_id=thread.id, user_id=actor.user_id)
    session.execute(put.on_conflict_do_nothing())


def _tell(
    session: Session,
    actor: Actor,
    held: Gate,
    event: str,
    thread: ForumThread,
    post: ForumPost | None = None,
    mark: object = "",
) -> None:
    about = f"forum_post:{post.id}" if post else f"forum_thread:{thread.id}"
    facts = {"round_id": held.round.id, "forum_thread_id": thread.id, "user_id": actor.user_id}
    queue.announce(session, event, about, mark=mark, at=held.now, **facts)
    _record(session, actor, held, event, about)


def _record(session: Session, actor: Actor, held: Gate, event: str, about: str) -> None:
    chain.record(session, actor, event, about, chain=chain.round_chain(held.round.id), at=held.now)
