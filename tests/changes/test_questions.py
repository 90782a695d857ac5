"""A question is about a version of its need; an answer can be corrected, and what it said stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.requirements import correcting, questions, services, versions
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from tests.changes.stories import change, published, running
from tests.factories import UserFactory, actor_of
from tests.rigs.statements import Counting
from tests.seek.pages import typed

Visitors = Any


def test_it_knows_what_it_was_asked_and_answered_about(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    asker = UserFactory()
    asked = services.ask_on_requirement(db, actor_of(asker), wanted.ref, "How many?")
    page = visitor(asker).get(f"/requirements/{wanted.ref}/ask").text
    assert "asked about version" not in page  # there is only one
    change(db, call, wanted.ref, goals="Other.")
    services.answer(db, call.as_seeker, asked.ref, "Five.", public=True)
    [row] = questions.public_questions(db, call.round.id, wanted.id)
    assert (row.asked_version, row.answered_version, row.requirement_version) == (1, 2, 2)
    pages = (
        visitor().get(f"/requirements/{wanted.ref}").text,
        visitor().get(f"/rounds/{call.round.slug}/questions").text,
        visitor(asker).get(f"/requirements/{wanted.ref}/ask").text,
        visitor(call.representative).get(f"/seek/requirements/{wanted.ref}").text,
        visitor(call.organizer).get(f"/organize/rounds/{call.round.slug}/questions?show=answered").text,
    )
    for page in pages:
        assert "asked about version 1" in page
        assert "about version 2" in page


def test_one_on_the_round_is_about_no_version(db: Session) -> None:
    call = running(db)
    asked = services.ask_on_round(db, actor_of(UserFactory()), call.round.id, "When?")
    services.answer(db, call.as_organizer, asked.ref, "Soon.", public=True)
    correcting.correct(db, call.as_organizer, asked.ref, "Later.")
    assert (asked.asked_version, asked.answered_version) == (None, None)


def test_a_correction_stands_in_place_of_the_answer_and_keeps_it(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    asked = services.ask_on_requirement(db, actor_of(UserFactory()), wanted.ref, "How many?")
    services.answer(db, call.as_seeker, asked.ref, "Five.", public=True)
    change(db, call, wanted.ref, goals="Other.")
    seeker, path = visitor(call.representative), f"/seek/requirements/{wanted.ref}/questions/{asked.ref}"
    answer = seeker.post(path, data=typed(seeker.get(path).text, correction="Six thousand."))
    assert answer.status_code == 302
    db.expire_all()
    assert (asked.answer, asked.public, asked.answered_version) == ("Six thousand.", True, 2)
    public = visitor().get(f"/requirements/{wanted.ref}").text
    assert public.index("Six thousand.") < public.index("Five.")
    assert "Corrected " in public


def test_the_same_again_is_no_correction_and_twice_is_two(db: Session) -> None:
    call = running(db)
    asked = services.ask_on_round(db, actor_of(UserFactory()), call.round.id, "When?")
    with pytest.raises(WrongState) as refusal:
        correcting.correct(db, call.as_organizer, asked.ref, "Later.")
    assert refusal.value.code == "not_answered_yet"
    services.answer(db, call.as_organizer, asked.ref, "Soon.", public=True)
    for text in ("Later.", "Later.", "Never."):
        correcting.correct(db, call.as_organizer, asked.ref, text)
    earlier = versions.corrections(db, [asked.id])[asked.id]
    assert [each.answer for each in earlier] == ["Later.", "Soon."]
    for text, code in ((" ", "required"), ("x" * 3001, "too_long")):
        with pytest.raises(Invalid) as fault:
            correcting.correct(db, call.as_organizer, asked.ref, text)
        assert (fault.value.field, fault.value.code) == ("correction", code)


def test_a_private_answer_that_was_corrected_stays_its_askers_alone(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    asker = UserFactory()
    asked = services.ask_on_requirement(db, actor_of(asker), wanted.ref, "How many?")
    services.answer(db, call.as_seeker, asked.ref, "FIVE", public=False)
    correcting.correct(db, call.as_seeker, asked.ref, "SIX")
    for path in (f"/requirements/{wanted.ref}", f"/rounds/{call.round.slug}/questions"):
        page = visitor(UserFactory()).get(path).text
        assert "FIVE" not in page
        assert "SIX" not in page
    mine = visitor(asker).get(f"/requirements/{wanted.ref}/ask").text
    assert "SIX" in mine
    assert "FIVE" in mine


def test_others_do_not_correct(db: Session) -> None:
    call = running(db)
    asker = actor_of(UserFactory())
    asked = services.ask_on_round(db, asker, call.round.id, "When?")
    services.answer(db, call.as_organizer, asked.ref, "Soon.", public=True)
    for actor in (asker, call.as_seeker):
        with pytest.raises(NotAllowed):
            correcting.correct(db, actor, asked.ref, "Never.")


def test_a_refused_correction_stands_at_its_field(visitor: Visitors, db: Session) -> None:
    call = running(db)
    asked = services.ask_on_round(db, actor_of(UserFactory()), call.round.id, "When?")
    services.answer(db, call.as_organizer, asked.ref, "Soon.", public=True)
    path = f"/organize/rounds/{call.round.slug}/questions/{asked.ref}"
    answer = visitor(call.organizer).post(path, data={"correction": " "})
    assert answer.status_code == 422
    assert "Fill this in." in answer.text


def test_three_corrected_answers_cost_what_one_does(
    visitor: Visitors, db: Session, statements: Counting
) -> None:
    call = running(db)
    wanted = published(db, call)

    def corrected(number: int) -> None:
        asked = services.ask_on_requirement(db, actor_of(UserFactory()), wanted.ref, f"{number}?")
        services.answer(db, call.as_seeker, asked.ref, "Five.", public=True)
        correcting.correct(db, call.as_seeker, asked.ref, "Six.")

    reader, where = visitor(UserFactory()), f"/requirements/{wanted.ref}"
    corrected(1)
    reader.get(where)
    with statements() as one:
        reader.get(where)
    corrected(2)
    corrected(3)
    with statements() as three:
        assert reader.get(where).text.count("Corrected ") == 3
    assert len(one) == len(three), f"{one}\n\n{three}"
