"""Blind means not loaded, for programs too: every door is tried as each role, and canaries stay silent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge import api
from challenge.reports.models import Access
from tests.api.stories import Caller
from tests.api.world import World, world
from tests.judging.blind import CANARIES, heard
from tests.rigs.application import Visitor

pytestmark = pytest.mark.sqlite  # who may read what is decided above the database

# Doors whose action is that of a reader, and what the log says of them: a team reads its own, a list shows
# what stands in its page's list, and what a judge reads is noted.
API_READS = {
    *("api.entries_entry", "api.entries_form", "api.team_team", "api.files_files", "api.files_download"),
    *("api.handing_in_versions", "api.handing_in_receipt"),
    *("api.answers_entries", "api.desk_assignment"),
}
SEEKER = {"seeker", "seeker in Chinese"}
SOLVER = CANARIES.keys() - SEEKER


@pytest.fixture
def made(db: Session) -> World:
    """A blind court with a token for every role."""
    return world(db)


def addresses(made: World) -> Iterator[tuple[str, str]]:
    """Every door that reads, with whatever could stand in its address."""
    for door in api.DOORS.values():
        if door.method != "GET":
            continue
        for turn in range(4 if "<" in door.rule else 1):
            path = re.sub(
                r"<(?:\w+:)?(\w+)>",
                lambda found, turn=turn: (values := made.known.get(found[1], ("1",)))[turn % len(values)],
                door.rule,
            )
            yield door.endpoint, path


def heard_by(client: Visitor, made: World, role: str) -> dict[str, set[str]]:
    """What canaries sing at each door that opens for this role."""
    program, found = Caller(client, made.tokens[role]), dict[str, set[str]]()
    for endpoint, path in dict.fromkeys(addresses(made)):
        answer = program.get(path)
        assert answer.status_code < 500, (role, path)
        text = answer.get_data(as_text=True)
        said = json.dumps(answer.json, ensure_ascii=False) if answer.is_json else text
        said += str(answer.headers)
        if answer.status_code == 200:
            found.setdefault(endpoint, set()).update(heard(said))
    return {endpoint: names for endpoint, names in found.items() if names}


@pytest.mark.parametrize("role", ["anonymous", "user", "judge", "auditor"])
def test_no_door_sings_to_whoever_may_not_know(client: Visitor, made: World, role: str) -> None:
    assert heard_by(client, made, role) == {}


def test_whoever_may_know_hears_it_and_nothing_else(client: Visitor, made: World) -> None:
    mine = heard_by(client, made, "solver")
    assert {"api.entries_entry", "api.team_team"} <= mine.keys()
    assert not any(names & SEEKER for names in mine.values())
    seeker = heard_by(client, made, "seeker")
    assert {"seeker", "seeker in Chinese"} <= set().union(*seeker.values())
    own = {"api.needs_mine", "api.needs_need", "api.profile_organizations", "api.answers_entries"}
    assert seeker.keys() <= own
    organizer = heard_by(client, made, "organizer")
    assert organizer.keys() <= {"api.screening_queue", "api.judged_entries", "api.judged_progress"}


def test_what_a_judge_reads_by_a_program_is_in_the_log(client: Visitor, db: Session, made: World) -> None:
    ref = made.court.assignment().ref
    sheet = Caller(client, made.tokens["judge"]).get(f"/assignments/{ref}")
    assert sheet.status_code == 200
    assert db.scalars(sa.select(Access.role)).all() == ["judge"]


def test_a_judge_scores_and_locks_by_a_program(client: Visitor, made: World) -> None:
    ref, program = made.court.assignment().ref, Caller(client, made.tokens["judge"])
    marks = [{"id": each["id"], "value": "7"} for each in program.get(f"/assignments/{ref}").json["marks"]]
    saved = program.ask("PATCH", f"/assignments/{ref}/scorecard", {"marks": marks[:1]})
    assert (saved.status_code, saved.json["done"]) == (200, 1)
    assert program.post(f"/assignments/{ref}/lock").status_code == 422
    assert program.post(f"/assignments/{ref}/lock", {"marks": marks}).status_code == 200
    assert program.get(f"/assignments/{ref}").json["locked_at"]
    other = made.court.assignment(0, 1).ref
    assert program.get(f"/assignments/{other}").json["code"] == "declare_before_reading"
    assert program.post(f"/assignments/{other}/accept").json["state"] == "accepted"
