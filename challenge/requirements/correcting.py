"""An answer is corrected: it says something else from now on, and what it said before stays readable."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import questions, trail
from challenge.requirements.models import Question
from challenge.requirements.version_models import AnswerCorrection
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require

MOST_CORRECTIONS = 50


def correct(session: Session, actor: Actor, ref: str, text: str) -> Question:
    """Let an answer say this from now on, for those who read it; the same text again changes nothing.

    Its asker is told. It is about the version of the requirement that is in force now.
    """
    round_id = session.scalar(sa.select(Question.round_id).where(Question.ref == ref))
    if round_id is None:
        raise NotFound
    gate = gates.hold(session, round_id)
    question = session.scalars(sa.select(Question).where(Question.ref == ref).with_for_update()).one()
    require(actor, Action.QUESTION_ANSWER, questions.subject_of(session, question, gate))
    text = text.strip()
    if question.answer is None or question.answered_at is None:
        raise WrongState("not_answered_yet")
    if question.answer == text:
        return question
    if not text:
        raise Invalid("correction", "required")
    if len(text) > questions.ANSWER_LENGTH:
        raise Invalid("correction", "too_long", most=questions.ANSWER_LENGTH, length=len(text))
    number = _count(session, question)
    if number >= MOST_CORRECTIONS:
        raise Invalid("correction", "corrected_enough", most=MOST_CORRECTIONS)
    before = AnswerCorrection(
        question_id=question.id,
        answer=question.answer,
        answered_at=question.corrected_at or question.answered_at,
        answered_by=question.answered_by,
        answered_version=question.answered_version,
        created_at=gate.now,
    )
    session.add(before)
    question.answer, question.answered_by = text, actor.user_id
    question.corrected_at, question.answered_version = gate.now, questions.version_of(session, question)
    session.flush()
    trail.touch(session, question.round_id)
    questions.tell(session, actor, "question.corrected", question, gate.now, mark=number + 1)
    return question


def _count(session: Session, question: Question) -> int:
    mine = sa.select(sa.func.count()).select_from(AnswerCorrection)
    return session.scalar(mine.where(AnswerCorrection.question_id == question.id)) or 0
