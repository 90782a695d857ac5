"""The organizer's way to feedback: choose what teams get, and release it once; comments are in `ruling`."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import comments, feedback
from challenge.awards.feedback_models import SCORES, STANDINGS, PhaseFeedback
from challenge.judging import rubric
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.judging.ranking_models import Calibration
from challenge.judging.scorecards import JUDGED
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Choice:
    """What the teams of a phase are to read."""

    scores: str = "none"
    standing: str = "none"
    comments: bool = False
    names: bool = False
    on_criteria: bool = False  # those comments on single criteria that are released one by one

    @property
    def nothing(self) -> bool:
        """Whether it gives nothing at all."""
        return not self.words and self.scores == "none" and self.standing == "none"

    @property
    def words(self) -> bool:
        """Whether it gives anything that judges wrote."""
        return self.comments or self.on_criteria


def chosen(session: Session, phase_id: int) -> PhaseFeedback | None:
    """What was chosen for a phase so far (one statement)."""
    query = sa.select(PhaseFeedback).where(PhaseFeedback.phase_id == phase_id)
    return session.scalar(query.execution_options(populate_existing=True))


@dataclass(frozen=True, slots=True)
class Ready:
    """What a release waits for, and how many entries it would reach."""

    out: bool
    ranked: bool
    banded: bool  # whether tie bands stand beside the ranking
    entries: int


def ready(session: Session, phase_id: int) -> Ready:
    """Where a phase stands on the way to a release (one statement)."""
    in_force = sa.and_(Ranking.phase_id == phase_id, sa.not_(Ranking.superseded))
    reached = (
        sa.select(sa.func.count())
        .select_from(RankingRow)
        .join(Ranking, Ranking.id == RankingRow.ranking_id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .where(in_force, Submission.state.in_(JUDGED))
    )
    asked = sa.select(
        sa.exists().where(Phase.id == phase_id, feedback.out()),
        sa.exists().where(in_force),
        sa.exists().where(Calibration.ranking_id == Ranking.id, Calibration.state == "done", in_force),
        reached.scalar_subquery(),
    )
    return Ready(*session.execute(asked).one())


def choose(
    session: Session, actor: Actor, round_id: int, number: int | None, choice: Choice
) -> PhaseFeedback:
    """Say what the teams of a phase will read. Nobody reads any of it yet.

    Raises Invalid by field, and WrongState("feedback_released") once teams have read it.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.FEEDBACK_EDIT, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    _check(choice, phase)
    before = chosen(session, phase.id)
    if before is not None and _choice(before) == choice:
        return before
    if before is not None and before.released_at is not None:
        raise WrongState("feedback_released")
    made = before or PhaseFeedback(phase_id=phase.id)
    for name, value in asdict(choice).items():
        setattr(made, name, value)
    session.add(made)
    session.flush()
    _record(session, actor, held, "feedback.chosen", phase, **asdict(choice))
    return made


def release(session: Session, actor: Actor, round_id: int, number: int | None) -> PhaseFeedback:
    """Let the teams read it, once and for good, and announce it to each of them.

    Raises WrongState: "feedback_empty", "results_not_out", "no_ranking_yet", "no_tie_bands",
    "comments_undecided".
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.FEEDBACK_RELEASE, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    made = chosen(session, phase.id)
    if made is not None and made.released_at is not None:
        return made  # sent twice
    if made is None or (choice := _choice(made)).nothing:
        raise WrongState("feedback_empty")
    stands = ready(session, phase.id)
    if not stands.out:
        raise WrongState("results_not_out")
    if not stands.ranked:
        raise WrongState("no_ranking_yet")
    if choice.standing == "tie" and not stands.banded:
        raise WrongState("no_tie_bands")
    _check(choice, phase)
    undecided = comments.undecided(session, phase) if made.comments else 0
    if undecided:
        raise WrongState("comments_undecided", count=undecided)
    made.released_at, made.released_by = held.now, actor.user_id
    held.round.version += 1
    session.flush()
    subject = f"phase:{phase.id}"
    queue.announce(session, "feedback.released", subject, at=held.now, round_id=round_id, phase_id=phase.id)
    _record(session, actor, held, "feedback.released", phase, **asdict(choice))
    return made


def _check(choice: Choice, phase: Phase) -> None:
    if choice.scores not in SCORES:
        raise Invalid("scores", "not_a_choice")
    if choice.standing not in STANDINGS:
        raise Invalid("standing", "not_a_choice")
    if choice.names and phase.blindness != "open":
        raise Invalid("names", "names_promised_hidden")
    if choice.names and not choice.words:
        raise Invalid("names", "names_need_comments")


def _choice(made: PhaseFeedback) -> Choice:
    return Choice(made.scores, made.standing, made.comments, made.names, made.on_criteria)


def _record(
    session: Session, actor: Actor, held: gate.Gate, action: str, phase: Phase, **detail: object
) -> None:
    where = chain.round_chain(held.round.id)
    chain.record(session, actor, action, f"phase:{phase.id}", chain=where, at=held.now, **detail)
