"""What stands behind a figure: the needs that came to a step, the solutions, meetings and agreements counted.

Who may read a figure may see what it counts: when it happened, to which need. What stays with those who run
the round (the title of a need that is not public, the code of a solution) is left out for everyone else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.docking.models import Docking, DockingPair
from challenge.figures import reading
from challenge.figures.models import FigureFact
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.figures import STEPS, Scope
from challenge.rules.funnel import INTENT
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission

Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list; `thing` and `thing_ref` are what it counts, where that is not the need itself."""

    id: int
    at: dt.datetime
    need_ref: str | None
    number: str | None
    state: str | None
    public: bool
    title_zh: str | None
    title_en: str | None
    round_zh: str | None
    round_en: str | None
    round_slug: str
    zone: str
    thing: str | None = None
    thing_ref: str | None = None
    total_minor: int | None = None
    currency: str | None = None


_NEED = (
    *(Requirement.ref, Requirement.number, Requirement.state),
    sa.and_(Round.public, Requirement.state.in_(PUBLIC_STATES)),
    *(Requirement.title_zh, Requirement.title_en),
    *(Round.title_zh, Round.title_en, Round.slug, Round.zone),
)


def behind(
    session: Session, scope: Scope, name: str, *, opens: bool, after: int | None = None, limit: int = 50
) -> list[Item]:
    """The newest rows behind a figure; one statement. Raises NotFound for what is no figure.

    `opens`: the reader runs what is counted, and so reads its titles and codes.
    """
    query, key = _query(name)
    query = query.where(reading.within(scope))
    if after is not None:
        query = query.where(key < after)
    rows = session.execute(query.order_by(key.desc()).limit(limit))
    return [_item(tuple(row), opens=opens) for row in rows]


def _item(row: tuple[Any, ...], *, opens: bool) -> Item:
    item = Item(*row)
    if opens:
        return item
    hidden: Mapping[str, Any] = {
        **({} if item.public else {"title_zh": None, "title_en": None, "need_ref": None}),
        **({"thing": None, "thing_ref": None} if item.total_minor is None and item.currency is None else {}),
    }
    return Item(**{name: hidden.get(name, getattr(item, name)) for name in Item.__slots__})


def _query(name: str) -> tuple[Query, Any]:
    if name in STEPS:
        return _needs(name)
    known = {"solutions": _solutions, "dockings": _dockings, "intents": _intents, "contracts": _contracts}
    if name not in known:
        raise NotFound
    return known[name]()


def _needs(step: str) -> tuple[Query, Any]:
    at = getattr(FigureFact, f"{step}_at")
    query = sa.select(FigureFact.id, at, *_NEED).select_from(FigureFact)
    query = query.join(Requirement, Requirement.id == FigureFact.thing_id)
    query = query.join(Round, Round.id == Requirement.round_id)
    return query.where(FigureFact.kind == "need", at.is_not(None)), FigureFact.id


def _solutions() -> tuple[Query, Any]:
    at = sa.func.coalesce(Submission.submitted_at, Submission.created_at)
    query = sa.select(Submission.id, at, *_NEED, Submission.code, Submission.ref).select_from(Submission)
    query = query.join(Round, Round.id == Submission.round_id)
    query = query.outerjoin(Requirement, Requirement.id == Submission.requirement_id)
    fact = sa.or_(
        sa.and_(FigureFact.kind == "need", FigureFact.thing_id == Submission.requirement_id),
        sa.and_(
            FigureFact.kind == "round",
            FigureFact.thing_id == Submission.round_id,
            Submission.requirement_id.is_(None),
        ),
    )
    return query.join(FigureFact, fact).where(Submission.state.in_(ENTERED)), Submission.id


def _dockings() -> tuple[Query, Any]:
    columns = (Docking.id, Docking.starts_at, *_NEED, Docking.channel, DockingPair.ref)
    query = sa.select(*columns).select_from(Docking).join(DockingPair, DockingPair.id == Docking.pair_id)
    query = _of_need(query, DockingPair.requirement_id)
    return query.where(Docking.state == "held"), Docking.id


def _agreements(which: sa.ColumnElement[bool]) -> tuple[Query, Any]:
    number = sa.func.coalesce(Agreement.number, Agreement.title)
    columns = (Agreement.id, Agreement.signed_at, *_NEED, number, Agreement.state)
    query = sa.select(*columns, Agreement.total_minor, Agreement.currency).select_from(Agreement)
    query = _of_need(query, Agreement.requirement_id)
    return query.where(Agreement.signed_at.is_not(None), which), Agreement.id


def _intents() -> tuple[Query, Any]:
    return _agreements(Agreement.kind == INTENT)


def _contracts() -> tuple[Query, Any]:
    return _agreements(Agreement.kind != INTENT)


def _of_need(query: Query, requirement_id: Any) -> Query:
    fact = sa.and_(FigureFact.kind == "need", FigureFact.thing_id == requirement_id)
    query = query.join(Requirement, Requirement.id == requirement_id)
    return query.join(Round, Round.id == Requirement.round_id).join(FigureFact, fact)
