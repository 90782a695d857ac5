"""The organizer's lists and the rooms of a round: what they show, to whom, at what cost."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.rounds.models import Override
from challenge.rules.stages import Stage
from tests.factories import (
    PrizeFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.web.organize.stories import mine


def test_the_trail_tells_in_words_who_did_what(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    organizer.post(
        f"/organize/rounds/{round_.slug}/close-early",
        data={"stage": "submission", "reason": "The sponsor withdrew."},
    )
    page = organizer.get(f"/organize/rounds/{round_.slug}/audit").text
    assert "A window was closed early: Submission" in page
    assert "sponsor" not in page


def test_the_control_room_names_what_waits(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.REQUIREMENTS)
    for state in ("submitted", "submitted", "published"):
        RequirementFactory(round=round_, state=state)
    page = organizer.get(f"/organize/rounds/{round_.slug}").text
    assert "2 requirements wait for review." in page
    assert "The call for requirements closes" in page


def test_lists_hold_what_is_mine_and_nothing_else(organizer: Visitor, db: Session) -> None:
    going = mine(organizer, db, Stage.JUDGING, title_en="Mine and going")
    mine(organizer, db, Stage.CLOSED, title_en="Mine and over")
    RoundFactory(stage=Stage.SUBMISSION, title_en="Of others")
    page = organizer.get("/organize/").text
    assert "Mine and going" in page
    assert "Mine and over" not in page
    assert "Of others" not in page
    assert "Mine and over" in organizer.get("/organize/?over=1").text
    assert organizer.get(f"/organize/rounds/{going.slug}").status_code == 200


PAGES = (
    "",
    "/settings",
    "/texts",
    "/prizes",
    "/prizes/limits",
    "/announcements",
    "/launch",
    "/extend",
    "/close-early",
    "/cancel",
    "/audit",
)


def test_rooms_are_for_the_rounds_organizers(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    strangers = [None, UserFactory(), organizer_of(ProgrammeFactory())]
    for person in strangers:
        visitor = client.sign_out() if person is None else client.sign_in(person)
        for page in PAGES:
            where = f"/organize/rounds/{round_.slug}{page}"
            expected = 302 if person is None else 403
            assert visitor.get(where).status_code == expected, where
            assert visitor.post(where).status_code in (302, 403, 405), where
    assert db.query(Override).count() == 0


def test_an_administrator_looks_and_changes_nothing(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(UserFactory(admin=True))
    looks = {"", "/settings", "/texts", "/prizes", "/prizes/limits", "/announcements", "/audit"}
    for page in PAGES:
        answer = client.get(f"/organize/rounds/{round_.slug}{page}")
        assert answer.status_code == (200 if page in looks else 302 if page == "/launch" else 403), page
        assert 'class="btn main"' not in answer.text.partition('<div class="room">')[2], page
        if page not in ("", "/audit"):
            assert client.post(f"/organize/rounds/{round_.slug}{page}").status_code in (302, 403), page
    assert db.query(Override).count() == 0


@pytest.mark.parametrize("page", ["/organize/", "/organize/?over=1"])
def test_a_list_costs_the_same_for_one_round_and_for_three(
    organizer: Visitor, db: Session, statements: Counting, page: str
) -> None:
    asked = []
    for count in (1, 2):
        for _ in range(count):
            mine(organizer, db, Stage.CLOSED if "over" in page else Stage.SUBMISSION)
        organizer.get(page)
        with statements() as sent:
            assert organizer.get(page).status_code == 200
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 6, sent


@pytest.mark.parametrize("page", ["", "/settings", "/texts", "/prizes", "/announcements", "/audit"])
def test_a_room_costs_the_same_whatever_is_in_it(
    organizer: Visitor, db: Session, statements: Counting, page: str
) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
    where, asked = f"/organize/rounds/{round_.slug}{page}", []
    for place in range(2):
        for number in range(1 + 2 * place):
            PrizeFactory(round_id=round_.id)
            RequirementFactory(round=round_)
            words = {"title_en": f"Word {place}-{number}", "body_en": "Text."}
            organizer.post(f"/organize/rounds/{round_.slug}/announcements", data=words)
        organizer.get(where)
        with statements() as sent:
            assert organizer.get(where).status_code == 200
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 7, sent
