"""Reads of matches: who suits a requirement, and which requirements suit me.

Consent and publication are asked again on every read: whoever took theirs back is nowhere from that moment,
whenever the matches were made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.matches.models import Match, MatchRun
from challenge.matches.subjects import consenting
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.matching import KINDS, Reason
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.supply.models import Achievement, Expert

SHOWN = 20  # of a kind
FOR_ME = 50
_FOR_ME = (
    Requirement.ref,
    Requirement.number,
    Requirement.title_zh,
    Requirement.title_en,
    Requirement.summary_zh,
    Requirement.summary_en,
    Requirement.field,
    Programme.hue,
    Achievement.title_zh,
    Achievement.title_en,
    Match.expert_id.is_not(None),
    Match.reasons,
)
Columns = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """One match of a requirement. `listed`: it has a public page under its `ref`."""

    ref: str
    name_zh: str | None
    name_en: str | None
    note: str  # an expert's affiliation, an achievement's owner
    listed: bool
    place: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Recommended:
    """What a requirement's matching found, by kind; `made_at` is None before the first time."""

    made_at: dt.datetime | None
    profiles: dict[str, int]
    models: list[str]
    found: dict[str, list[Found]]


def recommended(session: Session, requirement_id: int, most: int = SHOWN) -> Recommended:
    """Experts, achievements and organizations for a requirement, the best first (four statements)."""
    run = session.execute(
        sa.select(MatchRun.made_at, MatchRun.profiles, MatchRun.models).where(
            MatchRun.requirement_id == requirement_id
        )
    ).one_or_none()
    if run is None:
        return Recommended(None, {}, [], {kind: [] for kind in KINDS})
    asked = {"expert": _experts(), "achievement": _achievements(), "organization": _organizations()}
    found = {
        kind: [
            _found(row)
            for row in session.execute(
                query.where(Match.requirement_id == requirement_id, Match.kind == kind)
                .order_by(Match.place)
                .limit(most)
            )
        ]
        for kind, query in asked.items()
    }
    return Recommended(run.made_at, run.profiles, run.models, found)


def _found(row: sa.Row[*tuple[Any, ...]]) -> Found:
    values: list[Any] = list(row)
    return Found(*[*values[:-1], tuple(Reason.from_json(each) for each in row.reasons)])


def _experts() -> Columns:
    return (
        sa.select(
            Expert.ref, User.name, User.name, User.affiliation, Expert.listed, Match.place, Match.reasons
        )
        .select_from(Match)
        .join(Expert, Expert.user_id == Match.expert_id)
        .join(User, User.id == Expert.user_id)
        .where(consenting())
    )


def _achievements() -> Columns:
    owner = sa.func.coalesce(Organization.name, User.name, "")
    return (
        sa.select(
            Achievement.ref,
            Achievement.title_zh,
            Achievement.title_en,
            owner,
            sa.true(),
            Match.place,
            Match.reasons,
        )
        .select_from(Match)
        .join(Achievement, Achievement.id == Match.achievement_id)
        .outerjoin(Organization, Organization.id == Achievement.organization_id)
        .outerjoin(User, User.id == Achievement.person_id)
        .where(Achievement.state == "published")
    )


def _organizations() -> Columns:
    offers = sa.exists().where(
        Achievement.organization_id == Match.organization_id, Achievement.state == "published"
    )
    return (
        sa.select(
            Organization.ref,
            Organization.name,
            Organization.name_en,
            sa.literal(""),
            sa.false(),
            Match.place,
            Match.reasons,
        )
        .select_from(Match)
        .join(Organization, Organization.id == Match.organization_id)
        .where(offers)
    )


@dataclass(frozen=True, slots=True)
class ForMe:
    """An open requirement, and through what of mine it came: my profile, or an achievement."""

    ref: str
    number: str | None
    title_zh: str | None
    title_en: str | None
    summary_zh: str | None
    summary_en: str | None
    field: str | None
    hue: int
    achievement_zh: str | None
    achievement_en: str | None
    by_profile: bool
    reasons: tuple[Reason, ...]


def for_me(session: Session, actor: Actor, now: dt.datetime, most: int = FOR_ME) -> list[ForMe]:
    """Requirements that take solutions and suit my profile or an achievement of mine, each once, best first.

    One statement. What I answered before is no news to me: those reasons are left out.
    """
    me = actor.user_id or 0
    mine = sa.or_(
        sa.and_(Match.expert_id == me, consenting()),
        sa.and_(Achievement.state == "published", _owned(me, actor.represents)),
    )
    query = (
        sa.select(*_FOR_ME)
        .select_from(Match)
        .join(Requirement, Requirement.id == Match.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .join(RoundWindow, RoundWindow.round_id == Round.id)
        .outerjoin(Expert, Expert.user_id == Match.expert_id)
        .outerjoin(User, User.id == Expert.user_id)
        .outerjoin(Achievement, Achievement.id == Match.achievement_id)
        .where(mine, _taking(now))
        .order_by(Match.place, Match.score.desc(), Match.id)
        .limit(most * 4)
    )
    best: dict[str, ForMe] = {}
    for row in session.execute(query):
        values: tuple[Any, ...] = tuple(row)
        said = (Reason.from_json(each) for each in row.reasons)
        news = tuple(each for each in said if not each.code.startswith("past_"))
        best.setdefault(row.ref, ForMe(*[*values[:-1], news]))
    return list(best.values())[:most]


def _taking(now: dt.datetime) -> sa.ColumnElement[bool]:
    """That a requirement is public, and neither its own close nor that of its round's window is past."""
    return sa.and_(
        Requirement.state == "published",
        Round.public,
        sa.or_(Requirement.closes_at.is_(None), Requirement.closes_at > now),
        RoundWindow.stage == Stage.SUBMISSION.value,
        RoundWindow.live,
        RoundWindow.closes_at > now,
    )


def _owned(me: int, represents: Collection[int]) -> sa.ColumnElement[bool]:
    return sa.or_(Achievement.person_id == me, Achievement.organization_id.in_(represents))
