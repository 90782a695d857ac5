"""The whole competition in the browser, each step by its own role, each window closed by the scheduler."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from challenge.rules.stages import Stage
from tests.journeys.people import Town, answers, register, says, wait_until
from tests.journeys.steps import (
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
from tests.rigs.grown import Size
from tests.rigs.server import MakeServer

pytestmark = [pytest.mark.browser, pytest.mark.both, pytest.mark.timeout(400)]


@pytest.fixture
def town(make_server: MakeServer, grown: Size, open_page: object) -> Town:
    """The product with its scheduler, letters kept in the mailbox; on PostgreSQL as on several machines."""
    server = make_server(grown.web, grown.work, CHALLENGE_MODE="demo", **grown.settings)
    return Town(server, open_page)  # type: ignore[arg-type]


def test_a_competition_from_need_to_award(town: Town, tmp_path: Path) -> None:
    who = {"organizer": "Olga Organizer", "second": "Sven Second", "seeker": "Simon Seeker"}
    organizer, second, seeker, *judges = town.people(**who, **{f"judge{n}": f"Judge {n}" for n in (1, 2, 3)})
    for person in ("organizer", "second"):
        town.server.flask("user", "organizer", f"{person}@example.org", "Transfer Centre", "--create")
    found_organization(town, seeker)
    solver = register(town, "solver@example.org", "Sofia Solver")

    slug = launch_round(town, organizer, windows(dt.datetime.now(dt.UTC)))
    town.turn_to(slug, Stage.REQUIREMENTS)
    need = post_requirement(town, seeker)
    screen(town, organizer, slug)
    hand_in_again(town, seeker, need)
    publish(town, organizer, slug)
    ask(town, solver, need)
    answer(town, organizer, slug)

    town.turn_to(slug, Stage.SUBMISSION)
    receipt = submit(town, solver, need, tmp_path)
    check_receipt(town, receipt)
    announce(town, organizer, slug)
    assign_panel(town, organizer, slug, len(judges))
    town.turn_to(slug, Stage.JUDGING)
    wait_until(town, organizer, f"/rounds/{slug}", "Judging: under way")
    late_is_refused(town, solver)

    assign(town, organizer, slug)
    recuse(town, judges[2])
    for judge, points in zip(judges[:2], ("8", "6.5"), strict=True):
        score(town, judge, points)
    town.turn_to(slug, Stage.AWARD)
    wait_until(town, organizer, f"/rounds/{slug}", "Award: under way")
    fix_ranking(town, organizer, slug)
    decide(town, seeker)
    finish(town, organizer, second, slug)
    visitor = town.stranger()
    town.go(visitor, f"/rounds/{slug}/results")
    says(visitor, "Polarised vision")
    says(visitor, "First prize")
    assert answers(f"{town.server.url}/rounds/{slug}") == 200
    assert "every one in its place" in town.server.flask("audit", "verify")


def windows(start: dt.datetime) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """Four windows of a day each, from an hour on; the journey turns from one to the next when it is done."""
    stages = ("requirements", "submission", "judging", "award")
    first, day = start.replace(microsecond=0) + dt.timedelta(hours=1), dt.timedelta(days=1)
    return {stage: (first + n * 2 * day, first + (n * 2 + 1) * day) for n, stage in enumerate(stages)}
