"""What a seeker reads before a word is given: the ranked entries for the requirement, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from challenge.accounts.models import Organization
from challenge.awards import facts
from challenge.awards.models import Decision, Notice
from challenge.awards.resuming import asked_again
from challenge.awards.standing import LEFT, ranking_in_force
from challenge.judging.models import Criterion, Ranking, RankingRow
from challenge.judging.views import Answer
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, Version


@dataclass(frozen=True, slots=True)
class Option:
    """A ranked entry as it was handed in; `panel` holds the panel's score by criterion."""

    id: int
    ref: str
    code: str
    state: str
    team: str
    place: int | None
    shared: bool
    total: Decimal | None
    panel: Mapping[str, str]
    title: str
    summary: str
    trl_now: int | None
    trl_delivery: int | None
    quote_minor: int | None
    currency: str
    answers: tuple[Answer, ...]

    @property
    def stands(self) -> bool:
        """Whether it may be chosen."""
        return self.state not in LEFT


@dataclass(frozen=True, slots=True)
class Dossier:
    """A decision with all that its page shows."""

    decision: Decision
    requirement: Requirement
    round: Round
    notice: Notice | None
    criteria: tuple[Criterion, ...]
    options: tuple[Option, ...]

    @property
    def final(self) -> bool:
        """Whether the word cannot be changed any more."""
        return not asked_again(self.notice, self.decision)

    @property
    def proposed(self) -> Option | None:
        """The ranking's entry; None where a tie leaves it open."""
        return next((each for each in self.options if each.id == self.decision.proposed_id), None)

    @property
    def chosen(self) -> Option | None:
        """The entry that was chosen."""
        return next((each for each in self.options if each.id == self.decision.chosen_id), None)

    @property
    def tied(self) -> tuple[Option, ...]:
        """Those that share the first place, if several do."""
        standing = [each for each in self.options if each.stands and each.place is not None]
        best = tuple(each for each in standing if each.place == standing[0].place)
        return best if len(best) > 1 else ()


def dossier(session: Session, actor: Actor, ref: str, now: dt.datetime) -> Dossier:
    """The decision's page for its seeker (four statements); raises NotFound, NotAllowed."""
    query = (
        sa.select(
            Decision, Requirement, Notice, facts.behind(actor, Submission.requirement_id == Requirement.id)
        )
        .join(Requirement, Requirement.id == Decision.requirement_id)
        .join(Requirement.round)
        .outerjoin(Notice, Notice.round_id == Round.id)
        .where(Decision.ref == ref)
        .options(
            contains_eager(Requirement.round).options(
                joinedload(Round.programme), selectinload(Round.windows)
            )
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    decision, requirement, notice, conflict = found
    round_ = requirement.round
    conflicted = frozenset({actor.user_id}) if conflict and actor.user_id is not None else frozenset()
    require(actor, Action.AWARD_CONFIRM, facts.subject_of(decision, requirement, round_, now, conflicted))
    options = _options(session, decision)
    return Dossier(decision, requirement, round_, notice, _criteria(session, decision), options)


def _criteria(session: Session, decision: Decision) -> tuple[Criterion, ...]:
    query = (
        sa.select(Criterion)
        .join(Ranking, Ranking.phase_id == Criterion.phase_id)
        .where(Ranking.id == ranking_in_force(decision.round_id))
        .order_by(Criterion.position)
    )
    return tuple(session.scalars(query))


def _options(session: Session, decision: Decision) -> tuple[Option, ...]:
    """Entries for the requirement in the order of the ranking, as their current version has them."""
    solver = sa.func.coalesce(sa.func.nullif(Submission.team_name, ""), Organization.name, Submission.code)
    query = (
        sa.select(
            *(Submission.id, Submission.ref, Submission.code, Submission.state, solver),
            *(RankingRow.place, RankingRow.shared, RankingRow.total, RankingRow.panel),
            *(Submission.title, Version.content),
        )
        .select_from(RankingRow)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .outerjoin(Organization, Organization.id == Submission.organization_id)
        .outerjoin(Version, sa.and_(Version.submission_id == Submission.id, Version.current))
        .where(RankingRow.ranking_id == ranking_in_force(decision.round_id))
        .where(Submission.requirement_id == decision.requirement_id)
        .order_by(RankingRow.position)
    )
    return tuple(_option(tuple(row)) for row in session.execute(query))


def _option(row: tuple[Any, ...]) -> Option:
    *ranked, title, content = row
    said: Mapping[str, Any] = content or {}
    values = values_of(said)
    cells = (
        *ranked,
        said.get("title") or title,
        values.get("summary") or "",
        *(values.get(name) for name in ("trl_now", "trl_delivery", "quote")),
        said.get("currency") or "CNY",
        tuple(_answer(each) for each in said.get("answers", ())),
    )
    return Option(*cells)


def _answer(asked: Mapping[str, Any]) -> Answer:
    return Answer(
        name_zh=asked.get("name_zh"),
        name_en=asked.get("name_en"),
        unit=asked.get("unit") or "",
        comparison=asked.get("comparison") or "ge",
        target=asked.get("target"),
        level=asked.get("level") or "must",
        met=asked.get("met") or None,
        evidence=asked.get("evidence") or "",
    )


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One question to a seeker in a list."""

    ref: str
    verdict: str
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    title_zh: str | None
    title_en: str | None
    number: str | None
    round_zh: str | None
    round_en: str | None
    round_slug: str
    zone: str
    notice_starts_at: dt.datetime | None


def asked(session: Session, actor: Actor, *, pending: bool = False, limit: int = 200) -> list[AskedRow]:
    """What the organizations that the actor speaks for were asked, open questions first; one statement.

    `pending`: only what still waits for a word.
    """
    query = (
        sa.select(
            *(Decision.ref, Decision.verdict, Decision.created_at, Decision.decided_at),
            *(Requirement.title_zh, Requirement.title_en, Requirement.number),
            *(Round.title_zh, Round.title_en, Round.slug, Round.zone),
            Notice.starts_at,
        )
        .join(Requirement, Requirement.id == Decision.requirement_id)
        .join(Round, Round.id == Decision.round_id)
        .outerjoin(Notice, Notice.round_id == Decision.round_id)
        .where(Requirement.seeker_id.in_(actor.represents))
        .order_by(Decision.verdict != "pending", Decision.created_at.desc(), Decision.id.desc())
        .limit(limit)
    )
    if pending:
        query = query.where(Decision.verdict == "pending", Round.cancelled_at.is_(None))
    return [AskedRow(*tuple(row)) for row in session.execute(query)]
