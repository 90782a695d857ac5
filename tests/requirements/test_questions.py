"""Questions: asked while the round runs, answered once, for everyone or for the asker alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import questions, services
from challenge.requirements.models import Question, Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.rules.permissions import ANONYMOUS
from challenge.rules.stages import Stage
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import open_call

BODY = "Are sample images available, and how many?"


def test_an_answer_for_everyone_is_read_by_everyone_without_the_asker(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    wanted = call.requirement(state="published")
    asked = services.ask_on_requirement(db, actor_of(UserFactory(name="CANARY")), wanted.ref, BODY)
    assert questions.public_questions(db, call.round.id) == []

    services.answer(db, call.as_seeker, asked.ref, "After an NDA: 6,400.", public=True)
    for shown in (
        questions.public_questions(db, call.round.id),
        questions.public_questions(db, call.round.id, wanted.id),
    ):
        assert [(each.body, each.answer) for each in shown] == [(BODY, "After an NDA: 6,400.")]
        assert "CANARY" not in repr(shown)
    assert db.scalar(sa.select(Requirement.question_count)) == 1
    assert db.scalar(sa.select(Round.version)) == 2


def test_a_private_answer_is_the_askers_alone(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    asker = actor_of(UserFactory())
    asked = services.ask_on_round(db, asker, call.round.id, BODY)
    services.answer(db, call.as_organizer, asked.ref, "For you: yes.", public=False)
    assert questions.public_questions(db, call.round.id) == []
    assert [each.answer for each in questions.asked_by(db, asker, call.round.id, None)] == ["For you: yes."]
    assert questions.asked_by(db, actor_of(UserFactory()), call.round.id, None) == []


def test_a_question_on_a_requirement_that_was_withdrawn_is_gone_with_it(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    wanted = call.requirement(state="published")
    asked = services.ask_on_requirement(db, actor_of(UserFactory()), wanted.ref, BODY)
    services.answer(db, call.as_organizer, asked.ref, "Yes.", public=True)
    services.withdraw(db, call.as_seeker, wanted.ref, "Solved.")
    assert questions.public_questions(db, call.round.id) == []


def test_the_same_question_sent_twice_is_asked_once(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    asker = actor_of(UserFactory())
    first, second = (services.ask_on_round(db, asker, call.round.id, BODY) for _ in range(2))
    assert first.ref == second.ref
    assert db.scalar(sa.select(sa.func.count()).select_from(Question)) == 1


def test_it_is_answered_once(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    asked = services.ask_on_round(db, actor_of(UserFactory()), call.round.id, BODY)
    for _ in range(2):
        services.answer(db, call.as_organizer, asked.ref, "Yes.", public=True)
    with pytest.raises(WrongState) as refusal:
        services.answer(db, call.as_organizer, asked.ref, "No.", public=True)
    assert refusal.value.code == "already_answered"
    assert db.scalar(sa.select(Round.version)) == 2


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.CANCELLED, Stage.DRAFT])
def test_nobody_asks_when_the_round_does_not_run(db: Session, stage: Stage) -> None:
    call = open_call(stage)
    with pytest.raises(NotAllowed):
        services.ask_on_round(db, actor_of(UserFactory()), call.round.id, BODY)


def test_who_is_not_signed_in_does_not_ask(db: Session) -> None:
    with pytest.raises(NotAllowed):
        services.ask_on_round(db, ANONYMOUS, open_call().round.id, BODY)


def test_nobody_asks_on_what_is_not_public(db: Session) -> None:
    call = open_call()
    with pytest.raises(NotAllowed):
        services.ask_on_requirement(db, actor_of(UserFactory()), call.requirement().ref, BODY)


def test_only_organizer_and_seeker_answer_and_a_seeker_only_its_own(db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    wanted = call.requirement(state="published")
    asker = actor_of(UserFactory())
    on_need = services.ask_on_requirement(db, asker, wanted.ref, BODY)
    on_round = services.ask_on_round(db, asker, call.round.id, BODY)
    for actor, question in ((asker, on_need), (asker, on_round), (call.as_seeker, on_round)):
        with pytest.raises(NotAllowed):
            services.answer(db, actor, question.ref, "Yes.", public=True)


@pytest.mark.parametrize(("body", "code"), [("", "required"), ("  ", "required"), ("x" * 1001, "too_long")])
def test_an_empty_or_endless_question_is_refused_at_its_field(db: Session, body: str, code: str) -> None:
    call = open_call()
    with pytest.raises(Invalid) as refusal:
        services.ask_on_round(db, actor_of(UserFactory()), call.round.id, body)
    assert (refusal.value.field, refusal.value.code) == ("body", code)


@pytest.mark.parametrize(("text", "code"), [(" ", "required"), ("x" * 3001, "too_long")])
def test_an_empty_or_endless_answer_is_refused_at_its_field(db: Session, text: str, code: str) -> None:
    call = open_call()
    asked = services.ask_on_round(db, actor_of(UserFactory()), call.round.id, BODY)
    with pytest.raises(Invalid) as refusal:
        services.answer(db, call.as_organizer, asked.ref, text, public=True)
    assert (refusal.value.field, refusal.value.code) == ("answer", code)


def test_one_person_cannot_flood_a_round(db: Session) -> None:
    call = open_call()
    asker = actor_of(UserFactory())
    for number in range(questions.MOST_WAITING):
        services.ask_on_round(db, asker, call.round.id, f"Question {number}?")
    with pytest.raises(Invalid) as refusal:
        services.ask_on_round(db, asker, call.round.id, "One more?")
    assert refusal.value.code == "too_many_questions"
