"""Questions reach the organizer and the seeker; answers reach the asker, or everyone."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements.models import Question
from challenge.rules.stages import Stage
from tests.factories import UserFactory
from tests.requirements.needs import open_call
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

BODY = "Are sample images available?"


def asked(db: Session) -> Question:
    return db.scalars(sa.select(Question)).one()


def test_a_question_on_a_requirement_is_answered_by_its_seeker_for_everyone(
    client: Visitor, visitor: Any, db: Session, mailbox: Mailbox
) -> None:
    call = open_call(Stage.SUBMISSION)
    wanted = call.requirement(state="published")
    asker = UserFactory(name="CANARY Asker")
    client.sign_in(asker)
    path = f"/requirements/{wanted.ref}/ask"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"body": BODY}).location == path
    assert BODY in client.get(path).text

    seeker = visitor(call.representative)
    page = seeker.get(f"/seek/requirements/{wanted.ref}").text
    assert BODY in page
    assert "CANARY" not in page
    answer_path = f"/seek/requirements/{wanted.ref}/questions/{asked(db).ref}"
    assert BODY in seeker.get(answer_path).text
    assert seeker.post(answer_path, data={"answer": "Yes, 6,400.", "public": "yes"}).status_code == 302

    assert "Yes, 6,400." in visitor().get(f"/requirements/{wanted.ref}").text
    assert "Yes, 6,400." in visitor().get(f"/rounds/{call.round.slug}/questions").text
    assert "Yes, 6,400." in mailbox.to(asker.email)[-1].body
    assert all("CANARY" not in letter.body for letter in mailbox.to(call.representative.email))


def test_a_private_answer_reaches_its_asker_only(client: Visitor, visitor: Any, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    asker = visitor(UserFactory())
    asker.post(f"/rounds/{call.round.slug}/ask", data={"body": BODY})
    client.sign_in(call.organizer)
    rooms = f"/organize/rounds/{call.round.slug}/questions"
    assert BODY in client.get(rooms).text
    client.post(f"{rooms}/{asked(db).ref}", data={"answer": "Only you: yes.", "public": "no"})
    assert "No question waits" in client.get(rooms).text
    assert "Only you: yes." in client.get(rooms + "?show=answered").text
    assert "Only you: yes." in asker.get(f"/rounds/{call.round.slug}/ask").text
    for other in (visitor(), visitor(UserFactory())):
        assert "Only you" not in other.get(f"/rounds/{call.round.slug}/questions").text
    assert "Only you" not in visitor(UserFactory()).get(f"/rounds/{call.round.slug}/ask").text


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_empty_and_endless_texts_come_back_to_their_field(
    client: Visitor, db: Session, language: str
) -> None:
    call = open_call(Stage.SUBMISSION)
    client.sign_in(UserFactory())
    client.set_cookie("locale", language)
    path = f"/rounds/{call.round.slug}/ask"
    for body in ("", "x" * 1001):
        answer = client.post(path, data={"body": body})
        assert answer.status_code == 422
        assert 'id="body-error"' in answer.text
    client.post(path, data={"body": BODY})
    client.sign_in(call.organizer)
    path = f"/organize/rounds/{call.round.slug}/questions/{asked(db).ref}"
    for text in ("", "x" * 3001):
        answer = client.post(path, data={"answer": text, "public": "yes"})
        assert answer.status_code == 422
        assert 'id="answer-error"' in answer.text


def test_who_may_not_ask_or_answer(client: Visitor, visitor: Any, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    hidden = call.requirement()
    over = open_call(Stage.CLOSED)
    someone = visitor(UserFactory())
    assert client.get(f"/rounds/{call.round.slug}/ask").status_code == 302
    assert someone.get(f"/requirements/{hidden.ref}/ask").status_code == 403
    assert someone.post(f"/rounds/{over.round.slug}/ask", data={"body": BODY}).status_code == 403
    someone.post(f"/rounds/{call.round.slug}/ask", data={"body": BODY})
    path = f"/organize/rounds/{call.round.slug}/questions/{asked(db).ref}"
    assert visitor(UserFactory()).post(path, data={"answer": "x", "public": "yes"}).status_code == 403
    assert visitor(call.representative).get(path).status_code == 403
    elsewhere = open_call(Stage.SUBMISSION)
    wrong = f"/organize/rounds/{elsewhere.round.slug}/questions/{asked(db).ref}"
    assert visitor(elsewhere.organizer).post(wrong, data={"answer": "x", "public": "yes"}).status_code == 404
    assert asked(db).answer is None


def test_answered_twice_alike_is_one_answer_and_otherwise_refused(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    client.sign_in(UserFactory())
    client.post(f"/rounds/{call.round.slug}/ask", data={"body": BODY})
    client.sign_in(call.organizer)
    path = f"/organize/rounds/{call.round.slug}/questions/{asked(db).ref}"
    for _ in range(2):
        assert client.post(path, data={"answer": "Yes.", "public": "yes"}).status_code == 302
    answer = client.post(path, data={"answer": "No.", "public": "yes"})
    assert "This was answered at" in answer.text
    assert asked(db).answer == "Yes."


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    client: Visitor, visitor: Any, db: Session, statements: Counting, count: int
) -> None:
    call = open_call(Stage.SUBMISSION)
    for number in range(count):
        visitor(UserFactory()).post(f"/rounds/{call.round.slug}/ask", data={"body": f"Question {number}?"})
    client.sign_in(call.organizer)
    with statements() as counted:
        client.get(f"/organize/rounds/{call.round.slug}/questions")
    assert len(counted) <= 8, counted
