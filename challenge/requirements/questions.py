"""Questions on a round or a requirement: asked by anyone signed in, answered once by organizer or seeker.

Each knows the version of the requirement that it was asked and answered about. What an answer said before it
was corrected stays readable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.requirements import facts, queries, trail
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Question, Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue

Rows = sa.Select[*tuple[Any, ...]]

BODY_LENGTH, ANSWER_LENGTH = 1000, 3000
MOST_WAITING = 10  # of one asker in one round: a flood of questions is nobody's help


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question for whoever answers it, or for its asker. Nobody is told who asked."""

    id: int
    ref: str
    body: str
    answer: str | None
    public: bool
    created_at: dt.datetime
    answered_at: dt.datetime | None
    requirement_ref: str | None
    requirement_number: str | None
    requirement_zh: str | None
    requirement_en: str | None
    requirement_version: int | None
    asked_version: int | None
    answered_version: int | None
    corrected_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question that was answered for everyone; nobody is told who asked."""

    id: int
    ref: str
    body: str
    answer: str
    created_at: dt.datetime
    answered_at: dt.datetime
    requirement_ref: str | None
    requirement_number: str | None
    requirement_zh: str | None
    requirement_en: str | None
    requirement_version: int | None
    asked_version: int | None
    answered_version: int | None
    corrected_at: dt.datetime | None


_ABOUT = (
    Requirement.version,
    Question.asked_version,
    Question.answered_version,
    Question.corrected_at,
)
_ROW = (
    Question.id,
    Question.ref,
    Question.body,
    Question.answer,
    Question.public,
    Question.created_at,
    Question.answered_at,
    Requirement.ref,
    Requirement.number,
    Requirement.title_zh,
    Requirement.title_en,
    *_ABOUT,
)


def ask_on_round(session: Session, actor: Actor, round_id: int, body: str) -> Question:
    """Ask the organizer of a running public round."""
    gate = gates.hold(session, round_id)
    return _ask(session, actor, gate, rounds.subject_of(gate.round, gate.now), None, body)


def ask_on_requirement(session: Session, actor: Actor, ref: str, body: str) -> Question:
    """Ask the seeker (and the organizer) of a public requirement while its round runs."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    return _ask(session, actor, gate, facts.subject_of(requirement, gate.now), requirement, body)


def _ask(
    session: Session, actor: Actor, gate: Gate, subject: Subject, requirement: Requirement | None, body: str
) -> Question:
    require(actor, Action.QUESTION_ASK, subject)
    body = body.strip()
    if not body:
        raise Invalid("body", "required")
    if len(body) > BODY_LENGTH:
        raise Invalid("body", "too_long", most=BODY_LENGTH, length=len(body))
    requirement_id = requirement.id if requirement else None
    # The asker's own row is the line in which two posts of one form wait for each other.
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    waiting = _waiting_of(session, actor, gate.round.id)
    for each in waiting:
        if (each.body, each.requirement_id) == (body, requirement_id):
            return each  # the same form sent twice
    if len(waiting) >= MOST_WAITING:
        raise Invalid("body", "too_many_questions", most=MOST_WAITING)
    question = Question(
        round_id=gate.round.id,
        requirement_id=requirement_id,
        asker_id=actor.user_id,
        body=body,
        asked_version=requirement.version if requirement else None,
        created_at=gate.now,
    )
    session.add(question)
    session.flush()
    tell(session, actor, "question.asked", question, gate.now)
    return question


def _waiting_of(session: Session, actor: Actor, round_id: int) -> list[Question]:
    query = sa.select(Question).where(
        Question.round_id == round_id, Question.asker_id == actor.user_id, Question.answered_at.is_(None)
    )
    return list(session.scalars(query))


def answer(session: Session, actor: Actor, ref: str, text: str, *, public: bool) -> Question:
    """Answer it, once: for everyone to read, or for its asker alone."""
    round_id = session.scalar(sa.select(Question.round_id).where(Question.ref == ref))
    if round_id is None:
        raise NotFound
    gate = gates.hold(session, round_id)
    question = session.scalars(sa.select(Question).where(Question.ref == ref).with_for_update()).one()
    require(actor, Action.QUESTION_ANSWER, subject_of(session, question, gate))
    text = text.strip()
    if question.answer is not None:
        if (question.answer, question.public) == (text, public):
            return question  # the same form sent twice
        raise WrongState("already_answered", at=question.answered_at)
    if not text:
        raise Invalid("answer", "required")
    if len(text) > ANSWER_LENGTH:
        raise Invalid("answer", "too_long", most=ANSWER_LENGTH, length=len(text))
    question.answer, question.public = text, public
    question.answered_at, question.answered_by = gate.now, actor.user_id
    question.answered_version = version_of(session, question)
    session.flush()
    if public:
        _count(session, question)
    tell(session, actor, "question.answered", question, gate.now)
    return question


def version_of(session: Session, question: Question) -> int | None:
    """The version of its requirement that is in force; None for a question on the round."""
    if question.requirement_id is None:
        return None
    return session.get_one(Requirement, question.requirement_id).version


def subject_of(session: Session, question: Question, gate: Gate) -> Subject:
    """The facts of a question: those of its requirement, or of its round."""
    if question.requirement_id is None:
        return rounds.subject_of(gate.round, gate.now, kind="question")
    requirement = session.get_one(Requirement, question.requirement_id)
    return facts.subject_of(requirement, gate.now)


def _count(session: Session, question: Question) -> None:
    if question.requirement_id is not None:
        session.execute(
            sa.update(Requirement)
            .where(Requirement.id == question.requirement_id)
            .values(question_count=Requirement.question_count + 1)
            .execution_options(synchronize_session=False)
        )
    trail.touch(session, question.round_id)


def tell(
    session: Session, actor: Actor, event: str, question: Question, now: dt.datetime, mark: object = ""
) -> None:
    """Announce and record what happened to it; `mark` tells two corrections of one answer apart."""
    subject = f"question:{question.id}"
    ids = {"round_id": question.round_id, "question_id": question.id}
    queue.announce(session, event, subject, mark=mark, at=now, requirement_id=question.requirement_id, **ids)
    chain.record(session, actor, event, subject, chain=chain.round_chain(question.round_id), at=now)


def of_round(
    session: Session, round_id: int, *, answered: bool, after: int | None = None, limit: int = 50
) -> list[QuestionRow]:
    """All questions in a round, for its organizer: oldest first while they wait, newest first after."""
    query = _rows().where(Question.round_id == round_id)
    return _page(session, query, answered=answered, after=after, limit=limit)


def of_requirement(
    session: Session, requirement_id: int, *, answered: bool, limit: int = 100
) -> list[QuestionRow]:
    """A requirement's questions, for its seeker."""
    query = _rows().where(Question.requirement_id == requirement_id)
    return _page(session, query, answered=answered, after=None, limit=limit)


def asked_by(
    session: Session, actor: Actor, round_id: int, requirement_id: int | None, limit: int = 50
) -> list[QuestionRow]:
    """What this person asked there, with the answers, also those that are theirs alone; newest first."""
    there = Question.requirement_id == requirement_id  # None becomes IS NULL
    query = _rows().where(Question.round_id == round_id, Question.asker_id == (actor.user_id or 0), there)
    return [QuestionRow(*row) for row in session.execute(query.order_by(Question.id.desc()).limit(limit))]


def by_ref(session: Session, ref: str) -> Question:
    """One question; raises NotFound."""
    question = session.scalar(sa.select(Question).where(Question.ref == ref))
    if question is None:
        raise NotFound
    return question


def _rows() -> Rows:
    return sa.select(*_ROW).outerjoin(Requirement, Requirement.id == Question.requirement_id)


def _page(
    session: Session, query: Rows, *, answered: bool, after: int | None, limit: int
) -> list[QuestionRow]:
    if answered:
        query = query.where(Question.answered_at.is_not(None)).order_by(Question.id.desc())
        query = query if after is None else query.where(Question.id < after)
    else:
        query = query.where(Question.answered_at.is_(None)).order_by(Question.id)
        query = query if after is None else query.where(Question.id > after)
    return [QuestionRow(*row) for row in session.execute(query.limit(limit))]


def public_questions(
    session: Session,
    round_id: int,
    requirement_id: int | None = None,
    *,
    after: int | None = None,
    limit: int = 50,
) -> list[PublicQuestion]:
    """Questions answered for everyone, newest first: of one requirement, or of the round and all in it."""
    query = _public(of_requirement=requirement_id is not None, later=after is not None)
    values = {"round": round_id, "requirement": requirement_id, "after": after, "most": limit}
    wanted = {name: value for name, value in values.items() if value is not None}
    found: Sequence[Any] = session.execute(query, wanted).all()
    return [PublicQuestion(*row) for row in found]


@cache
def _public(*, of_requirement: bool, later: bool) -> Rows:
    """Built once for each shape: to build it costs more than to ask it."""

    def number(name: str) -> sa.BindParameter[int]:
        return sa.bindparam(name, type_=sa.BigInteger)

    query = (
        sa.select(*(each for each in _ROW if each is not Question.public))
        .outerjoin(Requirement, Requirement.id == Question.requirement_id)
        .where(Question.round_id == number("round"), Question.public, Question.answered_at.is_not(None))
        .where(sa.or_(Question.requirement_id.is_(None), Requirement.state.in_(PUBLIC_STATES)))
        .order_by(Question.id.desc())
        .limit(number("most"))
    )
    if of_requirement:
        query = query.where(Question.requirement_id == number("requirement"))
    if later:
        query = query.where(Question.id < number("after"))
    return query
