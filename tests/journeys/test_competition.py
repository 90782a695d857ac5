"""The whole competition in the browser, each step by its own role, closed by the real clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.journeys.people import Town, answers, register, says, sleep_until, wait_until
from tests.journeys.steps import (
    SECOND,
    announce,
    answer,
    ask,
    assign,
    assign_panel,
    check_receipt,
    decide,
    finish,
    fix_ranking,
    found_organization,
    hand_in_again,
    late_is_refused,
    launch_round,
    post_requirement,
    publish,
    recuse,
    score,
    screen,
    submit,
)
from tests.rigs.server import MakeServer

# On one database: what it asks of the other, units walk there, and the journeys beside it.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
ORGANIZER, SEEKER, SOLVER = "organizer@example.org", "seeker@example.org", "solver@example.org"


@pytest.fixture
def town(make_server: MakeServer, open_page: object) -> Town:
    """The product with its scheduler, letters kept in the mailbox."""
    return Town(make_server(CHALLENGE_MODE="demo"), open_page)  # type: ignore[arg-type]


def test_a_competition_from_need_to_award(town: Town, tmp_path: Path) -> None:
    organizer = town.person(ORGANIZER, "Olga Organizer")
    town.server.flask("user", "organizer", ORGANIZER, "Transfer Centre", "--create")
    seeker = town.person(SEEKER, "Simon Seeker")
    found_organization(town, seeker)
    judges = [town.person(f"judge{n}@example.org", f"Judge {n}") for n in (1, 2, 3)]
    solver = register(town, SOLVER, "Sofia Solver")

    plan = windows(dt.datetime.now(dt.UTC) + 8 * SECOND)
    slug = launch_round(town, organizer, plan)
    sleep_until(plan["requirements"][0])
    need = post_requirement(town, seeker)
    screen(town, organizer, slug)
    hand_in_again(town, seeker, need)
    publish(town, organizer, slug)
    ask(town, solver, need)
    answer(town, organizer, slug)

    sleep_until(plan["submission"][0])
    receipt = submit(town, solver, need, tmp_path)
    check_receipt(town, receipt)
    announce(town, organizer, slug)
    assign_panel(town, organizer, slug, len(judges))
    wait_until(town, organizer, f"/rounds/{slug}", "Judging: under way")
    late_is_refused(town, solver)

    assign(town, organizer, slug)
    recuse(town, judges[2])
    for judge, points in zip(judges[:2], ("8", "6.5"), strict=True):
        score(town, judge, points)
    wait_until(town, organizer, f"/rounds/{slug}", "Award: under way")
    fix_ranking(town, organizer, slug)
    decide(town, seeker)
    finish(town, organizer, slug)
    visitor = town.stranger()
    town.go(visitor, f"/rounds/{slug}/results")
    says(visitor, "Polarised vision")
    says(visitor, "First prize")
    assert answers(f"{town.server.url}/rounds/{slug}") == 200
    assert "every one in its place" in town.server.flask("audit", "verify")


def windows(start: dt.datetime) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """Four windows of seconds, with the last left open long enough to finish."""
    spans = {"requirements": (0, 30), "submission": (31, 64), "judging": (66, 94), "award": (95, 3600)}
    whole = start.replace(microsecond=0)
    return {stage: (whole + a * SECOND, whole + b * SECOND) for stage, (a, b) in spans.items()}
