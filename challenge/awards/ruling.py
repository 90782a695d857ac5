"""The organizer's word on single comments of judges: as written, with other words, or not at all."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import said
from challenge.awards.feedback_models import VERDICTS, CommentRuling, CriterionRuling
from challenge.base.db import insert_into
from challenge.judging import behind, rubric
from challenge.judging.models import Assignment, Score, Scorecard
from challenge.judging.scorecards import MOST_COMMENT
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import TeamMember


def rule(
    session: Session,
    actor: Actor,
    round_id: int,
    number: int | None,
    ref: str,
    verdict: str,
    text: str = "",
    criterion: int | None = None,
) -> None:
    """Decide about one comment of the phase, by its assignment; with `criterion` that on the criterion.

    A comment on the whole reaches the team unless it is ruled out; one on a criterion only once it is ruled
    in. Either stays on the scorecard as it was written. Raises Invalid by field, NotFound, NotAllowed.
    """
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    card = session.execute(_written(phase.id, ref, criterion)).one_or_none()
    team = frozenset(_team(session, card.submission_id)) if card is not None else frozenset[int]()
    require(actor, Action.FEEDBACK_EDIT, rounds.subject_of(held.round, held.now, team=team))
    if card is None:
        raise NotFound
    if criterion is not None:  # a judge's word to the organizers, until one of them releases it
        behind.check(session, actor, card.submission_id)
    instead, digest = _instead(verdict, text), said.digest_of(card.said)
    if (card.verdict, card.text, card.digest) == (verdict, instead, digest):
        return  # sent twice
    key = {"scorecard_id": card.id} | ({} if criterion is None else {"criterion_id": criterion})
    word = {"verdict": verdict, "text": instead, "digest": digest}
    _keep(session, key, {**word, "decided_by": actor.user_id, "decided_at": held.now})
    told = {"assignment": ref, "verdict": verdict, "digest": digest}
    told |= {} if criterion is None else {"criterion": str(criterion)}
    where = chain.round_chain(round_id)
    chain.record(session, actor, "feedback.ruled", f"phase:{phase.id}", chain=where, at=held.now, **told)


def _keep(session: Session, key: dict[str, int], values: dict[str, Any]) -> None:
    """Store a ruling in place of the one before."""
    model = CriterionRuling if "criterion_id" in key else CommentRuling
    ruling = insert_into(session, model).values(**key, **values)
    session.execute(ruling.on_conflict_do_update(index_elements=list(key), set_=values))


def _written(phase_id: int, ref: str, criterion: int | None) -> sa.Select[Any]:
    """The locked card with these words to the team, and what was decided about them."""
    ruling: Any = CommentRuling if criterion is None else CriterionRuling
    words: Any = Scorecard.comment_solver if criterion is None else Score.comment
    query: sa.Select[Any] = (
        sa.select(
            *(Scorecard.id, words.label("said"), Assignment.submission_id),
            *(ruling.verdict, ruling.text, ruling.digest),
        )
        .select_from(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(Assignment.ref == ref, Assignment.phase_id == phase_id)
    )
    if criterion is None:
        return query.outerjoin(ruling, ruling.scorecard_id == Scorecard.id).where(said.to_team())
    mine = sa.and_(ruling.scorecard_id == Scorecard.id, ruling.criterion_id == criterion)
    scored = sa.and_(Score.scorecard_id == Scorecard.id, Score.criterion_id == criterion)
    return query.join(Score, scored).outerjoin(ruling, mine).where(said.on_criterion())


def _team(session: Session, submission_id: int) -> list[int]:
    query = sa.select(TeamMember.user_id).where(TeamMember.submission_id == submission_id)
    return [each for each in session.scalars(query) if each is not None]


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
