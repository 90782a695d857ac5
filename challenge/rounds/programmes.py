"""Programmes: the recurring competitions of an organization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base.db import begin_write
from challenge.rounds.addresses import free_slug
from challenge.rounds.listing import organizes
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, Subject, require

TITLE = 100
SUMMARY = 500


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What is written about a programme; an empty slug asks for one made from the English title."""

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    hue: int = 205
    slug: str = ""


def subject_of(programme: Programme) -> Subject:
    """The facts of a programme that the permission table asks for."""
    return Subject(kind="programme", programme_id=programme.id, host_id=programme.host_id)


def subject_for_readers(session: Session, programme: Programme) -> Subject:
    """The same with whether it is public: once a round of it is (one statement)."""
    query = sa.select(sa.exists().where(Round.programme_id == programme.id, Round.public))
    return replace(subject_of(programme), public=bool(session.scalar(query)))


def create(session: Session, actor: Actor, host_id: int, facts: ProgrammeFacts) -> Programme:
    """Start a programme of an organization; sent twice, it is started once.

    Raises `InvalidMany` with every fault at its field, `NotFound` without such an organization.
    """
    require(actor, Action.PROGRAMME_CREATE, Subject(kind="organization", host_id=host_id))
    begin_write(session)
    if session.scalar(sa.select(Organization.id).where(Organization.id == host_id).with_for_update()) is None:
        raise NotFound
    known = _same(session, host_id, facts)
    if known is not None:
        return known
    _check(facts)
    slug = free_slug(session, Programme, facts.slug, facts.title_en)
    programme = Programme(host_id=host_id, slug=slug, hue=facts.hue, **_texts(facts))
    session.add(programme)
    session.flush()
    chain.record(session, actor, "programme.created", f"programme:{programme.id}", host_id=host_id)
    return programme


def edit(session: Session, actor: Actor, programme: Programme, facts: ProgrammeFacts) -> None:
    """Change what is written about a programme; its host stays. Raises `InvalidMany`."""
    require(actor, Action.PROGRAMME_EDIT, subject_of(programme))
    _check(facts)
    slug = free_slug(session, Programme, facts.slug, facts.title_en, own_id=programme.id)
    programme.slug = slug if facts.slug else programme.slug
    programme.hue = facts.hue
    for name, value in _texts(facts).items():
        setattr(programme, name, value)
    session.flush()
    chain.record(session, actor, "programme.edited", f"programme:{programme.id}")


def by_slug(session: Session, slug: str) -> Programme:
    """One programme with its host; raises NotFound."""
    query = sa.select(Programme).where(Programme.slug == slug).options(joinedload(Programme.host))
    programme = session.scalar(query)
    if programme is None:
        raise NotFound
    return programme


def organized(session: Session, actor: Actor) -> Sequence[Programme]:
    """The programmes this person organizes (an administrator: all of them), with their hosts."""
    query = sa.select(Programme).options(joinedload(Programme.host)).order_by(Programme.id.desc()).limit(200)
    return session.scalars(query if actor.admin else query.where(organizes(actor))).all()


def possible_hosts(session: Session, actor: Actor) -> Sequence[Organization]:
    """The organizations for which this person may start a programme."""
    query = sa.select(Organization).order_by(Organization.name, Organization.id)
    if not actor.admin:
        query = query.where(Organization.id.in_(_hosts_of(actor)))
    return session.scalars(query.limit(500)).all()


def may_start(actor: Actor) -> bool:
    """Whether there is any organization for which this person may start a programme; no database is asked."""
    return actor.admin or bool(_hosts_of(actor))


def _hosts_of(actor: Actor) -> list[int]:
    return [g.scope_id for g in actor.grants if g.role == "organizer" and g.scope == "organization"]


def _texts(facts: ProgrammeFacts) -> dict[str, str | None]:
    names = ("title_zh", "title_en", "summary_zh", "summary_en")
    return {name: getattr(facts, name).strip() or None for name in names}


def _check(facts: ProgrammeFacts) -> None:
    faults = title_faults(facts.title_zh, facts.title_en)
    faults += length_faults(facts, {"summary_zh": SUMMARY, "summary_en": SUMMARY})
    if not 0 <= facts.hue <= 359:
        faults.append(Invalid("hue", "out_of_range", minimum=0, maximum=359))
    if faults:
        raise InvalidMany(faults)


def title_faults(zh: str, en: str) -> list[Invalid]:
    """A title in one language at least, and none too long for a list."""
    if not zh.strip() and not en.strip():
        return [Invalid("title_zh", "title_needed")]
    both = (("title_zh", zh), ("title_en", en))
    return [
        Invalid(name, "too_long", most=TITLE, length=len(text)) for name, text in both if len(text) > TITLE
    ]


def length_faults(facts: object, most: dict[str, int]) -> list[Invalid]:
    """A fault for each text that is longer than it may be."""
    return [
        Invalid(name, "too_long", most=limit, length=len(text))
        for name, limit in most.items()
        if len(text := getattr(facts, name)) > limit
    ]


def _same(session: Session, host_id: int, facts: ProgrammeFacts) -> Programme | None:
    texts = _texts(facts)
    query = sa.select(Programme).where(
        Programme.host_id == host_id,
        *(
            getattr(Programme, name).is_not_distinct_from(value)
            for name, value in texts.items()
            if name.startswith("title")
        ),
    )
    return session.scalars(query.order_by(Programme.id).limit(1)).first()
