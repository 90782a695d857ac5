"""Writes one imported judged round: closed, with locked scorecards and its ranking by the method."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.exchange.slugs import slug_of
from challenge.judging import ranking, standing
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Score, Scorecard
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules import scoring
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import WINDOWED, Stage
from challenge.submissions.models import Submission

if TYPE_CHECKING:
    from challenge.exchange.scores import JudgedEntry, JudgedRound

PROGRAMME = "judged-scores"
# As the source's federation publishes: one highest and one lowest dropped per criterion, two decimals.
METHOD = scoring.Method(rule="trimmed", basis="criterion", places=2, ties=("shared",))


def programme_of(session: Session) -> Programme:
    """The one programme that holds imported judged rounds."""
    found = session.scalar(sa.select(Programme).where(Programme.slug == PROGRAMME))
    if found is not None:
        return found
    host = Organization(name="导入的评分", name_en="Imported scores", kind="other")
    programme = Programme(
        slug=PROGRAMME, host=host, title_zh="导入的评审数据", title_en="Imported judged rounds", hue=285
    )
    session.add(programme)
    session.flush()
    return programme


def create_round(session: Session, programme: Programme, data: JudgedRound, source: str) -> Round:
    """The round with everything in it, in a fixed number of statements; the caller's transaction."""
    now = clock.now(session)
    round_ = _round(session, programme, data, source, now)
    phase = Phase(
        round_id=round_.id, blindness="open", per_entry=len(data.judges) or 1, method=METHOD.to_json()
    )
    session.add(phase)
    session.flush()
    criterion_ids = _criteria(session, phase.id, data)
    judges = _ids(session, PanelJudge, [{"phase_id": phase.id, "label": name} for name in data.judges])
    judge_ids = dict(zip(data.judges, judges, strict=True))
    entry_ids = _entries(session, round_, data, now)
    _cards(session, phase.id, data, criterion_ids, judge_ids, entry_ids, now)
    session.flush()
    standing.rebuild(session, [phase.id])
    ranking.fix_imported(session, [phase.id])
    chain.record(
        session,
        SYSTEM,
        "round.imported",
        f"round:{round_.id}",
        chain=chain.round_chain(round_.id),
        at=now,
        entries=len(entry_ids),
        judges=len(judge_ids),
    )
    return round_


def _criteria(session: Session, phase_id: int, data: JudgedRound) -> dict[str, int]:
    rows = [
        {
            "phase_id": phase_id,
            "position": position,
            "name_en": each.id,
            "minimum": each.minimum,
            "maximum": each.maximum,
            "step": each.step,
            "weight": each.weight,
        }
        for position, each in enumerate(data.criteria, start=1)
    ]
    names = (each.id for each in data.criteria)
    return dict(zip(names, _ids(session, Criterion, rows), strict=True))


def _ids(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows and give their ids in the same order."""
    if not rows:
        return []
    return list(session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _round(session: Session, programme: Programme, data: JudgedRound, source: str, now: dt.datetime) -> Round:
    round_ = Round(
        slug=slug_of(data.name, hashlib.sha256(data.name.encode()).hexdigest()[:6]),
        programme_id=programme.id,
        title_en=data.name,
        zone="UTC",
        stage=Stage.CLOSED.value,
        public=True,
        launched_at=now,
        sort_at=now,
        submission_count=len(data.entries),
        notice_days=0,
        source=source,
    )
    session.add(round_)
    session.flush()
    session.add_all(
        RoundWindow(round_id=round_.id, stage=stage.value, position=position)
        for position, stage in enumerate(WINDOWED, start=1)
    )
    return round_


def _entries(session: Session, round_: Round, data: JudgedRound, now: dt.datetime) -> dict[str, int]:
    rows = [
        {
            "round_id": round_.id,
            "code": entry.name,
            "state": "submitted",
            "title": entry.name,
            "team_name": entry.affiliation,
            "start_number": entry.start_number,
            "submitted_at": now,
        }
        for entry in data.entries.values()
    ]
    return dict(zip(data.entries, _ids(session, Submission, rows), strict=True))


def _cards(
    session: Session,
    phase_id: int,
    data: JudgedRound,
    criterion_ids: Mapping[str, int],
    judge_ids: Mapping[str, int],
    entry_ids: Mapping[str, int],
    now: dt.datetime,
) -> None:
    pairs = [(entry, judge) for entry in data.entries.values() for judge in entry.cards]
    assignments = _ids(
        session,
        Assignment,
        [
            {
                "phase_id": phase_id,
                "judge_id": judge_ids[judge],
                "submission_id": entry_ids[entry.name],
                "state": "completed",
            }
            for entry, judge in pairs
        ],
    )
    cards = _ids(
        session,
        Scorecard,
        [
            {
                "assignment_id": assignment,
                "state": "locked",
                "total": _own_total(data, entry.cards[judge]),
                "saved_at": now,
                "locked_at": now,
            }
            for assignment, (entry, judge) in zip(assignments, pairs, strict=True)
        ],
    )
    _scores(session, pairs, cards, criterion_ids)


def _scores(
    session: Session,
    pairs: Sequence[tuple[JudgedEntry, str]],
    cards: Sequence[int],
    criterion_ids: Mapping[str, int],
) -> None:
    """Every value of every card; an absence is a row without one."""
    rows = [
        {"scorecard_id": card, "criterion_id": criterion_ids[name], "value": value}
        for card, (entry, judge) in zip(cards, pairs, strict=True)
        for name, value in entry.cards[judge].items()
    ]
    if rows:
        session.execute(sa.insert(Score), rows)


def _own_total(data: JudgedRound, card: Mapping[str, Decimal | None]) -> Decimal | None:
    values = [card.get(each.id) for each in data.criteria]
    if any(value is None for value in values):
        return None
    return sum(
        ((value or Decimal(0)) * each.weight for value, each in zip(values, data.criteria, strict=True)),
        Decimal(0),
    )
