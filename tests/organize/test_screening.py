"""The organizer's queue: read both faces, see the signs, return with reasons, reject, publish."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import queries, services
from challenge.requirements.content import IndicatorRow
from challenge.requirements.models import Requirement
from challenge.rules.stages import Stage
from tests.factories import OrganizationFactory, UserFactory, organizer_of
from tests.requirements.needs import Call, need, open_call
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import text_of, typed


def handed_in(db: Session, call: Call, **changes: Any) -> Requirement:
    """A requirement that waits for the organizer."""
    draft = services.create(db, call.as_seeker, call.round.id, call.seeker.id, need(**changes))
    return services.submit(db, call.as_seeker, draft.ref)


def where(call: Call, *parts: str) -> str:
    return "/".join((f"/organize/rounds/{call.round.slug}/requirements", *parts))


def test_from_the_queue_to_the_public_page_with_a_letter(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    call = open_call()
    waiting = handed_in(db, call)
    client.sign_in(call.organizer)
    assert "Low-light surface-flaw vision" in client.get(where(call)).text
    page = client.get(where(call, waiting.ref)).text
    assert "The line is number 4 in the north hall." in page

    answer = client.post(where(call, waiting.ref, "publish"))
    assert answer.location.endswith(where(call))
    kept = db.scalars(sa.select(Requirement)).one()
    assert kept.number is not None
    assert f"Published as {kept.number}." in client.get(where(call)).text
    public = client.get(f"/requirements/{kept.ref}").text
    assert kept.number in public
    assert "north hall" not in public
    letters = mailbox.to(call.representative.email)
    assert letters
    assert "north hall" not in letters[-1].body


def test_returning_asks_for_reasons_and_keeps_what_was_typed(client: Visitor, db: Session) -> None:
    call = open_call()
    waiting = handed_in(db, call)
    client.sign_in(call.organizer)
    for verb in ("return", "reject"):
        answer = client.post(where(call, waiting.ref, verb), data={"reasons": " "})
        assert answer.status_code == 422
        assert 'id="reasons-error"' in answer.text
    too_long = client.post(where(call, waiting.ref, "return"), data={"reasons": "x" * 2001})
    assert "2001 characters; at most 2000 fit." in text_of(too_long.text)
    assert db.scalars(sa.select(Requirement.state)).one() == "submitted"

    answer = client.post(where(call, waiting.ref, "return"), data={"reasons": "Add a unit."})
    assert answer.status_code == 302
    assert db.execute(sa.select(Requirement.state, Requirement.state_reason)).one() == (
        "returned",
        "Add a unit.",
    )


def test_the_same_decision_sent_twice_is_taken_once(client: Visitor, db: Session) -> None:
    call = open_call()
    waiting = handed_in(db, call)
    client.sign_in(call.organizer)
    answers = [client.post(where(call, waiting.ref, "publish")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert client.post(where(call, waiting.ref, "return"), data={"reasons": "No."}).status_code == 409


def test_tabs_and_fields_narrow_the_queue(client: Visitor, db: Session) -> None:
    call = open_call()
    call.requirement(state="submitted", title_en="Waiting one")
    call.requirement(state="published", title_en="Public one", field="energy")
    call.requirement(title_en="Somebody's draft")
    client.sign_in(call.organizer)
    waiting, public = client.get(where(call)).text, client.get(where(call) + "?state=published").text
    assert "Waiting one" in waiting
    assert "Public one" not in waiting
    assert "Public one" in public
    assert "Public one" not in client.get(where(call) + "?state=published&field=materials").text
    for page in (waiting, public, client.get(where(call) + "?state=draft").text):
        assert "Somebody" not in page


def test_who_may_not_screen_is_kept_out(client: Visitor, visitor: Any, db: Session) -> None:
    call = open_call()
    waiting = handed_in(db, call)
    conflicted = UserFactory(represents=[call.seeker], organizes=[call.round.programme])
    other = organizer_of(open_call().round.programme)
    for person in (call.representative, other, UserFactory(), UserFactory(admin=True), conflicted):
        answer = visitor(person).post(where(call, waiting.ref, "publish"))
        assert answer.status_code == 403, person.email
    assert visitor(other).get(where(call, waiting.ref)).status_code == 403
    assert visitor(other).get(where(call)).status_code == 403
    assert client.get(where(call)).status_code == 302
    assert db.scalars(sa.select(Requirement.state)).one() == "submitted"


def test_an_administrator_reads_the_public_face_only(client: Visitor, db: Session) -> None:
    call = open_call()
    waiting = handed_in(db, call)
    client.sign_in(UserFactory(admin=True))
    page = client.get(where(call, waiting.ref)).text
    assert "Low-light surface-flaw vision" in page
    assert "north hall" not in page
    assert "Publish</button>" not in page


def test_a_requirement_of_another_round_is_not_found_here(client: Visitor, db: Session) -> None:
    call, other = open_call(), open_call()
    both = UserFactory(organizes=[call.round.programme, other.round.programme])
    waiting = handed_in(db, other)
    client.sign_in(both)
    assert client.get(where(call, waiting.ref)).status_code == 404
    assert client.post(where(call, waiting.ref, "publish")).status_code == 404


def test_signs_name_the_seeker_contacts_vague_words_and_repeated_secrets(
    client: Visitor, db: Session
) -> None:
    call = open_call()
    waiting = handed_in(
        db,
        call,
        anonymous=True,
        title_zh="",
        problem_en="Longyuan Aluminium needs an advanced line. Call 13800138000.",
        goals="The line is number 4 in the north hall.",
        indicators=(IndicatorRow(name_en="Speed", target="5", level="should"),),
    )
    client.sign_in(call.organizer)
    page = text_of(client.get(where(call, waiting.ref)).text)
    for sign in (
        "The problem in English names the seeker, who wants to be anonymous: “Longyuan Aluminium”.",
        "The problem in English holds an address or a number: “13800138000”.",
        "The goals repeats the confidential part",
        "Indicator 1 has no unit: “Speed”.",
        "No indicator must be met; all are wishes.",
        "The problem in English promises what nobody can measure: “advanced”.",
        "The Chinese title is missing.",
    ):
        assert sign in page, sign


def test_an_organizer_posts_for_a_seeker_by_name(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    seeker = OrganizationFactory(name="盐湖股份", name_en="Salt Lake Co")
    client.sign_in(call.organizer)
    path = where(call, "new")
    unknown = client.post(path, data=typed(client.get(path).text, seeker="Nobody Ltd"))
    assert unknown.status_code == 422
    assert "No organization has this name." in unknown.text
    answer = client.post(path, data=typed(client.get(path).text, seeker="Salt Lake Co"))
    form = client.get(answer.location)
    assert form.status_code == 200
    kept = queries.by_ref(db, db.scalars(sa.select(Requirement.ref)).one())
    assert (kept.seeker_id, kept.author_id) == (seeker.id, call.organizer.id)
    assert client.get(f"/seek/requirements/{kept.ref}").status_code == 200
    assert kept.ref in client.get("/seek").text


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_with_one_and_with_three(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    call = open_call()
    waiting = [handed_in(db, call) for _ in range(count)]
    pages = {
        call.organizer: {where(call): 8, where(call, waiting[0].ref): 12},
        call.representative: {"/seek": 6, f"/seek/requirements/{waiting[0].ref}": 11},
    }
    for person, paths in pages.items():
        client.sign_in(person)
        for path, most in paths.items():
            with statements() as asked:
                assert client.get(path).status_code == 200
            assert len(asked) <= most, f"{path}\n{asked}"
