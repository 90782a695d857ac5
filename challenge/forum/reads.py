"""Reads of a round's discussion. Who stays a number is not loaded by name, for no reader at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.forum.models import ForumFollow, ForumName, ForumPost, ForumReport, ForumThread
from challenge.judging.models import Phase
from challenge.rules.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread in the list."""

    id: int
    ref: str
    title: str
    pinned: bool
    closed_at: dt.datetime | None
    last_at: dt.datetime
    posts: int


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as everyone reads it: `name` where its author chose theirs, else `number`; no hidden words."""

    id: int
    ref: str
    body: str | None
    created_at: dt.datetime
    edited_at: dt.datetime | None
    hidden_reason: str | None
    office: bool
    mine: bool
    name: str | None
    number: int | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that waits, with the post that it is about."""

    ref: str
    thread_ref: str
    title: str
    body: str
    reason: str
    created_at: dt.datetime


def threads(session: Session, round_id: int, after: int = 0, limit: int = PAGE + 1) -> list[ThreadRow]:
    """Threads `after` so many, pinned ones first, then those with the newest word."""
    thread = ForumThread
    columns = (
        thread.id,
        thread.ref,
        thread.title,
        thread.pinned,
        thread.closed_at,
        thread.last_at,
        thread.posts,
    )
    query = sa.select(*columns).where(thread.round_id == round_id)
    query = query.order_by(thread.pinned.desc(), thread.last_at.desc(), thread.id.desc())
    rows: Any = session.execute(query.limit(limit).offset(after)).all()
    return [ThreadRow(*row) for row in rows]


def thread_of(session: Session, round_id: int, ref: str) -> ForumThread:
    """A thread of the round; raises NotFound."""
    here = sa.and_(ForumThread.round_id == round_id, ForumThread.ref == ref)
    found = session.scalar(sa.select(ForumThread).where(here))
    if found is None:
        raise NotFound
    return found


def posts(
    session: Session, thread: ForumThread, user_id: int | None, after: int = 0, limit: int = PAGE + 1
) -> list[PostRow]:
    """A thread's posts, oldest first; by itself one more than a page holds."""
    query = _posts(user_id).where(ForumPost.thread_id == thread.id, ForumPost.id > after)
    rows: Any = session.execute(query.order_by(ForumPost.id).limit(limit)).all()
    return [PostRow(*row) for row in rows]


def post_of(session: Session, round_id: int, ref: str, user_id: int | None) -> tuple[PostRow, str]:
    """One post with its thread's reference; raises NotFound."""
    query = _posts(user_id).add_columns(ForumThread.ref)
    row: Any = session.execute(
        query.where(ForumThread.round_id == round_id, ForumPost.ref == ref)
    ).one_or_none()
    if row is None:
        raise NotFound
    return PostRow(*row[:-1]), row[-1]


def _posts(user_id: int | None) -> sa.Select[*tuple[Any, ...]]:
    post = ForumPost
    shown = sa.case((post.hidden_at.is_(None), post.body), else_=None)
    named = sa.case((ForumName.own, User.name), else_=None)
    mine = sa.and_(post.author_id.is_not(None), post.author_id == (user_id or 0))
    columns = (
        post.id,
        post.ref,
        shown,
        post.created_at,
        post.edited_at,
        post.hidden_reason,
        post.office,
        mine,
    )
    here = sa.and_(ForumName.user_id == post.author_id, ForumName.round_id == ForumThread.round_id)
    query: sa.Select[*tuple[Any, ...]] = sa.select(*columns, named, ForumName.number)
    query = query.join(ForumThread, ForumThread.id == post.thread_id)
    return query.outerjoin(ForumName, here).outerjoin(User, User.id == post.author_id)


def follows(session: Session, thread_id: int, user_id: int | None) -> bool:
    """Whether this person hears of new answers."""
    mine = sa.and_(ForumFollow.thread_id == thread_id, ForumFollow.user_id == (user_id or 0))
    return session.scalar(sa.select(ForumFollow.id).where(mine)) is not None


def name_of(session: Session, round_id: int, user_id: int | None) -> ForumName | None:
    """How this person is named there, once they have said something."""
    mine = sa.and_(ForumName.round_id == round_id, ForumName.user_id == (user_id or 0))
    return session.scalar(sa.select(ForumName).where(mine))


def blind(session: Session, round_id: int) -> bool:
    """Whether some phase of the round's judging hides names: then a number is the usual choice."""
    hides = sa.and_(Phase.round_id == round_id, Phase.blindness != "open")
    return session.scalar(sa.select(Phase.id).where(hides).limit(1)) is not None


def reports(session: Session, round_id: int, limit: int = 100) -> list[ReportRow]:
    """What waits for its organizers, oldest first."""
    columns = (ForumPost.ref, ForumThread.ref, ForumThread.title, ForumPost.body)
    query = sa.select(*columns, ForumReport.reason, ForumReport.created_at)
    query = query.join(ForumPost, ForumPost.id == ForumReport.post_id)
    query = query.join(ForumThread, ForumThread.id == ForumPost.thread_id)
    query = query.where(ForumThread.round_id == round_id, ForumReport.settled_at.is_(None))
    return [ReportRow(*row) for row in session.execute(query.order_by(ForumReport.id).limit(limit))]


def followers(facts: Any) -> sa.Select[Any]:
    """Ids of those who follow the thread of an event."""
    return sa.select(ForumFollow.user_id).where(ForumFollow.thread_id == facts["forum_thread_id"])
