"""The public notice and the publication through their doors: what they show, count, refuse."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy.orm import Session

from challenge.awards import queries
from tests.awards.stories import (
    asked,
    happened,
    in_an_hour,
    judged_round,
    settled,
    url,
)
from tests.rigs.application import Visitor


def test_notice_page_shows_what_becomes_public_and_counts_the_letters(client: Visitor, db: Session) -> None:
    judged = settled(db, judged_round(db))
    judged.round.notice_days = 5
    client.sign_in(judged.organizer)
    page = client.get(url(judged, "/notice")).text
    assert judged.entries[0].code in page
    # Three owners of entries and one organizer.
    assert "4 letters go out at once" in page
    assert "3 letters: people behind the entries" in page
    too_soon = client.post(url(judged, "/notice"), data=in_an_hour(db))
    assert too_soon.status_code == 422
    assert "at least 5 days of public notice" in too_soon.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["", ""], "Fill this in"),
        (["2026-13-40", "18:00"], "Write a date and time"),
        (["2020-01-01", "18:00"], "The end must come after the start"),
    ],
)
def test_an_end_that_is_no_end_is_refused_at_its_field(
    client: Visitor, db: Session, typed: list[str], said: str
) -> None:
    judged = settled(db, judged_round(db))
    client.sign_in(judged.organizer)
    answer = client.post(url(judged, "/notice"), data={"ends_at": typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert queries.notice(db, judged.round.id) is None


def test_the_proposed_end_of_the_notice_is_accepted_as_it_stands(client: Visitor, db: Session) -> None:
    judged = settled(db, judged_round(db))
    judged.round.notice_days, judged.round.zone = 7, "Asia/Shanghai"
    client.sign_in(judged.organizer)
    page = client.get(url(judged, "/notice")).text
    typed = re.findall(r'name="ends_at"[^>]*? value="([^"]+)"', page)
    assert client.post(url(judged, "/notice"), data={"ends_at": typed}).status_code == 302
    notice = queries.notice(db, judged.round.id)
    assert notice is not None
    assert dt.timedelta(days=7) <= notice.ends_at - notice.starts_at < dt.timedelta(days=7, hours=2)


def test_two_clicks_start_one_notice(client: Visitor, db: Session) -> None:
    judged = settled(db, judged_round(db))
    client.sign_in(judged.organizer)
    end = in_an_hour(db)
    assert [client.post(url(judged, "/notice"), data=end).status_code for _ in range(2)] == [302, 302]
    assert happened(db, "notice.started") == 1


def test_a_notice_while_a_seeker_is_awaited_says_how_many(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    client.sign_in(judged.organizer)
    assert client.get(url(judged, "/notice")).headers["Location"] == url(judged)
    answer = client.post(url(judged, "/notice"), data=in_an_hour(db))
    assert answer.status_code == 409
    assert "Still missing: 1" in answer.text
