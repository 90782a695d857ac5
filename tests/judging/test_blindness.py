"""Blind means not loaded: what says whose proposal it is never reaches a judge, on any page or header."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.files import papers
from tests.judging.blind import blind_court, heard, rename_all, without_chance
from tests.judging.stories import Court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

pytestmark = pytest.mark.sqlite  # who may read what is decided above the database


@pytest.fixture
def blind(db: Session) -> Court:
    """A proposal whose every identity field holds a canary, entered for an anonymous seeker's need."""
    return blind_court(db)


def crawl(client: FlaskClient, made: Court) -> Iterator[TestResponse]:
    """Everything that a judge can open or send, in the order of a judge's day."""
    ref = made.assignment().ref
    desk, json = f"/judge/{ref}", {"Accept": "application/json"}
    scores = {f"score-{c.id}": "8" for c in made.criteria}
    yield client.get("/work")
    yield client.get("/judge/")
    yield client.get(desk)
    yield client.get(f"{desk}/declaration")
    yield client.post(f"{desk}/declaration", data={"answer": "decline"})
    yield client.post(f"{desk}/declaration", data={"answer": "accept"})
    yield client.get(desk)
    yield client.get(f"{desk}/recusal")
    yield client.get(f"{desk}/documents/1")
    yield client.get(f"{desk}/documents/1/pages")
    yield client.get(f"{desk}/documents/1/pages/1")
    yield client.get(f"{desk}/documents/1/pages/3")
    yield client.get(f"{desk}/documents/2")
    yield client.get(f"{desk}/documents/2/pages")
    yield client.post(f"{desk}/save", data={**scores, next(iter(scores)): "99"})
    yield client.post(f"{desk}/save", data={**scores, next(iter(scores)): "99"}, headers=json)
    yield client.post(f"{desk}/save", data=scores, headers=json)
    table = f"/judge/phases/{made.phase.id}"
    yield client.get(f"{desk}/save", headers=json)
    yield client.get(table)
    yield client.get(f"{table}/save", headers=json)
    row = {f"{ref}:{name}": score for name, score in scores.items()}
    yield client.post(f"{table}/save", data={**row, next(iter(row)): "99"})
    yield client.post(f"{table}/save", data=row, headers=json)
    yield client.post(f"{table}/lock", data=row)
    yield client.get(f"{desk}/discussion")
    yield client.post(f"{desk}/discussion", data={"text": "too early"})
    yield client.post(f"{desk}/lock", data=scores)
    yield client.post(f"{desk}/lock", data={**scores, "sure": "1"})
    yield client.get(desk)
    yield client.get(table)
    yield client.get(f"{desk}/discussion")
    yield client.post(f"{desk}/discussion", data={"text": "who is it?"})
    yield client.post(f"{desk}/reopening", data={"reason": "an oversight"})
    yield client.get(f"{desk}/discussion")
    yield client.get("/judge/")


@pytest.mark.parametrize("language", ["en_US", "zh_CN"])
def test_no_canary_sings_to_a_judge(client: Visitor, blind: Court, language: str) -> None:
    client.sign_in(blind.people[0])
    client.set_cookie("locale", language)
    seen = 0
    for answer in crawl(client, blind):
        body = papers.inside(answer.data).decode("utf-8", "replace")
        said = body + str(answer.headers)
        assert heard(said) == [], f"{answer.request.method} {answer.request.path}"
        seen += answer.status_code == 200
    assert seen >= 9, "the crawl has really been inside"
    assert blind.assignment().state == "completed"


def test_document_comes_under_a_neutral_name_and_without_a_tag(client: Visitor, blind: Court) -> None:
    client.sign_in(blind.people[0])
    ref = blind.assignment().ref
    client.post(f"/judge/{ref}/declaration", data={"answer": "accept"})
    answer = client.get(f"/judge/{ref}/documents/1")
    assert answer.data.startswith(b"%PDF-")
    code = blind.entries[0].code
    assert f'filename="{code}-1.pdf"' in answer.headers["Content-Disposition"]
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"


def selected(statement: str) -> str:
    """The outermost column list of a statement: what comes back, without what is only compared inside."""
    text = " ".join(statement.split())
    while (flat := re.sub(r"\([^()]*\)", " ", text)) != text:
        text = flat
    match = re.search(r"\bSELECT (.*?) FROM ", text)
    return match[1] if match else ""


def test_judges_pages_never_ask_for_an_identity(client: Visitor, blind: Court, statements: Counting) -> None:
    client.sign_in(blind.people[0])
    pages = crawl(client, blind)
    assert next(pages).request.path == "/work"  # the hub also lists what a person has entered oneself
    with statements() as asked:
        for answer in pages:
            assert answer.status_code < 500
    lists = [columns for columns in map(selected, asked) if "user_account" not in columns]
    assert any("submission.code" in columns for columns in lists), "the helper above reads statements"
    identities = (
        "team_name",
        "team_member",
        "affiliation",
        "owner_id",
        "submission.organization_id",
        "manifest",
    )
    named = re.compile(rf"{'|'.join(identities)}|\.team\b")
    telling = [columns for columns in lists if named.search(columns)]
    assert telling == []


def test_organizer_may_know(client: Visitor, blind: Court) -> None:
    client.sign_in(blind.organizer)
    page = client.get(f"/organize/rounds/{blind.round.slug}/assignments").text
    assert blind.entries[0].code in page


def pages_of(client: Visitor, made: Court) -> list[tuple[str, bytes]]:
    """Every page that the judge may read, without what differs each time for everybody."""
    desk, table = f"/judge/{made.assignment().ref}", f"/judge/phases/{made.phase.id}"
    paths = ("/judge/", desk, f"{desk}/save", f"{desk}/documents/1", f"{desk}/documents/1/pages")
    more = (f"{desk}/documents/1/pages/1", table, f"{table}/save", f"{desk}/discussion")
    found = []
    for path in (*paths, *more):
        answer = client.get(path)
        found.append((path, without_chance(answer.data.decode("latin-1")).encode("latin-1")))
    return found


@pytest.mark.parametrize("locked", [False, True])
def test_two_worlds_alike_but_for_identities_look_the_same_to_a_judge(
    client: Visitor, blind: Court, locked: bool
) -> None:
    client.sign_in(blind.people[0])
    desk = f"/judge/{blind.assignment().ref}"
    client.post(f"{desk}/declaration", data={"answer": "accept"})
    scores = {f"score-{each.id}": "8" for each in blind.criteria}
    client.post(f"{desk}/lock" if locked else f"{desk}/save", data={**scores, "sure": "1"})
    client.get("/judge/")  # what the last act had to say is said
    before = pages_of(client, blind)
    rename_all(blind)
    after = pages_of(client, blind)
    assert [path for (path, one), (_, other) in zip(before, after, strict=True) if one != other] == []
    assert all(len(one) > 10 for _, one in before), "these are pages"
