"""An organizer in the browser: from the programme to the launch, and through what happens afterwards."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging.models import Phase
from challenge.rounds import queries
from challenge.rounds.models import Announcement, Override, Prize, Programme, Round, RoundPage
from challenge.rules.stages import WINDOWED, Stage
from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    PrizeFactory,
    ProgrammeFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    organizer_of,
)
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)


def typed_windows(first: dt.datetime, days: int = 10) -> dict[str, list[str]]:
    """Four windows as the form sends them: a date and a time under one name."""
    at, typed = first.astimezone(SHANGHAI), {}
    for stage in WINDOWED:
        typed[f"{stage}_opens"] = [f"{at:%Y-%m-%d}", "09:00"]
        at += days * DAY
        typed[f"{stage}_closes"] = [f"{at:%Y-%m-%d}", "08:00"]
    return typed


def round_form(first: dt.datetime, **changes: Any) -> dict[str, Any]:
    return {
        "title_zh": "2027 赛季",
        "title_en": "2027",
        "zone": "Asia/Shanghai",
        "notice_days": "5",
        "max_files": "10",
        "max_file_mb": "50",
        "budget_ceiling": "10000",
        "budget_unit": "CNY-wan",
        **typed_windows(first),
        **changes,
    }


def errors(page: str) -> list[str]:
    """The errors at the fields, in order."""
    found = re.findall(r'class="err"[^>]*>.*?<span>(.*?)</span>', page, re.DOTALL)
    return [text.strip() for text in found]


@pytest.fixture
def organizer(client: Visitor) -> Visitor:
    """Signed in as an organizer of an agency."""
    agency = OrganizationFactory(name="西安市科技局", name_en="Xi’an Science Bureau", kind="agency")
    person = UserFactory()
    GrantFactory(user_id=person.id, role="organizer", scope="organization", scope_id=agency.id)
    return client.sign_in(person)


def test_from_a_programme_to_a_public_round(organizer: Visitor, db: Session) -> None:
    page = organizer.get("/organize/programmes/new").text
    host = re.search(r'<option[^>]*value="(\w+)">Xi’an Science Bureau', page)
    assert host
    started = organizer.post(
        "/organize/programmes/new",
        data={"host": host[1], "title_zh": "丝路新能源", "title_en": "Silk Road Energy", "hue": "25"},
    )
    assert started.location == "/organize/programmes/silk-road-energy/rounds/new"

    first = clock.now(db) + DAY
    drafted = organizer.post(started.location, data=round_form(first))
    assert drafted.location == "/organize/rounds/silk-road-energy-2027"
    assert "Everything that a launch needs is there" in organizer.get(drafted.location).text

    look = organizer.get("/organize/rounds/silk-road-energy-2027/launch").text
    assert "1 letter: organizers" in look
    assert "Launch now" in look
    launched = organizer.post("/organize/rounds/silk-road-energy-2027/launch")
    assert launched.location == drafted.location
    round_ = queries.by_slug(db, "silk-road-energy-2027")
    assert (round_.public, round_.stage) == (True, "requirements")
    assert db.query(Phase).filter_by(round_id=round_.id).count() == 1
    again = organizer.post("/organize/rounds/silk-road-energy-2027/launch")
    assert again.location == launched.location


def test_faults_stand_at_their_fields_and_nothing_is_kept(organizer: Visitor, db: Session) -> None:
    programme = ProgrammeFactory(slug="energy")
    GrantFactory(
        user_id=db.query(Programme).one().id and _me(organizer),
        role="organizer",
        scope="programme",
        scope_id=programme.id,
    )
    first = clock.now(db) + DAY
    answer = organizer.post(
        "/organize/programmes/energy/rounds/new",
        data=round_form(
            first,
            title_zh="",
            title_en="",
            submission_closes=["2020-01-01", "09:00"],
            award_opens=["soon", ""],
        ),
    )
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "Give a title, in Chinese or in English.",
        "The end must come after the start.",
        "Write a date and time like 2026-12-04 18:00.",
    ]
    assert 'value="soon"' in answer.text
    assert db.query(Round).count() == 0


def _me(visitor: Visitor) -> int:
    from challenge.accounts.models import User
    from challenge.base.db import db

    with visitor.session_transaction() as session:
        return int(db.session.query(User).filter_by(fs_uniquifier=session["_user_id"]).one().id)


@pytest.mark.parametrize("typed", [["2027-05-04T18:00"], ["2027-05-04 18:00"], ["2027-05-04", "18:00"]])
def test_a_moment_may_come_in_one_part_or_in_two(organizer: Visitor, db: Session, typed: list[str]) -> None:
    round_ = _mine(organizer, db, Stage.DRAFT)
    data = round_form(dt.datetime(2027, 1, 1, tzinfo=dt.UTC), award_closes=typed)
    assert organizer.post(f"/organize/rounds/{round_.slug}/settings", data=data).status_code == 302
    kept = queries.by_slug(db, round_.slug).windows[3].closes_at
    assert kept == dt.datetime(2027, 5, 4, 10, tzinfo=dt.UTC)


def _mine(visitor: Visitor, db: Session, stage: Stage, **facts: Any) -> Round:
    """A round of which the visitor is an organizer."""
    round_: Round = RoundFactory(stage=stage, **facts)
    GrantFactory(user_id=_me(visitor), role="organizer", scope="programme", scope_id=round_.programme_id)
    db.flush()
    return round_


def test_settings_saved_as_they_are_shown_change_nothing(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    version = round_.version
    page = organizer.get(f"/organize/rounds/{round_.slug}/settings").text
    assert 'name="submission_closes"' not in page
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<(?:input|option selected)[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="checkbox"' not in tag and name[1] != "next":
            data.setdefault(name[1], []).append(value[1])
    data["budget_unit"] = ["CNY-wan"]
    answer = organizer.post(f"/organize/rounds/{round_.slug}/settings", data=data)
    assert answer.status_code == 302, errors(answer.text)
    assert db.get_one(Round, round_.id).version == version


def test_an_extension_is_looked_over_and_then_granted(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    RequirementFactory(round=round_, author_id=UserFactory().id)
    before = round_.windows[1].closes_at
    assert before is not None
    wanted = (before + 7 * DAY).astimezone(SHANGHAI)
    form = {
        "stage": "submission",
        "closes_at": [f"{wanted:%Y-%m-%d}", "18:00"],
        "move_later": "y",
        "reason": "The tunnel was closed.",
    }
    where = f"/organize/rounds/{round_.slug}/extend"
    assert f"{before.astimezone(SHANGHAI):%Y-%m-%d}" in organizer.get(where).text

    look = organizer.post(where, data=form)
    assert look.status_code == 200
    assert "2 letters: people who take part" in look.text
    assert look.text.count('<th scope="row">') == 3
    assert db.query(Override).count() == 0

    done = organizer.post(where, data={**form, "confirm": "1"})
    assert done.location == f"/organize/rounds/{round_.slug}"
    assert "extended by" in organizer.get(done.location).text
    assert db.query(Override).one().reason == "The tunnel was closed."
    assert organizer.post(where, data={**form, "confirm": "1"}).location == done.location
    assert db.query(Override).count() == 1


def test_an_extension_that_does_not_fit_says_so_at_the_moment(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    wanted = clock.now(db) + 20 * DAY
    answer = organizer.post(
        f"/organize/rounds/{round_.slug}/extend",
        data={"stage": "submission", "closes_at": f"{wanted:%Y-%m-%d} 18:00", "reason": "Flood."},
    )
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "The next stage opens before that. Move the later stages along, or choose earlier."
    ]


def test_a_window_is_closed_early_with_a_reason(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/close-early"
    assert organizer.get(where).status_code == 200
    assert organizer.post(where, data={"stage": "submission", "reason": ""}).status_code == 422
    done = organizer.post(where, data={"stage": "submission", "reason": "The sponsor withdrew."})
    assert done.status_code == 302
    assert db.query(Override).one().kind == "close_early"


def test_a_round_is_cancelled_only_with_its_address_typed(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/cancel"
    wrong = organizer.post(where, data={"reason": "No host.", "typed": "another"})
    assert wrong.status_code == 422
    done = organizer.post(where, data={"reason": "No host.", "typed": round_.slug})
    assert done.status_code == 302
    assert db.get_one(Round, round_.id).stage == "cancelled"
    assert "This round was cancelled." in organizer.get(done.location).text


def test_prizes_are_rows_that_can_be_added_and_taken_out(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
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
    round_ = _mine(organizer, db, Stage.DRAFT)
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
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    where = f"/organize/rounds/{round_.slug}/announcements"
    words = {"title_en": "A new date", "body_en": "Submission closes a week later."}
    for _ in range(2):
        assert organizer.post(where, data=words).status_code == 302
    assert db.query(Announcement).one().title_en == "A new date"
    half = organizer.post(where, data={"title_en": "Only a title"})
    assert half.status_code == 422
    assert errors(half.text) == ["Fill this in."]
    assert "A new date" in organizer.get(where).text


def test_the_trail_tells_in_words_who_did_what(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    organizer.post(
        f"/organize/rounds/{round_.slug}/close-early",
        data={"stage": "submission", "reason": "The sponsor withdrew."},
    )
    page = organizer.get(f"/organize/rounds/{round_.slug}/audit").text
    assert "A window was closed early: Submission" in page
    assert "sponsor" not in page


def test_the_control_room_names_what_waits(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.REQUIREMENTS)
    for state in ("submitted", "submitted", "published"):
        RequirementFactory(round=round_, state=state)
    page = organizer.get(f"/organize/rounds/{round_.slug}").text
    assert "2 requirements wait for review." in page
    assert "The call for requirements closes" in page


def test_lists_hold_what_is_mine_and_nothing_else(organizer: Visitor, db: Session) -> None:
    going = _mine(organizer, db, Stage.JUDGING, title_en="Mine and going")
    _mine(organizer, db, Stage.CLOSED, title_en="Mine and over")
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
    looks = {"", "/settings", "/texts", "/prizes", "/announcements", "/audit"}
    for page in PAGES:
        answer = client.get(f"/organize/rounds/{round_.slug}{page}")
        assert answer.status_code == (200 if page in looks else 302 if page == "/launch" else 403), page
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
            _mine(organizer, db, Stage.CLOSED if "over" in page else Stage.SUBMISSION)
        organizer.get(page)
        with statements() as sent:
            assert organizer.get(page).status_code == 200
        asked.append(len(sent))
    assert asked[0] == asked[1] <= 8, sent


@pytest.mark.parametrize("page", ["", "/settings", "/texts", "/prizes", "/announcements", "/audit"])
def test_a_room_costs_the_same_whatever_is_in_it(
    organizer: Visitor, db: Session, statements: Counting, page: str
) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
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
    assert asked[0] == asked[1] <= 9, sent


def test_everyone_reads_why_a_date_moved(organizer: Visitor, db: Session) -> None:
    round_ = _mine(organizer, db, Stage.SUBMISSION)
    data = {"stage": "submission", "reason": "The sponsor withdrew."}
    organizer.post(f"/organize/rounds/{round_.slug}/close-early", data=data)
    page = organizer.sign_out().get(f"/rounds/{round_.slug}/announcements").text
    assert "Changed dates" in page
    assert "The sponsor withdrew." in page
    assert "closed early" in page
