"""The public list of experts: those who said that they want to be in it, with what they said for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.rules.errors import NotFound
from challenge.supply.models import Expert, ExpertDocument

SHOWN_WORKS = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One expert as everyone reads it."""

    user_id: int
    ref: str
    name: str
    affiliation: str
    field: str | None
    region: str | None
    keywords: list[str]
    languages: list[str]
    about_zh: str | None
    about_en: str | None
    availability: str


@dataclass(frozen=True, slots=True)
class Published:
    """One publication as everyone reads it; its abstract is not shown."""

    title: str
    venue: str
    year: int | None
    doi: str | None


def listed() -> sa.Select[*tuple[Any, ...]]:
    """The public columns of experts who are listed, with an account that is open."""
    return (
        sa.select(
            *(Expert.user_id, Expert.ref, User.name, User.affiliation),
            *(Expert.field, Expert.region, Expert.keywords, Expert.languages),
            *(Expert.about_zh, Expert.about_en, Expert.availability),
        )
        .join(User, User.id == Expert.user_id)
        .where(Expert.listed, User.active, User.confirmed_at.is_not(None), User.name != "")
    )


def page(
    session: Session, *, field: str = "", region: str = "", after: int | None = None, limit: int = 50
) -> list[Listed]:
    """Listed experts, the newest account first (one statement); `after`: the last of the page before."""
    query = listed()
    if field:
        query = query.where(Expert.field == field)
    if region:
        query = query.where(Expert.region == region)
    if after is not None:
        query = query.where(Expert.user_id < after)
    return [Listed(*row) for row in session.execute(query.order_by(Expert.user_id.desc()).limit(limit))]


def one(session: Session, ref: str) -> Listed:
    """One listed expert; raises NotFound for whoever is not listed (any more)."""
    row: Any = session.execute(listed().where(Expert.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    return Listed(*row)


def works_of(session: Session, user_id: int) -> Sequence[Published]:
    """The publications of an expert, the newest first (one statement)."""
    query = sa.select(ExpertDocument.title, ExpertDocument.venue, ExpertDocument.year, ExpertDocument.doi)
    query = query.where(ExpertDocument.user_id == user_id, ExpertDocument.kind == "publication")
    order = (ExpertDocument.year.is_(None), ExpertDocument.year.desc(), ExpertDocument.id.desc())
    return [Published(*row) for row in session.execute(query.order_by(*order).limit(SHOWN_WORKS))]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert who may be asked by organizers, with what tells whether they suit."""

    ref: str
    name: str
    affiliation: str
    field: str | None


def candidates(session: Session, field: str | None, limit: int = 100) -> list[Candidate]:
    """Experts who agreed to be found and have time: those of the field first (one statement)."""
    query = (
        sa.select(Expert.ref, User.name, User.affiliation, Expert.field)
        .join(User, User.id == Expert.user_id)
        .where(*_askable())
        .order_by(sa.case((Expert.field == field, 0), else_=1), User.name, User.id)
    )
    return [Candidate(*row) for row in session.execute(query.limit(limit))]


def user_of(session: Session, ref: str) -> int | None:
    """The person behind such an expert; None for any other."""
    query = sa.select(Expert.user_id).join(User, User.id == Expert.user_id)
    return session.scalar(query.where(Expert.ref == ref, *_askable()))


def _askable() -> tuple[sa.ColumnElement[bool], ...]:
    agreed = sa.or_(Expert.listed, Expert.matched)
    reached = sa.and_(User.active, User.confirmed_at.is_not(None), User.name != "")
    return (agreed, Expert.availability != "none", reached)
