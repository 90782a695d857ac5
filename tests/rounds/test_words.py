"""What an organizer writes about a round: announcements, long texts, prizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rounds import announcing, prizes, texts
from challenge.rounds.announcing import Words
from challenge.rounds.models import Announcement, Prize, Round, RoundPage
from challenge.rounds.prizes import PrizeFacts
from challenge.rules.errors import InvalidMany, NotFound, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import PrizeFactory

Run = Callable[..., tuple[Round, Actor]]


def test_an_announcement_tells_everyone_once(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    words = Words(title_zh="截止日期延后", body_zh="延后一周。")
    first, second = (announcing.post(db, organizer, round_.id, words) for _ in range(2))
    assert first.id == second.id
    event = db.query(Task).one().payload
    assert (event["event"], event["announcement_id"]) == ("announcement.posted", first.id)


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        (Words(), [("title_zh", "one_language_needed")]),
        (Words(title_en="Only a title"), [("body_en", "required")]),
        (Words(body_zh="只有正文"), [("title_zh", "required")]),
        (Words(title_en="T" * 101, body_en="b"), [("title_en", "too_long")]),
        (Words(title_en="T", body_en="b" * 5001), [("body_en", "too_long")]),
    ],
)
def test_half_an_announcement_is_none(
    db: Session, run: Run, words: Words, faults: list[tuple[str, str]]
) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    with pytest.raises(InvalidMany) as refusal:
        announcing.post(db, organizer, round_.id, words)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == faults
    assert db.query(Announcement).count() == 0


def test_nobody_would_hear_a_draft(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.DRAFT)
    with pytest.raises(WrongState, match="not_launched"):
        announcing.post(db, organizer, round_.id, Words(title_en="T", body_en="b"))


def test_announcements_come_newest_first_and_by_pages(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.SUBMISSION)
    for number in range(3):
        announcing.post(db, organizer, round_.id, Words(title_en=f"No. {number}", body_en="b"))
    page = announcing.announcements(db, round_.id, limit=2)
    assert [each.title_en for each in page] == ["No. 2", "No. 1"]
    rest = announcing.announcements(db, round_.id, before=page[-1].id)
    assert [each.title_en for each in rest] == ["No. 0"]


def test_a_text_is_kept_as_written_and_shown_without_harm(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.DRAFT)
    written = "# Who\r\n\r\n[us](javascript:alert(1)) <img src=x onerror=alert(1)>"
    assert texts.save(db, organizer, round_.id, {("rules", "en"): written}) == ["rules_en"]
    page = db.query(RoundPage).one()
    assert page.source == written.replace("\r\n", "\n")
    assert page.html.startswith("<h3>Who</h3>")
    assert "<img" not in page.html
    assert 'href="javascript' not in page.html
    assert texts.save(db, organizer, round_.id, {("rules", "en"): written}) == []
    assert db.query(AuditEntry).filter_by(action="round.texts_edited").count() == 1


def test_a_text_has_a_kind_a_language_and_an_end(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.DRAFT)
    for place in (("rules", "fr"), ("secrets", "en")):
        with pytest.raises(NotFound):
            texts.save(db, organizer, round_.id, {place: "Text"})
    with pytest.raises(InvalidMany, match="invalid_many"):
        texts.save(db, organizer, round_.id, {("rules", "en"): "x" * 30_001})


def test_prizes_are_what_was_named_in_that_order(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.DRAFT)
    kept: Prize = PrizeFactory(round_id=round_.id)
    PrizeFactory(round_id=round_.id, position=2, name_en="Gone")
    wanted = [
        PrizeFacts(name_en="Grand prize", amount_minor=50_000_000),
        PrizeFacts(id=kept.id, name_zh="一等奖", slots=3, amount_minor=10_000_000),
        PrizeFacts(name_en="For each", scope="requirement", amount_minor=1_000_000),
        PrizeFacts(name_en="A trip", text="Three days in Xi'an"),
    ]
    for _ in range(2):
        prizes.replace(db, organizer, round_.id, wanted)
    found = prizes.prizes_of(db, round_.id)
    assert [prize.name_en or prize.name_zh for prize in found] == [
        "Grand prize",
        "一等奖",
        "For each",
        "A trip",
    ]
    assert found[1].id == kept.id
    assert round_.prize_minor == 80_000_000
    assert db.query(AuditEntry).filter_by(action="round.prizes_edited").count() == 1


def test_faults_of_prizes_stand_at_their_rows(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.DRAFT)
    wanted = [PrizeFacts(name_en="First"), PrizeFacts(slots=0, currency="QQQ", scope="world")]
    with pytest.raises(InvalidMany) as refusal:
        prizes.replace(db, organizer, round_.id, wanted)
    assert {(fault.field, fault.code) for fault in refusal.value.faults} == {
        ("prizes-1-name_zh", "title_needed"),
        ("prizes-1-slots", "out_of_range"),
        ("prizes-1-scope", "not_a_choice"),
        ("prizes-1-unit", "not_a_choice"),
    }
    assert db.query(Prize).count() == 0


def test_a_prize_of_another_round_is_none_of_this_one(db: Session, run: Run) -> None:
    mine, organizer = run(Stage.DRAFT)
    other, _ = run(Stage.DRAFT)
    theirs: Prize = PrizeFactory(round_id=other.id, name_en="Theirs")
    prizes.replace(db, organizer, mine.id, [PrizeFacts(id=theirs.id, name_en="Taken over")])
    assert theirs.name_en == "Theirs"
    assert [prize.name_en for prize in prizes.prizes_of(db, mine.id)] == ["Taken over"]


def test_prizes_are_fixed_once_judging_has_opened(db: Session, run: Run) -> None:
    round_, organizer = run(Stage.JUDGING)
    with pytest.raises(WrongState, match="prizes_fixed"):
        prizes.replace(db, organizer, round_.id, [PrizeFacts(name_en="Late")])
