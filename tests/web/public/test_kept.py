"""Pages that are drawn once for many: ETag and 304, what ends a kept page, and no cookie for a visitor."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.rounds.marks import TAIL, of_site
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.web.public.kept import Page, Shelf
from tests.factories import DAY, RequirementFactory, RoundFactory, UserFactory
from tests.rigs.application import Visitor

NOW = dt.datetime(2026, 11, 22, 12, 0, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def keeping(make_app: Callable[..., Flask], db: Session) -> Visitor:
    """A visitor of an application that keeps its pages, as every real one does."""
    client = make_app(flask={"KEEP_PAGES": True}).test_client()
    assert isinstance(client, Visitor)
    return client


def page(until: dt.datetime = NOW + MINUTE, version: str = "1", size: int = 10) -> Page:
    return Page(version, b"x" * size, b"", until, "tag", soon=False)


def changed(db: Session, round_id: int) -> None:
    """Something audited happened in the round."""
    chain.record(db, SYSTEM, "round.changed", f"round:{round_id}", chain=chain.round_chain(round_id))


def in_one_minute(keeping: Visitor, path: str) -> tuple[str, int]:
    """The page's ETag and what asking again with it answers, both in one minute of the clock."""
    for _ in range(3):
        tag = keeping.get(path).headers["ETag"]
        again = keeping.get(path, headers={"If-None-Match": tag})
        if again.headers["ETag"] == tag:
            return tag, again.status_code
    raise AssertionError("three minutes ended in a row")


@pytest.mark.parametrize("path", ["/", "/rounds", "/requirements", "/results", "/rounds/open", "/rules"])
def test_unchanged_page_answers_304(path: str, keeping: Visitor, db: Session) -> None:
    RoundFactory(slug="open")
    _tag, status = in_one_minute(keeping, path)
    assert status == 304


def test_audited_change_draws_lists_and_its_round_anew(keeping: Visitor, db: Session) -> None:
    round_ = RoundFactory(slug="open", title_en="Before")
    for path in ("/rounds", "/rounds/open"):
        assert "Before" in keeping.get(path).text
    round_.title_en = "After"
    changed(db, round_.id)
    for path in ("/rounds", "/rounds/open"):
        assert "After" in keeping.get(path).text


def test_change_of_another_round_leaves_a_rounds_own_page(keeping: Visitor, db: Session) -> None:
    one, other = RoundFactory(slug="one"), RoundFactory(slug="other")
    need = RequirementFactory(round=one)
    for path in ("/rounds/one", f"/requirements/{need.ref}"):
        tag, _status = in_one_minute(keeping, path)
        changed(db, other.id)
        after = keeping.get(path).headers["ETag"]
        assert after == tag or after == in_one_minute(keeping, path)[0]


def test_entry_that_commits_late_still_changes_the_version(db: Session) -> None:
    """Numbers are given before the commit: a lower one may turn up after a higher one was seen."""

    def put(number: int) -> None:
        at = clock.now(db)
        values = {"chain": "c", "seq": number, "at": at, "actor": "a", "action": "b", "subject": "s"}
        db.execute(sa.insert(AuditEntry).values(id=number, detail={}, previous="", hash="", **values))

    versions = []
    for number in (1, 2, 3, 5, 4, *range(6, TAIL + 20)):
        put(number)
        versions.append(of_site(db).version)
    assert len(set(versions)) == len(versions)


def test_languages_themes_and_zones_have_pages_of_their_own(keeping: Visitor, db: Session) -> None:
    RoundFactory(title_en="Open round", title_zh="开放的赛季")
    english = keeping.get("/rounds", headers={"Accept-Language": "en"})
    chinese = keeping.get("/rounds", headers={"Accept-Language": "zh-CN"})
    assert "Open round" in english.text
    assert "开放的赛季" in chinese.text
    assert english.headers["ETag"] != chinese.headers["ETag"]
    keeping.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in keeping.get("/rounds").text
    assert {"Cookie", "Accept-Language"} <= set(english.vary)


def test_kept_page_carries_the_time_of_each_answer(keeping: Visitor, db: Session) -> None:
    def told() -> str:
        return keeping.get("/rounds").text.split('data-now="')[1].split('"')[0]

    RoundFactory()
    first, second = told(), told()
    assert dt.datetime.fromisoformat(first) < dt.datetime.fromisoformat(second)


def test_page_with_a_close_within_the_hour_is_always_sent_whole(keeping: Visitor, db: Session) -> None:
    now = clock.now(db)
    RoundFactory(slug="soon", windows={Stage.SUBMISSION: (now - DAY, now + 30 * MINUTE)})
    for path in ("/rounds/soon", "/rounds", "/"):
        tag = keeping.get(path).headers["ETag"]
        again = keeping.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert 'data-now="' in again.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/rounds",
        "/rounds/open",
        "/rounds/open/questions",
        "/requirements",
        "/results",
        "/rules",
        "/search?q=a",
    ],
)
def test_visitor_gets_no_cookie(path: str, keeping: Visitor, client: Visitor, db: Session) -> None:
    RoundFactory(slug="open")
    for visitor in (keeping, client):
        for _ in range(2):
            assert visitor.get(path).headers.getlist("Set-Cookie") == []


def test_signed_in_reader_gets_an_own_page(keeping: Visitor, db: Session) -> None:
    RoundFactory()
    keeping.get("/rounds")
    keeping.sign_in(UserFactory(name="Wen Li"))
    page = keeping.get("/rounds")
    assert "Wen Li" in page.text
    assert "ETag" not in page.headers
    keeping.sign_out()
    assert "Wen Li" not in keeping.get("/rounds").text


def test_round_that_is_not_public_is_never_kept_for_visitors(keeping: Visitor, db: Session) -> None:
    round_ = RoundFactory(slug="gone", title_en="Was public")
    assert "Was public" in keeping.get("/rounds/gone").text
    round_.public = False
    assert keeping.get("/rounds/gone").status_code == 302  # asked for the right, and sent to the sign-in


def test_eight_readers_at_once_draw_once() -> None:
    shelf, gate, drawn = Shelf(), threading.Event(), []

    def draw() -> Page:
        gate.wait(5)
        drawn.append(1)
        return page()

    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(shelf.get, "key", "1", NOW, draw) for _ in range(8)]
        gate.set()
        assert {each.result().etag for each in asked} == {"tag"}
    assert len(drawn) == 1


def test_reader_whose_neighbour_fails_draws_for_itself() -> None:
    shelf, gate = Shelf(), threading.Event()

    def fail() -> Page:
        gate.wait(5)
        raise RuntimeError("no database")

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(shelf.get, "key", "1", NOW, fail)
        while not shelf.drawing:
            pass
        second = readers.submit(shelf.get, "key", "1", NOW, page)
        gate.set()
        assert second.result().etag == "tag"
        assert isinstance(first.exception(), RuntimeError)
    assert not shelf.drawing


def test_page_ends_with_its_minute_its_version_or_the_next_close() -> None:
    shelf, drawn = Shelf(), []

    def draw(**values: object) -> Page:
        drawn.append(values)
        return page(**values)  # type: ignore[arg-type]

    shelf.get("key", "1", NOW, lambda: draw(until=NOW + MINUTE))
    shelf.get("key", "1", NOW + MINUTE / 2, draw)
    assert len(drawn) == 1
    shelf.get("key", "1", NOW + MINUTE, lambda: draw(until=NOW + 2 * MINUTE))
    shelf.get("key", "2", NOW + MINUTE, lambda: draw(version="2", until=NOW + 2 * MINUTE))
    assert len(drawn) == 3


def test_shelf_is_never_heavier_than_it_may_be() -> None:
    shelf = Shelf(most_bytes=10_000)
    for number in range(100):
        shelf.get(f"key {number}", "1", NOW, lambda: page(size=1000))
    assert shelf.size <= 10_000
    assert "key 99" in shelf.pages
    assert "key 0" not in shelf.pages
