"""The award board through its doors: each step by its button, twice, too early, and by the wrong person."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import by_hand, deciding
from challenge.awards.board import awards_of
from challenge.base import clock
from challenge.rounds.models import RoundWindow
from challenge.rules.stages import Stage
from tests.awards.stories import (
    asked,
    decision_of,
    end_notice,
    goes_out,
    happened,
    in_an_hour,
    judged_round,
    keys,
    noticed,
    second,
    settled,
    slots,
    url,
)
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

ENGLISH, CHINESE = "en_US", "zh_CN"
LATER = dt.timedelta(days=5)


def test_the_whole_way_from_the_ranking_to_published_results(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    client.sign_in(judged.organizer)
    assert "Propose awards" in client.get(url(judged)).text
    client.post(url(judged))
    board = client.get(url(judged)).text
    assert "1 of 1 seekers has not answered" in board
    assert "Waits for the seeker" in board
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    assert "Look it over and start the notice" in client.get(url(judged)).text
    client.post(url(judged, "/notice"), data=in_an_hour(db))
    assert "Look over what will be published" in client.get(url(judged)).text
    end_notice(db, judged)
    other = second(judged)
    assert "Look it over and prepare" in client.get(url(judged)).text
    page = url(judged, "/publication")
    assert client.post(f"{page}/prepared", data={"delay": "30"}).headers["Location"] == page
    assert "Look it over and approve" in client.get(url(judged)).text
    client.sign_in(other).post(f"{page}/approved", data=keys(client.get(page).text))
    assert "Look it over, or stop" in client.get(url(judged)).text
    goes_out(db, judged)
    assert {award.state for award in awards_of(db, judged.round.id)} == {"confirmed"}
    assert "Published" in client.get(url(judged)).text


@pytest.mark.parametrize(
    ("locale", "words"), [(ENGLISH, ["Propose awards", "Next"]), (CHINESE, ["提出获奖建议", "下一步"])]
)
def test_board_speaks_the_reader_s_language(
    client: Visitor, db: Session, locale: str, words: list[str]
) -> None:
    judged = judged_round(db)
    judged.organizer.locale = locale
    client.sign_in(judged.organizer)
    page = client.get(url(judged)).text
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("page", ["", "/notice"])
def test_pages_ask_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, page: str, count: int
) -> None:
    judged = judged_round(db, places=tuple(range(1, count + 1)), needs=count, slots=count)
    settled(db, judged)
    client.sign_in(judged.organizer)
    with statements() as read:
        answer = client.get(url(judged, page))
    assert answer.status_code == 200
    who_and_where = 4  # the reader with roles, the round with its windows
    more = 1 if page else 2  # the letters; pools and caps
    assert len(read) <= who_and_where + 5 + more, read


def test_before_the_award_stage_the_board_says_when_it_opens(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    db.execute(sa.text("UPDATE ranking SET superseded = :yes"), {"yes": True})
    soon = clock.now(db) + dt.timedelta(days=2)
    windows = sa.update(RoundWindow).where(RoundWindow.round_id == judged.round.id)
    award = windows.where(RoundWindow.stage == Stage.AWARD)
    db.execute(award.values(opens_at=soon, closes_at=soon + LATER, ends_at=soon + LATER, opened_at=None))
    client.sign_in(judged.organizer)
    assert "The award stage opens" in client.get(url(judged)).text
    assert client.post(url(judged)).status_code == 403


def test_proposing_without_a_ranking_says_what_is_missing(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    db.execute(sa.text("UPDATE ranking SET superseded = :yes"), {"yes": True})
    client.sign_in(judged.organizer)
    assert "Go to the ranking" in client.get(url(judged)).text
    answer = client.post(url(judged))
    assert answer.status_code == 409
    assert "No ranking is fixed yet" in answer.text


def test_a_double_click_proposes_once(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    client.sign_in(judged.organizer)
    answers = [client.post(url(judged)).headers["Location"] for _ in range(2)]
    assert answers == [url(judged)] * 2
    assert happened(db, "awards.proposed") == 1


def test_a_tie_is_settled_by_hand(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db, places=(1, 1), needs=2))
    client.sign_in(judged.organizer)
    assert "Tie: people choose" in client.get(url(judged)).text
    target = url(judged, f"/slots/{judged.places.id}/1")
    form = client.get(target).text
    assert "Share this place" in form
    for _ in range(2):
        answer = client.post(target, data={"submission": judged.entries[1].ref})
        assert answer.status_code == 302
    assert slots(db, judged)[("First prize", 1)] == judged.entries[1].code
    assert happened(db, "award.by_hand") == 1


def test_a_second_place_for_the_same_entry_is_refused_at_the_field(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db, slots=2))
    client.sign_in(judged.organizer)
    target = url(judged, f"/slots/{judged.places.id}/2")
    answer = client.post(target, data={"submission": judged.entries[0].ref})
    assert answer.status_code == 422
    assert "This entry has a place already" in answer.text
    answer = client.post(target, data={"submission": "no-such-entry"})
    assert "Choose an entry of this round that still stands" in answer.text


@pytest.mark.parametrize("slot", ["9999/1", "{prize}/2", "{prize}/0"])
def test_a_slot_that_no_prize_has_is_not_found(client: Visitor, db: Session, slot: str) -> None:
    judged = asked(db, judged_round(db))
    client.sign_in(judged.organizer)
    assert client.get(url(judged, f"/slots/{slot.format(prize=judged.places.id)}")).status_code == 404


def test_a_silent_seeker_is_decided_for_with_a_reason(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    client.sign_in(judged.organizer)
    target = url(judged, f"/decisions/{decision_of(db, judged).ref}")
    assert "waits for" in client.get(target).text
    refused = client.post(target, data={"reason": "  "})
    assert refused.status_code == 422
    assert "Give the reason" in refused.text
    for _ in range(2):
        assert client.post(target, data={"reason": "No answer in two weeks."}).status_code == 302
    board = client.get(url(judged)).text
    assert "Decided by the organizer" in board
    assert "No answer in two weeks." in board
    assert happened(db, "decision.made") == 1


def test_a_tie_is_chosen_for_a_silent_seeker(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db, places=(1, 1, 3)))
    client.sign_in(judged.organizer)
    target = url(judged, f"/decisions/{decision_of(db, judged).ref}")
    assert client.post(target, data={"reason": "Silent."}).status_code == 422
    client.post(target, data={"reason": "Silent.", "chosen": judged.entries[1].ref})
    assert decision_of(db, judged).chosen_id == judged.entries[1].id


def test_after_the_notice_has_started_nothing_is_given_by_hand(client: Visitor, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    client.sign_in(judged.organizer)
    target = url(judged, f"/slots/{judged.places.id}/1")
    assert client.get(target).headers["Location"] == url(judged)
    answer = client.post(target, data={"submission": judged.entries[1].ref})
    assert answer.status_code == 409
    assert "The public notice has started" in answer.text


DOORS = [
    ("get", ""),
    ("post", ""),
    ("get", "/notice"),
    ("post", "/notice"),
    ("get", "/publication"),
    ("get", "/publication/results"),
    ("post", "/publication/prepared"),
    ("post", "/publication/approved"),
    ("post", "/publication/stopped"),
    ("post", "/slots/{prize}/1"),
    ("post", "/decisions/{ref}"),
]


@pytest.mark.parametrize(("method", "door"), DOORS)
@pytest.mark.parametrize("who", ["stranger", "seeker", "other organizer"])
def test_nobody_else_comes_in(client: Visitor, db: Session, method: str, door: str, who: str) -> None:
    judged = asked(db, judged_round(db))
    people = {
        "stranger": UserFactory,
        "seeker": lambda: judged.seekers[0],
        "other organizer": lambda: judged_round(db).organizer,
    }
    client.sign_in(people[who]())
    path = url(judged, door.format(prize=judged.places.id, ref=decision_of(db, judged).ref))
    assert getattr(client, method)(path).status_code == 403
    assert happened(db, "notice.started") == 0


def test_an_administrator_reads_the_board_and_is_offered_nothing(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    client.sign_in(UserFactory(admin=True))
    page = client.get(url(judged))
    assert page.status_code == 200
    assert "data-confirm" not in page.text
    assert client.post(url(judged)).status_code == 403


def test_a_visitor_is_asked_to_sign_in(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    assert "/login" in client.get(url(judged)).headers["Location"]


def test_a_form_without_its_token_moves_nothing(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    client.sign_in(judged.organizer)
    assert client.post(url(judged), token=False).status_code == 400
    assert happened(db, "awards.proposed") == 0


def test_a_place_given_to_nobody_stays_open(client: Visitor, db: Session) -> None:
    judged = asked(db, judged_round(db))
    client.sign_in(judged.organizer)
    client.post(url(judged, f"/slots/{judged.places.id}/1"), data={"submission": ""})
    assert ("First prize", 1) not in slots(db, judged)
    by_hand.give_slot(db, judged.as_organizer, judged.round.id, judged.places.id, 1, judged.entries[2].ref)
    assert slots(db, judged)[("First prize", 1)] == judged.entries[2].code
