"""Stories of what came of needs: written by an organizer, published with the word of both sides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import Organization
from challenge.agreements.models import Agreement
from challenge.audit import chain
from challenge.reports.story_models import Story
from challenge.requirements import facts
from challenge.requirements import queries as requirements
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rounds.models import Round
from challenge.rules.agreement_lives import STORY
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.funnel import INTENT
from challenge.rules.permissions import Action, Actor, require

TITLE_LENGTH, TEXT_LENGTH, CONSENT_LENGTH = 120, 6000, 300
TEXTS = ("title_zh", "title_en", "text_zh", "text_en")
CONSENTS = ("seeker_consent", "solver_consent")


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What an organizer writes; the consents say who said yes, when and how."""

    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    seeker_consent: str = ""
    solver_consent: str = ""


def begin(session: Session, actor: Actor, round_id: int, number: str) -> Story:
    """A story of a public need of the round, by its number. One that was begun on it already is that one."""
    gate = gates.hold(session, round_id, exclusive=True)
    mine = (Requirement.round_id == round_id, Requirement.number == number.strip().upper())
    ref = session.scalar(sa.select(Requirement.ref).where(*mine))
    if ref is None:
        raise Invalid("number", "origin_unknown")
    requirement = requirements.by_ref(session, ref)
    require(actor, Action.STORY_WRITE, facts.subject_of(requirement, gate.now))
    _public(requirement)
    known = session.scalar(sa.select(Story).where(Story.requirement_id == requirement.id))
    if known is not None:
        return known
    signed = (Agreement.signed_at.is_not(None), Agreement.kind != INTENT)
    contract = sa.select(Agreement.id).where(Agreement.requirement_id == requirement.id, *signed)
    story = Story(
        requirement_id=requirement.id,
        agreement_id=session.scalar(contract.order_by(Agreement.id.desc()).limit(1)),
        author_id=actor.user_id,
        created_at=gate.now,
        updated_at=gate.now,
    )
    session.add(story)
    session.flush()
    _record(session, actor, "story.begun", story, requirement, gate.now)
    return story


def _public(requirement: Requirement) -> None:
    if requirement.state not in PUBLIC_STATES or not requirement.round.public:
        raise WrongState("story_of_hidden")


def write(session: Session, actor: Actor, ref: str, said: StoryFacts) -> Story:
    """Keep what was written, as long as nobody reads it. Raises `InvalidMany`, WrongState("story_public")."""
    story, _requirement, gate = _enter(session, actor, ref)
    if story.state == "published":
        raise WrongState("story_public")
    _check(said)
    for name in TEXTS:
        setattr(story, name, getattr(said, name).strip() or None)
    for name in CONSENTS:
        setattr(story, name, getattr(said, name).strip())
    story.updated_at = gate.now
    session.flush()
    return story


def _check(said: StoryFacts) -> None:
    most = {name: TITLE_LENGTH if name.startswith("title") else TEXT_LENGTH for name in TEXTS}
    faults = [
        Invalid(name, "too_long", most=longest, length=length)
        for name, longest in (most | dict.fromkeys(CONSENTS, CONSENT_LENGTH)).items()
        if (length := len(getattr(said, name).strip())) > longest
    ]
    if faults:
        raise InvalidMany(faults)


def publish(session: Session, actor: Actor, ref: str) -> Story:
    """Put it before everyone, with the consent of both sides written down. Asked twice, it is done once.

    Raises `InvalidMany`; the name of a seeker that stays anonymous is refused wherever it stands.
    """
    story, requirement, gate = _enter(session, actor, ref)
    if story.state == "published":
        return story
    _public(requirement)
    faults = [Invalid(name, "consent_missing") for name in CONSENTS if not getattr(story, name)]
    if not any(getattr(story, f"title_{lang}") and getattr(story, f"text_{lang}") for lang in ("zh", "en")):
        faults.append(Invalid("title_zh", "one_language"))
    if requirement.anonymous:
        faults += _naming(story, requirement.seeker)
    if faults:
        raise InvalidMany(faults)
    story.state = STORY.step(story.state, "publish")
    story.published_at = story.updated_at = gate.now
    session.flush()
    _record(session, actor, "story.published", story, requirement, gate.now)
    return story


def _naming(story: Story, seeker: Organization) -> list[Invalid]:
    names = [name.casefold() for name in (seeker.name, seeker.name_en) if name]
    return [
        Invalid(field, "story_names_seeker")
        for field in TEXTS
        if any(name in (getattr(story, field) or "").casefold() for name in names)
    ]


def withdraw(session: Session, actor: Actor, ref: str) -> Story:
    """Take it back from everyone; it can be mended and published again. Asked twice, it is done once."""
    story, requirement, gate = _enter(session, actor, ref)
    if story.state != "published":
        if story.state == "withdrawn":
            return story
        raise WrongState("wrong_state")
    take_back(session, actor, story, requirement, gate.now)
    return story


def take_back(
    session: Session, actor: Actor, story: Story, requirement: Requirement, now: dt.datetime
) -> None:
    """A published story is not before everyone any more; the round is held."""
    story.state = STORY.step(story.state, "withdraw")
    story.updated_at = now
    session.flush()
    _record(session, actor, "story.withdrawn", story, requirement, now)


def _enter(session: Session, actor: Actor, ref: str) -> tuple[Story, Requirement, Gate]:
    query = sa.select(Requirement.round_id, Requirement.ref)
    query = query.join(Story, Story.requirement_id == Requirement.id).where(Story.ref == ref)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    gate = gates.hold(session, found.round_id, exclusive=True)
    requirement = requirements.by_ref(session, found.ref)
    require(actor, Action.STORY_WRITE, facts.subject_of(requirement, gate.now))
    story = session.scalars(sa.select(Story).where(Story.ref == ref).with_for_update()).one()
    return story, requirement, gate


def _record(
    session: Session, actor: Actor, event: str, story: Story, requirement: Requirement, now: dt.datetime
) -> None:
    # Who consented stands in the row alone: a chain forgets nobody.
    where = chain.round_chain(requirement.round_id)
    chain.record(session, actor, event, f"story:{story.id}", chain=where, at=now, requirement=requirement.id)


def of_round(session: Session, round_id: int) -> list[Story]:
    """The stories of a round with their needs, the newest first (one statement)."""
    query = sa.select(Story).join(Requirement, Requirement.id == Story.requirement_id)
    query = query.where(Requirement.round_id == round_id).options(joinedload(Story.requirement))
    return list(session.scalars(query.order_by(Story.id.desc())))


def by_ref(session: Session, round_id: int, ref: str) -> Story:
    """One of a round (one statement); raises NotFound."""
    query = sa.select(Story).join(Requirement, Requirement.id == Story.requirement_id)
    query = query.where(Requirement.round_id == round_id, Story.ref == ref)
    story = session.scalar(query.options(joinedload(Story.requirement)))
    if story is None:
        raise NotFound
    return story


@dataclass(frozen=True, slots=True)
class Told:
    """A story as everyone reads it; the seeker is there where it is named in public."""

    id: int
    ref: str
    title_zh: str | None
    title_en: str | None
    text_zh: str | None
    text_en: str | None
    published_at: dt.datetime
    need_ref: str
    need_zh: str | None
    need_en: str | None
    round_slug: str
    round_zh: str | None
    round_en: str | None
    zone: str
    hue_id: int
    seeker_zh: str | None
    seeker_en: str | None


def told(session: Session, *, ref: str = "", before: int | None = None, limit: int = 20) -> list[Told]:
    """Published stories of needs that everyone may read, the newest first (one statement)."""
    named = sa.and_(Organization.id == Requirement.seeker_id, sa.not_(Requirement.anonymous))
    english = sa.func.coalesce(Organization.name_en, Organization.name)
    columns: tuple[Any, ...] = (
        *(Story.id, Story.ref, Story.title_zh, Story.title_en, Story.text_zh, Story.text_en),
        *(Story.published_at, Requirement.ref, Requirement.title_zh, Requirement.title_en),
        *(Round.slug, Round.title_zh, Round.title_en, Round.zone, Round.programme_id),
        *(Organization.name, english),
    )
    query = (
        sa.select(*columns)
        .join(Requirement, Requirement.id == Story.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .outerjoin(Organization, named)
        .where(Story.state == "published", Round.public, Requirement.state.in_(PUBLIC_STATES))
    )
    if ref:
        query = query.where(Story.ref == ref)
    if before is not None:
        query = query.where(Story.id < before)
    return [Told(*row) for row in session.execute(query.order_by(Story.id.desc()).limit(limit))]
