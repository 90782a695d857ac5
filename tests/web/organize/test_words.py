"""Prizes, long texts and announcements, as an organizer writes them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.rounds.models import Announcement, Prize, Round, RoundPage
from challenge.rules.stages import Stage
from tests.factories import (
    PrizeFactory,
)
from tests.rigs.application import Visitor
from tests.web.organize.stories import errors, mine


def test_prizes_are_rows_that_can_be_added_and_taken_out(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    PrizeFactory(round_id=round_.id, name_en="Old prize")
    where = f"/organize/rounds/{round_.slug}/prizes"
    assert "Old prize" in organizer.get(where).text
    row = {
        "prizes-3-name_zh": "一等奖",
        "prizes-3-slots": "2",
        "prizes-3-scope": "round",
        "prizes-3-amount": "30",
        "prizes-3-unit": "CNY-wan",
    }
    assert organizer.post(where, data=row).status_code == 302
    prize = db.query(Prize).one()
    assert (prize.name_zh, prize.name_en) == ("一等奖", None)
    assert (prize.slots, prize.amount_minor) == (2, 30_000_000)
    assert db.get_one(Round, round_.id).prize_minor == 60_000_000

    organizer.post(where, data=row)
    assert db.query(Prize).count() == 1
    wrong = organizer.post(where, data={**row, "prizes-3-amount": "60 元", "prizes-3-slots": "0"})
    assert wrong.status_code == 422
    assert errors(wrong.text) == ["The unit that is written here differs from the one chosen beside it."]
    more = organizer.post(where, data={**row, "add": "prizes"})
    assert 'name="prizes-1-name_zh"' in more.text
    assert db.query(Prize).count() == 1


def test_texts_are_kept_as_written_and_shown_clean(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.DRAFT)
    where = f"/organize/rounds/{round_.slug}/texts"
    data = {"rules_en": "# Who\n\n<script>alert(1)</script>", "rules_zh": "谁可以参加。"}
    assert organizer.post(where, data=data).status_code == 302
    page = db.query(RoundPage).filter_by(lang="en").one()
    assert page.source == "# Who\n\n<script>alert(1)</script>"
    assert "<h3>Who</h3>" in page.html
    assert "<script" not in page.html
    organizer.post(where, data={"rules_zh": "谁可以参加。", "rules_en": ""})
    assert [(page.kind, page.lang) for page in db.query(RoundPage)] == [("rules", "zh")]


def test_an_announcement_is_posted_once(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/announcements"
    words = {"title_en": "A new date", "body_en": "Submission closes a week later."}
    for _ in range(2):
        assert organizer.post(where, data=words).status_code == 302
    assert db.query(Announcement).one().title_en == "A new date"
    half = organizer.post(where, data={"title_en": "Only a title"})
    assert half.status_code == 422
    assert errors(half.text) == ["Fill this in."]
    assert "A new date" in organizer.get(where).text
