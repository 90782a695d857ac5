"""Whose figures a page shows, and who may read them: of a round, a programme, a branch, or of everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches as trees
from challenge.accounts import organizations
from challenge.rounds import programmes
from challenge.rounds import queries as rounds
from challenge.rounds.models import Programme, Round
from challenge.rules.branches import Branch
from challenge.rules.errors import NotFound
from challenge.rules.figures import Scope
from challenge.rules.permissions import Action, Actor, Subject, organizer, require


@dataclass(frozen=True, slots=True)
class Base:
    """Whose figures. `address` is how its page is called; `host_id` is where its tree of branches begins."""

    kind: str
    id: int = 0
    address: str = "all"
    programme_id: int = 0
    host_id: int = 0
    subject: Subject = field(default_factory=Subject)
    thing: Programme | Round | object | None = None
    hue: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in an address; what is of no use there is passed over."""

    programme: str = ""
    round: str = ""
    branch: str = ""
    field: str = ""
    year: int = 0


def by_address(session: Session, kind: str, address: str) -> Base:
    """Of what an address names (one statement at most); raises NotFound."""
    if kind == "programme":
        return _programme(programmes.by_slug(session, address))
    if kind == "round":
        return _round(rounds.by_slug(session, address))
    if kind == "branch":
        return _branch(session, address)
    if address != "all":
        raise NotFound
    return Base("site")


def _programme(found: Programme) -> Base:
    subject = programmes.subject_of(found)
    about = {"programme_id": found.id, "host_id": found.host_id}
    return Base("programme", found.id, found.slug, **about, subject=subject, thing=found, hue=found.hue)


def _round(found: Round) -> Base:
    programme = found.programme
    subject = Subject(kind="round", programme_id=programme.id, host_id=programme.host_id)
    about = {"programme_id": programme.id, "host_id": programme.host_id}
    return Base("round", found.id, found.slug, **about, subject=subject, thing=found, hue=programme.hue)


def _branch(session: Session, address: str) -> Base:
    found = organizations.by_ref(session, address)
    subject = organizations.subject_of(found)
    return Base("branch", found.id, found.ref, host_id=found.id, subject=subject, thing=found)


def permit(actor: Actor, base: Base) -> None:
    """Raise NotAllowed unless this person may read these figures."""
    require(actor, Action.FIGURES_READ, base.subject)


def opens(actor: Actor, base: Base) -> bool:
    """Whether this person runs what is counted here: then lists name what else stays with its organizers."""
    return base.kind in ("round", "programme") and organizer(actor, base.subject)


def branches(session: Session, base: Base) -> list[Branch]:
    """The branches that can be chosen: what lies below its host (one statement)."""
    if base.kind == "site":
        return trees.forest(session)
    return [each for each in trees.tree(session, [base.host_id]) if each.id != base.host_id]


def where(base: Base, asked: Asked, tree: Sequence[Branch]) -> list[sa.ColumnElement[Any]]:
    """The scope that is chosen, for a query: what an address names is looked up in it."""
    programme: sa.ColumnElement[Any] = sa.literal(base.programme_id)
    round_: sa.ColumnElement[Any] = sa.literal(0)
    if not base.programme_id and asked.programme:
        named = sa.select(Programme.id).where(Programme.slug == asked.programme)
        programme = named.scalar_subquery()
    if base.kind == "round":
        round_ = sa.literal(base.id)
    elif asked.round and (base.programme_id or asked.programme):
        round_ = sa.select(Round.id).where(Round.slug == asked.round).scalar_subquery()
    own = base.id if base.kind == "branch" else 0
    branch = next((each.id for each in tree if each.ref == asked.branch), own)
    return [programme, round_, sa.literal(branch), sa.literal(asked.field), sa.literal(asked.year)]


def scope(session: Session, base: Base, asked: Asked) -> Scope:
    """The same as numbers (two statements at most); what is not there is -1, and holds nothing."""
    tree = branches(session, base) if asked.branch else []
    if not asked.programme and not asked.round:
        own = base.id if base.kind == "branch" else 0
        chosen = next((each.id for each in tree if each.ref == asked.branch), own)
        return base.programme_id, base.id if base.kind == "round" else 0, chosen, asked.field, asked.year
    found = session.execute(sa.select(*where(base, asked, tree))).one()
    programme, round_, branch = (-1 if each is None else int(each) for each in found[:3])
    return programme, round_, branch, asked.field, asked.year
