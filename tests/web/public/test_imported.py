"""Imported rounds: texts from elsewhere are harmless, prizes as they were written, rankings as they came."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.exchange.challenges import import_challenges
from challenge.exchange.scores import import_scores, read_scores
from challenge.rounds.models import Round
from tests.rigs.application import Visitor

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
HOSTILE = (
    "<h2>Background</h2><p onclick='x()'>Words</p><script>alert(1)</script><img src=x onerror=alert(1)>"
    "<iframe src='https://evil.example'></iframe><a href='javascript:alert(1)'>go</a>"
    "<svg><script>alert(2)</script></svg><form action='https://evil.example'><input name=q></form>"
    "<style>body{display:none}</style><a href='https://agency.example/rules'>rules</a><table><tr><td>cell</td></tr></table>"
)


def challenge_gov(**more: object) -> dict[str, object]:
    """One item of a feed as the agency writes it."""
    return {
        "challenge-id": "77",
        "challenge-title": "Hostile <script>alert(3)</script> challenge",
        "tagline": "A tagline",
        "agency": "Agency for Examples",
        "total-prize-offered-cash": "$250,000 and a ticket",
        "challenge_status": "closed",
        "submission-start": "08/13/2018 09:00 AM",
        "submission-end": "09/24/2018 11:59 PM",
        "description": HOSTILE,
        "rules": HOSTILE,
        "judging": HOSTILE,
        "how-to-enter": HOSTILE,
        "prizes": HOSTILE,
        **more,
    }


@pytest.fixture
def slug(db: Session) -> str:
    """The address of an imported challenge."""
    import_challenges(db, [challenge_gov()], zone="America/New_York")
    return str(db.scalar(sa.select(Round.slug)))


@pytest.mark.parametrize("tab", ["", "/rules", "/prizes", "/judges"])
def test_hostile_html_of_an_import_is_inert(tab: str, slug: str, client: Visitor) -> None:
    answer = client.get(f"/rounds/{slug}{tab}", headers=ENGLISH)
    assert answer.status_code == 200
    page = answer.text
    body = page.split("<main")[1]
    for harm in (
        "<script",
        "onerror",
        "onclick",
        "<iframe",
        "javascript:",
        "evil.example",
        "<style",
        "<svg><",
    ):
        assert harm not in body, harm
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_imported_challenge_begins_with_its_text(slug: str, client: Visitor) -> None:
    page = client.get(f"/rounds/{slug}", headers=ENGLISH).text
    assert "About this challenge" in page
    assert "Background" in page
    assert 'href="https://agency.example/rules"' in page
    assert "No requirements yet" not in page


def test_text_in_one_language_is_marked_for_readers_of_the_other(slug: str, client: Visitor) -> None:
    page = client.get(f"/rounds/{slug}", headers=CHINESE).text
    assert '<div class="prose" lang="en">' in page
    assert "<h1 lang=" in page


def test_prize_is_shown_as_it_was_written(slug: str, client: Visitor) -> None:
    assert "$250,000 and a ticket" in client.get(f"/rounds/{slug}/prizes", headers=ENGLISH).text


def test_imported_challenge_has_no_made_up_results(slug: str, client: Visitor) -> None:
    assert "No results yet" in client.get(f"/rounds/{slug}/results", headers=ENGLISH).text
    assert slug not in client.get("/results", headers=ENGLISH).text


def test_judged_round_shows_its_ranking(client: Visitor, db: Session) -> None:
    db.commit()
    import_scores(read_scores(Path("tests/data/judged-scores")))
    results = client.get("/results", headers=ENGLISH).text
    assert "Imported ranking" in results
    href = results.split('<th scope="row"><a href="')[1].split('"')[0]
    page = client.get(href, headers=ENGLISH).text
    assert "its scores were imported" in page
    assert "<caption" in page.split('id="ranking"')[1]
    assert "Proposed winners" not in page
