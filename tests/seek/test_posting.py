"""A seeker posts a requirement in the browser's way: choose, write, check, hand in."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rules.stages import Stage
from tests.factories import MembershipFactory, OrganizationFactory, RoundFactory, UserFactory
from tests.requirements.needs import Call, open_call
from tests.rigs.application import Visitor
from tests.seek.pages import text_of, typed

WHOLE = {
    "title_en": "Low-light vision",
    "problem_en": "Our line runs below 15 lx at night.",
    "field": "electronics",
    "keywords": "vision, aluminium、铝",
    "modes": ["joint", "licence"],
    "budget_min": "60",
    "budget_max": "１００",
    "budget_unit": "CNY-wan",
    "confidential_part": "North hall.",
    "indicators-0-name_en": "Detection rate",
    "indicators-0-comparison": "ge",
    "indicators-0-target": "99.20",
    "indicators-0-unit": "%",
    "indicators-0-level": "must",
}


def start(client: Visitor, call: Call) -> str:
    """A new draft by the page; the path of its form."""
    client.sign_in(call.representative)
    page = client.get("/seek/new").text
    answer = client.post("/seek/new", data=typed(page, round=call.round.slug))
    assert answer.status_code == 302
    return str(answer.location)


def save(client: Visitor, path: str, **changes: Any) -> Any:
    """Open the form, type, save."""
    page = client.get(path).text
    return client.post(path, data=typed(page, **{**WHOLE, **changes}))


def only(db: Session) -> Requirement:
    return queries.by_ref(db, db.scalars(sa.select(Requirement.ref)).one())


def test_from_the_empty_list_to_the_organizer(client: Visitor, db: Session) -> None:
    call = open_call()
    client.sign_in(call.representative)
    assert "No requirements yet" in client.get("/seek").text
    path = start(client, call)

    checked = save(client, path, next="submit")
    assert checked.location.endswith("/submit")
    assert "Read it once more" in client.get(checked.location).text
    handed_in = client.post(checked.location)
    assert "Handed in" in client.get(handed_in.location).text

    kept = only(db)
    assert (kept.state, kept.title_en, kept.keywords) == (
        "submitted",
        "Low-light vision",
        ["vision", "aluminium", "铝"],
    )
    assert (kept.budget_min_minor, kept.budget_max_minor) == (60_000_000, 100_000_000)
    assert [(row.name_en, row.target) for row in kept.indicators] == [("Detection rate", "99.20")]
    assert queries.closed_part(db, kept.id).confidential_part == "North hall."
    assert "Waits for review" in client.get("/seek").text


def test_an_empty_draft_is_saved_and_told_what_is_missing_at_each_field(client: Visitor, db: Session) -> None:
    path = start(client, open_call())
    assert client.post(path, data=typed(client.get(path).text)).status_code == 302
    answer = client.post(path, data=typed(client.get(path).text, next="submit"))
    assert answer.status_code == 422
    page = text_of(answer.text)
    for field in ("title_zh", "problem_zh", "field", "keywords", "modes", "indicators"):
        assert f'href="#{field}"' in page, field
    assert "Add at least one indicator with a numeric target" in page
    assert only(db).state == "draft"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"budget_min": "about 60"}, "budget_min", "Write a sum in figures"),
        ({"budget_min": "-5"}, "budget_min", "A sum cannot be below zero"),
        ({"budget_min": "1.2345678"}, "budget_min", "finer than the smallest coin"),
        ({"budget_min": "600000 元"}, "budget_min", "differs from the one chosen"),
        ({"budget_min": "200"}, "budget_max", "below its lower end"),
        ({"budget_max": "60000"}, "budget_max", "Did you mean CNY 60,000?"),
        ({"closes_at": "soon"}, "closes_at", "Write a date and time"),
        ({"field": "alchemy"}, "field", "Not a valid choice"),
    ],
)
def test_a_slip_comes_back_to_its_field_with_all_that_was_typed(
    client: Visitor, db: Session, change: dict[str, str], field: str, words: str, language: str
) -> None:
    path = start(client, open_call())
    client.set_cookie("locale", "en_US" if language == "en" else "zh_CN")
    answer = save(client, path, **change)
    page = text_of(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert "Low-light vision" in page
    if language == "en":
        assert words in page
    assert only(db).title_en is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_en": "x" * 101}, "title_en"),
        ({"problem_en": "x" * 1001}, "problem_en"),
        ({"keywords": "a,b,c,d,e,f"}, "keywords"),
        ({"modes": None}, "modes"),
        ({"indicators-0-target": "fast"}, "indicators-0-target"),
        ({"indicators-0-target": ""}, "indicators-0-target"),
        ({"indicators-0-name_en": "", "indicators-0-unit": "mm"}, "indicators-0-name_zh"),
    ],
)
def test_what_keeps_it_back_is_kept_in_the_draft_and_said_at_its_field(
    client: Visitor, db: Session, change: dict[str, Any], field: str
) -> None:
    path = start(client, open_call())
    answer = save(client, path, **change, next="submit")
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert only(db).state == "draft"
    assert client.post(path.replace("/edit", "/submit")).status_code == 422
    assert only(db).state == "draft"


def test_rows_come_and_go_without_a_script_and_nothing_typed_is_lost(client: Visitor, db: Session) -> None:
    path = start(client, open_call())
    page = client.get(path).text
    more = client.post(path, data=typed(page, **WHOLE, add="indicators"))
    assert more.status_code == 200
    assert 'name="indicators-2-target"' in more.text
    assert 'value="99.20"' in more.text
    fewer = client.post(path, data=typed(more.text, remove="indicators-0"))
    assert 'name="indicators-0-target"' not in fewer.text
    assert 'value="99.20"' not in fewer.text
    assert 'name="indicators-2-target"' in fewer.text
    assert only(db).title_en is None  # nothing was saved on the way


def test_two_who_write_at_once_do_not_overwrite_each_other(
    client: Visitor, visitor: Any, db: Session
) -> None:
    call = open_call()
    path = start(client, call)
    second = visitor(UserFactory(represents=[call.seeker]))
    theirs = second.get(path).text
    assert save(client, path, title_en="First").status_code == 302
    answer = second.post(path, data=typed(theirs, **{**WHOLE, "title_en": "Second"}))
    assert answer.status_code == 422
    assert "Somebody else saved this" in answer.text
    assert 'value="Second"' in answer.text
    assert only(db).title_en == "First"


def test_the_start_page_sent_twice_gives_one_draft(client: Visitor, db: Session) -> None:
    call = open_call()
    client.sign_in(call.representative)
    data = typed(client.get("/seek/new").text, round=call.round.slug)
    first, second = (client.post("/seek/new", data=data) for _ in range(2))
    assert first.location == second.location


def test_handing_in_after_the_close_keeps_the_draft_and_says_so(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    late = call.requirement()
    client.sign_in(call.representative)
    answer = client.post(f"/seek/requirements/{late.ref}/submit", follow_redirects=True)
    assert "This stage closed at" in answer.text
    assert only(db).state == "draft"


def test_what_is_handed_in_is_not_edited(client: Visitor, db: Session) -> None:
    call = open_call()
    waiting = call.requirement(state="submitted")
    client.sign_in(call.representative)
    there = f"/seek/requirements/{waiting.ref}"
    for path in (f"{there}/edit", f"{there}/submit"):
        assert client.get(path).location == there
    assert client.post(f"{there}/edit", data={"title_en": "Other"}).location == there
    assert only(db).title_en != "Other"


def test_returned_reasons_are_shown_and_it_is_handed_in_again(client: Visitor, db: Session) -> None:
    call = open_call()
    back = call.requirement(state="returned", state_reason="Add the unit of indicator 3.")
    client.sign_in(call.representative)
    for path in ("/seek", f"/seek/requirements/{back.ref}", f"/seek/requirements/{back.ref}/edit"):
        assert "Add the unit of indicator 3." in client.get(path).text
    client.post(f"/seek/requirements/{back.ref}/submit")
    assert only(db).state == "submitted"


def test_withdrawing_a_published_one_asks_for_a_reason(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    published = call.requirement(state="published")
    client.sign_in(call.representative)
    path = f"/seek/requirements/{published.ref}/withdraw"
    assert "Withdraw this requirement?" in client.get(path).text
    answer = client.post(path, data={"reason": ""})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text
    assert client.post(path, data={"reason": "Solved."}).status_code == 302
    assert only(db).state == "withdrawn"
    assert client.post(path, data={"reason": "Solved."}).status_code == 302  # sent twice


def test_who_represents_nobody_is_shown_the_way(client: Visitor, db: Session) -> None:
    open_call()
    client.sign_in(UserFactory())
    assert "You speak for no organization yet." in client.get("/seek").text
    assert "Register an organization" in client.get("/seek/new").text
    assert client.post("/seek/new", data={}).status_code == 403


def test_without_an_open_call_the_page_says_when_to_come_back(client: Visitor, db: Session) -> None:
    RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(UserFactory(represents=[OrganizationFactory()]))
    assert "No open call" in client.get("/seek/new").text


def test_a_form_without_its_token_changes_nothing(client: Visitor, db: Session) -> None:
    path = start(client, open_call())
    assert client.post(path, data=WHOLE, token=False).status_code == 400
    assert only(db).title_en is None


def test_others_see_nothing_of_a_draft(client: Visitor, visitor: Any, db: Session) -> None:
    call = open_call()
    draft = call.requirement()
    other = UserFactory(represents=[OrganizationFactory()])
    member = UserFactory()
    MembershipFactory(user_id=member.id, organization=call.seeker, representative=False)
    for person in (other, member, call.organizer, UserFactory(admin=True)):
        someone = visitor(person)
        for tail in ("", "/edit", "/submit", "/withdraw"):
            assert someone.get(f"/seek/requirements/{draft.ref}{tail}").status_code == 403, tail
    assert client.get(f"/seek/requirements/{draft.ref}").status_code == 302  # to sign in
    assert client.get("/seek").status_code == 302
