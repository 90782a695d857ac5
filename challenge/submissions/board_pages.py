"""What the pages of the board of teammates read: posts with names and without addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.rules.errors import NotFound
from challenge.rules.lifecycles import CHANGEABLE
from challenge.submissions.board_models import TeammatePost
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post on the board with its author's name, and no address."""

    id: int
    ref: str
    author_id: int
    name: str
    affiliation: str
    brings: str
    seeks: str
    skills: list[str]
    lang: str
    state: str
    state_reason: str | None
    created_at: dt.datetime
    updated_at: dt.datetime


def _rows() -> sa.Select[*tuple[Any, ...]]:
    rows: sa.Select[*tuple[Any, ...]] = sa.select(
        *(TeammatePost.id, TeammatePost.ref, TeammatePost.author_id, User.name, User.affiliation),
        *(TeammatePost.brings, TeammatePost.seeks, TeammatePost.skills, TeammatePost.lang),
        *(TeammatePost.state, TeammatePost.state_reason, TeammatePost.created_at, TeammatePost.updated_at),
    ).join(User, User.id == TeammatePost.author_id)
    return rows.where(User.active)


def posts(
    session: Session,
    round_id: int,
    states: Sequence[str] = ("open",),
    after: int | None = None,
    limit: int = 50,
) -> list[PostRow]:
    """Posts of a round in these states, newest first (one statement)."""
    query = _rows().where(TeammatePost.round_id == round_id, TeammatePost.state.in_(states))
    if after is not None:
        query = query.where(TeammatePost.id < after)
    rows = session.execute(query.order_by(TeammatePost.id.desc()).limit(limit))
    return [PostRow(*tuple(row)) for row in rows]


def one(session: Session, round_id: int, ref: str) -> PostRow:
    """An open post of the round; raises NotFound."""
    query = _rows().where(
        TeammatePost.round_id == round_id, TeammatePost.ref == ref, TeammatePost.state == "open"
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return PostRow(*tuple(row))


def mine(session: Session, round_id: int, user_id: int | None) -> PostRow | None:
    """One's own post, in whatever state."""
    query = _rows().where(TeammatePost.round_id == round_id, TeammatePost.author_id == user_id)
    row = session.execute(query).one_or_none()
    return None if row is None else PostRow(*tuple(row))


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """A submission of one's own into whose team one may invite."""

    ref: str
    code: str
    title: str


def teams_of(session: Session, round_id: int, user_id: int | None) -> list[OwnTeam]:
    """The submissions of the round that this person owns and that take members; nobody else's."""
    heading = Submission.values["title"].as_string()
    query = (
        sa.select(Submission.ref, Submission.code, sa.func.coalesce(heading, ""))
        .where(Submission.round_id == round_id, Submission.owner_id == user_id)
        .where(Submission.state.in_(CHANGEABLE))
        .order_by(Submission.id)
    )
    return [OwnTeam(*row) for row in session.execute(query)]
