"""The organizer's way to feedback: choose what teams get, look through the comments, release it once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import comments, feedback
from challenge.awards.feedback_models import SCORES, STANDINGS, VERDICTS, CommentRuling, PhaseFeedback
from challenge.base.db import insert_into
from challenge.judging import rubric
from challenge.judging.models import Assignment, Phase, Ranking, RankingRow, Scorecard
from challenge.judging.scorecards import JUDGED, MOST_COMMENT
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Choice:
    """What the teams of a phase are to read."""

    scores: str = "none"
    standing: str = "none"
    comments: bool = False
    names: bool = False

    @property
    def nothing(self) -> bool:
        """Whether it gives nothing at all."""
        return self.scores == "none" and self.standing == "none" and not self.comments


def chosen(session: Session, phase_id: int) -> PhaseFeedback | None:
    """What was chosen for a phase so far (one statement)."""
    query = sa.select(PhaseFeedback).where(PhaseFeedback.phase_id == phase_id)
    return session.scalar(query.execution_options(populate_existing=True))


@dataclass(frozen=True, slots=True)
class Ready:
    """What a release waits for, and how many entries it would reach."""

    out: bool
    ranked: bool
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


def rule(
    session: Session,
    actor: Actor,
    round_id: int,
    number: int | None,
    ref: str,
    verdict: str,
    text: str = "",
) -> None:
    """Decide about one comment of the phase, by its assignment: as written, with other words, or not at all.

    The comment stays on the scorecard as it was written. Raises Invalid by field, NotFound.
    """
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    card = _card(session, phase.id, ref)
    team = frozenset(_team(session, card.submission_id)) if card is not None else frozenset[int]()
    require(actor, Action.FEEDBACK_EDIT, rounds.subject_of(held.round, held.now, team=team))
    if card is None:
        raise NotFound
    instead, digest = _instead(verdict, text), feedback.digest_of(card.comment_solver)
    if (card.verdict, card.text, card.digest) == (verdict, instead, digest):
        return  # sent twice
    values = {
        "verdict": verdict,
        "text": instead,
        "digest": digest,
        "decided_by": actor.user_id,
        "decided_at": held.now,
    }
    ruling = insert_into(session, CommentRuling).values(scorecard_id=card.id, **values)
    session.execute(ruling.on_conflict_do_update(index_elements=["scorecard_id"], set_=values))
    said = {"assignment": ref, "verdict": verdict, "digest": digest}
    _record(session, actor, held, "feedback.ruled", phase, **said)


def _card(session: Session, phase_id: int, ref: str) -> Any:
    """The locked card with words to a team, and what was decided about them; None where there is none."""
    query = (
        sa.select(
            Scorecard.id,
            Scorecard.comment_solver,
            Assignment.submission_id,
            CommentRuling.verdict,
            CommentRuling.text,
            CommentRuling.digest,
        )
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .outerjoin(CommentRuling, CommentRuling.scorecard_id == Scorecard.id)
        .where(Assignment.ref == ref, Assignment.phase_id == phase_id)
        .where(feedback.said_to_team())
    )
    return session.execute(query).one_or_none()


def _team(session: Session, submission_id: int) -> list[int]:
    query = sa.select(TeamMember.user_id).where(TeamMember.submission_id == submission_id)
    return [each for each in session.scalars(query) if each is not None]


def release(session: Session, actor: Actor, round_id: int, number: int | None) -> PhaseFeedback:
    """Let the teams read it, once and for good, and announce it to each of them.

    Raises WrongState: "feedback_empty", "results_not_out", "no_ranking_yet", "comments_undecided".
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
    if choice.names and not choice.comments:
        raise Invalid("names", "names_need_comments")


def _instead(verdict: str, text: str) -> str | None:
    if verdict not in VERDICTS:
        raise Invalid("verdict", "not_a_choice")
    if verdict != "redacted":
        return None
    if not text.strip():
        raise Invalid("text", "required")
    if len(text) > MOST_COMMENT:
        raise Invalid("text", "too_long", length=len(text), most=MOST_COMMENT)
    return text.strip()


def _choice(made: PhaseFeedback) -> Choice:
    return Choice(made.scores, made.standing, made.comments, made.names)


def _record(
    session: Session, actor: Actor, held: gate.Gate, action: str, phase: Phase, **detail: object
) -> None:
    where = chain.round_chain(held.round.id)
    chain.record(session, actor, action, f"phase:{phase.id}", chain=where, at=held.now, **detail)
