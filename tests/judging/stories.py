"""A round in its judging stage for tests of judging: a panel, entries with frozen versions, an organizer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.flow import errands
from challenge.judging import rubric, runs
from challenge.judging.models import Assignment, Criterion, PanelJudge, Phase, Scorecard, Standing
from challenge.judging.run_models import AssignmentRun
from challenge.judging.scorecards import Entered
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.assignment import Options
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, Version
from tests.factories import (
    AssignmentFactory,
    GrantFactory,
    PanelJudgeFactory,
    PhaseFactory,
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.submissions.stories import frozen_content

PAPER = {"name": "proposal.pdf", "sha256": "a" * 64, "size": 2_100_000, "media_type": "application/pdf"}


@dataclass
class Court:
    """A round and whoever acts in its judging."""

    db: Session
    round: Round
    requirement: Requirement
    phase: Phase
    organizer: User
    judges: list[PanelJudge]
    people: list[User]
    entries: list[Submission] = field(default_factory=list)

    @property
    def as_organizer(self) -> Actor:
        return actor_of(self.organizer)

    def as_judge(self, number: int = 0) -> Actor:
        return actor_of(self.people[number])

    @property
    def criteria(self) -> Sequence[Criterion]:
        query = sa.select(Criterion).where(Criterion.phase_id == self.phase.id).order_by(Criterion.position)
        return self.db.scalars(query).all()

    def entered(self, *scores: object, **comments: str) -> Entered:
        """What a judge types: a score for each criterion in turn."""
        ids = [criterion.id for criterion in self.criteria]
        return Entered(dict(zip(ids, map(str, scores), strict=False)), **comments)

    def assignment(self, judge: int = 0, entry: int = 0) -> Assignment:
        query = sa.select(Assignment).where(
            Assignment.judge_id == self.judges[judge].id, Assignment.submission_id == self.entries[entry].id
        )
        return self.db.scalars(query.execution_options(populate_existing=True)).one()

    def card(self, judge: int = 0, entry: int = 0) -> Scorecard | None:
        query = sa.select(Scorecard).where(Scorecard.assignment_id == self.assignment(judge, entry).id)
        return self.db.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def standing_of(self, entry: int) -> Decimal | None:
        """The running total of an entry in this phase."""
        query = sa.select(Standing.total).where(
            Standing.phase_id == self.phase.id, Standing.submission_id == self.entries[entry].id
        )
        return self.db.scalar(query)

    def standing(self, entry: int = 0) -> Standing | None:
        query = sa.select(Standing).where(Standing.submission_id == self.entries[entry].id)
        return self.db.scalars(query.execution_options(populate_existing=True)).one_or_none()

    def close(self, stage: Stage = Stage.JUDGING) -> None:
        """Let the window have closed a minute ago, and the next one open."""
        now = clock.now(self.db)
        order = [Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD]
        minute = dt.timedelta(minutes=1)
        _move(self.db, self.round, stage, now - dt.timedelta(days=1), now - minute)
        if stage is not order[-1]:
            later = order[order.index(stage) + 1]
            _move(self.db, self.round, later, now - minute / 2, now + dt.timedelta(days=9))


def _move(db: Session, round_: Round, stage: Stage, opens: dt.datetime, closes: dt.datetime) -> None:
    db.execute(
        sa.update(RoundWindow)
        .where(RoundWindow.round_id == round_.id, RoundWindow.stage == stage.value)
        .values(opens_at=opens, closes_at=closes, ends_at=closes)
    )
    db.expire_all()


def court(
    db: Session,
    *,
    judges: int = 3,
    entries: int = 1,
    assigned: bool = True,
    state: str = "accepted",
    stage: Stage = Stage.JUDGING,
    **of_phase: Any,
) -> Court:
    """A round at `stage`; every judge has every entry (in `state`) unless `assigned=False`."""
    round_ = RoundFactory(stage=stage)
    requirement = RequirementFactory(round=round_)
    phase = PhaseFactory(round_id=round_.id, **of_phase)
    people = [UserFactory() for _ in range(judges)]
    panel = []
    for number, person in enumerate(people, start=1):
        GrantFactory(user_id=person.id, role="judge", scope="phase", scope_id=phase.id)
        panel.append(PanelJudgeFactory(phase_id=phase.id, user=person, label=f"J{number}"))
    made = Court(db, round_, requirement, phase, organizer_of(round_.programme), panel, people)
    for _ in range(entries):
        made.entries.append(entry(db, requirement))
    for each in made.entries if assigned else ():
        for judge in panel:
            assign(phase, judge, each, state)
    db.flush()
    return made


def assign(phase: Phase, judge: PanelJudge, submission: Submission, state: str = "accepted") -> Assignment:
    """An assignment as it stands after the judge's word."""
    reason = "a reason" if state in ("abstained", "declined", "recused", "replaced") else None
    made: Assignment = AssignmentFactory(
        phase_id=phase.id, judge_id=judge.id, submission_id=submission.id, state=state, reason=reason
    )
    return made


def entry(
    db: Session,
    requirement: Requirement,
    *,
    files: Iterable[dict[str, Any]] = (PAPER,),
    content: dict[str, Any] | None = None,
    **of_submission: Any,
) -> Submission:
    """A submitted proposal with its current version."""
    submission: Submission = SubmissionFactory(
        requirement=requirement, **{"state": "submitted", **of_submission}
    )
    frozen = frozen_content(submission)
    frozen["values"] |= content or {}
    asked = db.scalars(sa.select(Indicator).where(Indicator.requirement_id == requirement.id)).all()
    names = ("position", "name_zh", "name_en", "unit", "comparison", "target", "level")
    frozen["answers"] = [
        {"indicator": each.id, **{name: getattr(each, name) for name in names}, "met": "met", "evidence": "x"}
        for each in asked
    ]
    db.add(
        Version(
            submission_id=submission.id,
            number=1,
            current=True,
            content={**frozen, **(content or {})},
            manifest=list(files),
            submitted_at=clock.now(db),
            submitted_by=submission.owner_id,
            receipt={},
        )
    )
    db.flush()
    return submission


def lock_all(made: Court, entry_number: int, *cards: Sequence[object]) -> None:
    """Each judge in turn locks these scores of an entry."""
    from challenge.judging import scoring

    for judge, scores in enumerate(cards):
        ref = made.assignment(judge, entry_number).ref
        scoring.lock(made.db, made.as_judge(judge), ref, made.entered(*scores))


def half(text: str) -> Decimal:
    return Decimal(text)


DEFAULT = rubric.DEFAULT


def searched(made: Court, **options: Any) -> AssignmentRun:
    """The organizer has the best assignment searched, and `flask work` does it."""
    given = Options(**{"per_entry": made.phase.per_entry, **options})
    runs.ask(made.db, made.as_organizer, made.round.id, given)
    made.db.commit()
    errands.drain()
    made.db.expire_all()
    found = runs.latest(made.db, made.phase.id)
    assert found is not None
    assert found.state == "proposed", found.result
    return found


def assigned(made: Court, **options: Any) -> int:
    """The same, and the proposal applied: how many assignments were made."""
    found = searched(made, **options)
    return runs.apply(made.db, made.as_organizer, made.round.id, found.digest or "", "somebody dropped out")
