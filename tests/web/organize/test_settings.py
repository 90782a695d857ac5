"""From a programme to a launched round, and its settings afterwards."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging.models import Phase
from challenge.rounds import queries
from challenge.rounds.models import Round
from challenge.rules.stages import Stage
from tests.factories import (
    GrantFactory,
    ProgrammeFactory,
)
from tests.rigs.application import Visitor
from tests.web.organize.stories import DAY, errors, me, mine, round_form, typed_windows


def test_from_a_programme_to_a_public_round(organizer: Visitor, db: Session) -> None:
    page = organizer.get("/organize/programmes/new").text
    host = re.search(r'<option[^>]*value="(\w+)">Xi’an Science Bureau', page)
    assert host
    started = organizer.post(
        "/organize/programmes/new",
        data={"host": host[1], "title_zh": "丝路新能源", "title_en": "Silk Road Energy", "hue": "25"},
    )
    assert started.location == "/organize/programmes/silk-road-energy/rounds/first"
    empty = "/organize/programmes/silk-road-energy/rounds/new"
    assert f'href="{empty}"' in organizer.get(started.location).text

    first = clock.now(db) + DAY
    drafted = organizer.post(empty, data=round_form(first))
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
        user_id=me(organizer),
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


@pytest.mark.parametrize("typed", [["2027-05-04T18:00"], ["2027-05-04 18:00"], ["2027-05-04", "18:00"]])
def test_a_moment_may_come_in_one_part_or_in_two(organizer: Visitor, db: Session, typed: list[str]) -> None:
    round_ = mine(organizer, db, Stage.DRAFT)
    data = round_form(dt.datetime(2027, 1, 1, tzinfo=dt.UTC), award_closes=typed)
    assert organizer.post(f"/organize/rounds/{round_.slug}/settings", data=data).status_code == 302
    kept = queries.by_slug(db, round_.slug).windows[3].closes_at
    assert kept == dt.datetime(2027, 5, 4, 10, tzinfo=dt.UTC)


def test_settings_saved_as_they_are_shown_change_nothing(organizer: Visitor, db: Session) -> None:
    round_ = mine(organizer, db, Stage.SUBMISSION)
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


def test_grace_and_seal_are_chosen_shown_before_the_launch_and_fixed_by_it(
    organizer: Visitor, db: Session
) -> None:
    round_ = mine(organizer, db, Stage.DRAFT)
    where = f"/organize/rounds/{round_.slug}"
    windows = typed_windows(clock.now(db) + DAY)
    windows["judging_opens"] = [windows["judging_opens"][0], "10:00"]  # when the grace is over
    form = round_form(clock.now(db) + DAY, **windows, grace_minutes="5", sealed="y", zone=round_.zone)
    assert organizer.post(f"{where}/settings", data=form).status_code == 302
    launch = organizer.get(f"{where}/launch").text
    assert "Grace after the submission close: 5 minutes" in launch
    assert "flask sealing export" in launch
    assert organizer.post(f"{where}/launch").status_code == 302
    db.refresh(round_)
    assert round_.sealed
    assert round_.seal_key is not None
    settings = organizer.get(f"{where}/settings").text
    assert 'name="grace_minutes"' not in settings
    assert 'name="sealed"' not in settings
    rules = organizer.get(f"/rounds/{round_.slug}/rules").text
    assert "Nobody reads one before, the organizer included" in rules
    assert "within 5 minutes after the submission deadline" in rules
