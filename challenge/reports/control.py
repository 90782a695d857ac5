"""The control room of a round: how much of everything there is, and what waits for its organizer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.models import Award, Decision, Notice
from challenge.base.clock import db_now
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.models import Assignment, PanelJudge, Phase, Ranking, Scorecard
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Prize, RoundPage
from challenge.rules.lifecycles import READING, UNLOCKED
from challenge.rules.stages import Stage
from challenge.submissions.models import ScreeningCase, Submission

ENTERED = ("submitted", "selected", "not_selected")
FEWEST_JUDGES = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of a round by kind and state."""

    by: Mapping[tuple[str, str], int]

    def __call__(self, kind: str, *states: str) -> int:
        """How many of a kind, in these states or in all."""
        return sum(
            n for (name, state), n in self.by.items() if name == kind and (not states or state in states)
        )


def counts(session: Session, round_id: int) -> Counts:
    """Every figure of the control room, in one statement by the indexes of the round."""
    parts = [
        _grouped("requirement", Requirement.state, Requirement.round_id == round_id),
        _grouped("submission", Submission.state, Submission.round_id == round_id),
        _grouped("decision", Decision.verdict, Decision.round_id == round_id),
        _grouped("award", Award.state, Award.round_id == round_id),
        _one("question", "open", Question.round_id == round_id, Question.answer.is_(None)),
        _one("prize", "", Prize.round_id == round_id),
        _one("text", "rules", RoundPage.round_id == round_id, RoundPage.kind == "rules"),
        *_judging(round_id),
        _one("notice", "over", *_notice(round_id), Notice.ends_at <= db_now()),
        _one("notice", "running", *_notice(round_id), Notice.ends_at > db_now()),
    ]
    found: Counter[tuple[str, str]] = Counter()
    for kind, state, number in session.execute(sa.union_all(*parts)):
        found[kind, state] += number
    return Counts(found)


def _grouped(kind: str, column: Any, *where: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(sa.literal(kind), column, sa.func.count()).where(*where).group_by(column)


def _one(kind: str, state: str, *where: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(sa.literal(kind), sa.literal(state), sa.func.count()).where(*where)


def _notice(round_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Notice.round_id == round_id, Notice.published_at.is_(None)


def _judging(round_id: int) -> list[sa.Select[*tuple[Any, ...]]]:
    mine = (Phase.round_id == round_id,)
    judges = _one("judge", "", *mine).join(Phase, Phase.id == PanelJudge.phase_id)
    held = _grouped("assignment", Assignment.state, *mine).join(Phase, Phase.id == Assignment.phase_id)
    cards = (
        _grouped("scorecard", Scorecard.state, *mine)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Phase, Phase.id == Assignment.phase_id)
    )
    # A locked card stays; until then another judge can take it over.
    tied = _one("conflict", "", *mine, Assignment.conflict.is_not(None), Assignment.state.in_(UNLOCKED)).join(
        Phase, Phase.id == Assignment.phase_id
    )
    suspected = (
        _one("case_of_conflict", "open", *mine, ConflictCase.state == "open", ConflictCase.gone_at.is_(None))
        .select_from(ConflictCase)
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .join(Phase, Phase.id == PanelJudge.phase_id)
    )
    rankings = _one("ranking", "fixed", *mine, Ranking.superseded.is_(False)).join(
        Phase, Phase.id == Ranking.phase_id
    )
    judged = [tied.select_from(Assignment), suspected, *_screening(round_id)]
    return [
        *judged,
        judges.select_from(PanelJudge),
        held,
        cards,
        rankings.select_from(Ranking),
        _short(round_id),
    ]


def _screening(round_id: int) -> list[sa.Select[*tuple[Any, ...]]]:
    """Cases of screening that wait for the organizer: the team replied, or its time is over."""
    here = (Submission.round_id == round_id, Submission.state == "submitted")
    waits = sa.or_(
        ScreeningCase.state == "answered",
        sa.and_(ScreeningCase.state == "open", ScreeningCase.reply_until <= db_now()),
    )
    cases = _one("case", "waits", *here, waits).select_from(ScreeningCase)
    return [cases.join(Submission, Submission.id == ScreeningCase.submission_id)]


def _short(round_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Entries with fewer judges than the phase wants."""
    judges = (
        sa.select(sa.func.count())
        .where(Assignment.submission_id == Submission.id, Assignment.state.in_(READING))
        .correlate(Submission)
        .scalar_subquery()
    )
    wanted = sa.select(sa.func.max(Phase.per_entry)).where(Phase.round_id == round_id).scalar_subquery()
    return _one(
        "entry", "short", Submission.round_id == round_id, Submission.state == "submitted", judges < wanted
    )


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits for the organizer: a code for its words, how many, the room that settles it."""

    code: str
    endpoint: str
    count: int = 1
    urgent: bool = True


def matters(stage: Stage, open_stages: frozenset[Stage], have: Counts, *, dated: bool) -> list[Matter]:
    """What needs a decision now, the most pressing first; `dated`: every window has its dates."""
    found: list[Matter] = []
    if stage is Stage.DRAFT:
        return _before_launch(have, dated=dated)
    if stage in (Stage.CLOSED, Stage.CANCELLED):
        return found
    waiting = have("requirement", "submitted")
    if waiting:
        found.append(Matter("screen", "screening", waiting))
    if have("question", "open"):
        found.append(Matter("answer", "questions", have("question", "open")))
    if Stage.SUBMISSION in open_stages and not have("requirement", "published"):
        found.append(Matter("nothing_published", "screening"))
    if have("case", "waits"):
        found.append(Matter("cases_wait", "submissions", have("case", "waits")))
    if have("conflict"):
        found.append(Matter("conflicts_found", "assignments", have("conflict")))
    if stage in (Stage.SUBMISSION, Stage.JUDGING):
        found += _for_judging(stage, open_stages, have)
    if stage is Stage.AWARD or (stage is Stage.JUDGING and Stage.JUDGING not in open_stages):
        found += _for_award(have)
    return found


def _before_launch(have: Counts, *, dated: bool) -> list[Matter]:
    found = [] if dated else [Matter("dates_missing", "settings")]
    if not have("text", "rules"):
        found.append(Matter("rules_missing", "texts", urgent=False))
    if not have("prize"):
        found.append(Matter("prizes_missing", "prizes", urgent=False))
    return [Matter("launch", "launch"), *found] if dated else found


def _for_judging(stage: Stage, open_stages: frozenset[Stage], have: Counts) -> list[Matter]:
    late = stage is Stage.JUDGING or Stage.SUBMISSION not in open_stages
    suspected = have("case_of_conflict", "open")
    if have("judge") < FEWEST_JUDGES:
        return [Matter("panel_small", "panel", have("judge"), urgent=late)]
    found = [Matter("conflicts_open", "conflicts", suspected)] if suspected else []
    if late and have("entry", "short"):
        found.append(Matter("entries_short", "assignments", have("entry", "short")))
    unlocked = have("assignment", *UNLOCKED)
    if Stage.JUDGING in open_stages and unlocked:
        found.append(Matter("cards_open", "progress", unlocked, urgent=False))
    return found


def _for_award(have: Counts) -> list[Matter]:
    """The one step of the outcome that comes next."""
    pending = have("decision", "pending")
    steps = (
        (not have("submission", *ENTERED), None),
        (not have("ranking"), Matter("rank", "ranking")),
        (have("notice", "over"), Matter("publish", "awards")),
        (have("notice", "running"), Matter("notice_runs", "awards", urgent=False)),
        (pending, Matter("seekers_pending", "awards", pending, urgent=False)),
        (not have("award", "confirmed"), Matter("propose", "awards")),
    )
    step = next((matter for holds, matter in steps if holds), None)
    return [step] if step else []
