"""Lists of rounds: in their order, page by page, two statements whatever their length."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from challenge.rounds import queries
from challenge.rounds.queries import RoundFilter
from challenge.rules.stages import Stage
from tests.factories import ProgrammeFactory, RoundFactory, UserFactory, actor_of, organizer_of
from tests.rigs.statements import Counting
from tests.rounds.conftest import DAY


def slugs(db: Session, which: RoundFilter | None = None, limit: int = 2) -> list[list[str]]:
    """Every page of the list."""
    pages, after = [], None
    while page := queries.public_rounds(db, which, after=after, limit=limit):
        pages.append([row.slug for row in page])
        after = page[-1].key
    return pages


@pytest.fixture
def rounds(db: Session, now: dt.datetime) -> None:
    """Five running rounds (two at one moment), two over, a draft."""
    programme = ProgrammeFactory(slug="energy")
    for name, days in (("c", 3), ("a", 1), ("b", 2), ("b-too", 2), ("d", 4)):
        RoundFactory(slug=name, stage=Stage.SUBMISSION, sort_at=now + days * DAY)
    RoundFactory(slug="old", stage=Stage.CLOSED, sort_at=now - 9 * DAY, programme=programme)
    RoundFactory(slug="older", stage=Stage.CANCELLED, sort_at=now - 99 * DAY)
    RoundFactory(slug="draft", stage=Stage.DRAFT)


def test_running_rounds_run_by_what_happens_next(db: Session, rounds: None) -> None:
    assert slugs(db) == [["a", "b"], ["b-too", "c"], ["d"]]


def test_past_rounds_run_backwards(db: Session, rounds: None) -> None:
    assert slugs(db, RoundFilter("past")) == [["old", "older"]]


def test_all_of_them_never_show_a_draft(db: Session, rounds: None) -> None:
    every = [slug for page in slugs(db, RoundFilter("all")) for slug in page]
    assert every == ["d", "c", "b-too", "b", "a", "old", "older"]


def test_a_list_may_be_of_one_programme_or_one_stage(db: Session, rounds: None) -> None:
    energy = queries.by_slug(db, "old").programme_id
    assert slugs(db, RoundFilter("all", programme_id=energy)) == [["old"]]
    assert slugs(db, RoundFilter("running", stage="judging")) == []


def test_a_row_draws_its_track(db: Session, now: dt.datetime) -> None:
    RoundFactory(stage=Stage.JUDGING)
    track = queries.track(queries.public_rounds(db)[0], now + dt.timedelta(seconds=1))
    assert (track.stage, track.position) == ("judging", 3)
    assert [stage.state for stage in track.stages] == ["done", "done", "now", "next"]


def test_a_page_is_two_statements(db: Session, statements: Counting) -> None:
    asked = []
    for count in (1, 2):
        for _ in range(count):
            RoundFactory(stage=Stage.SUBMISSION)
        with statements() as sent:
            queries.public_rounds(db)
        asked.append(len(sent))
    assert asked == [2, 2]


def test_what_closes_next_is_open_and_can_be_taken_part_in(db: Session, now: dt.datetime) -> None:
    for slug, stage, days in (("late", Stage.SUBMISSION, 5), ("soon", Stage.REQUIREMENTS, 2)):
        RoundFactory(slug=slug, stage=stage, windows={stage: (now - DAY, now + days * DAY)})
    RoundFactory(slug="judged", stage=Stage.JUDGING)
    RoundFactory(slug="draft", stage=Stage.DRAFT, windows={Stage.SUBMISSION: (now - DAY, now + DAY)})
    RoundFactory(slug="gone", stage=Stage.CANCELLED)
    found = [(row.slug, row.stage) for row in queries.closing_next(db, now + dt.timedelta(seconds=1))]
    assert found == [("soon", "requirements"), ("late", "submission")]


def test_organizers_see_their_own_drafts_too(db: Session) -> None:
    programme = ProgrammeFactory()
    for stage in (Stage.DRAFT, Stage.SUBMISSION, Stage.CLOSED):
        RoundFactory(stage=stage, programme=programme)
    RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(programme))
    assert {row.stage for row in queries.organized(db, organizer, over=False)} == {"draft", "submission"}
    assert [row.stage for row in queries.organized(db, organizer, over=True)] == ["closed"]
    assert queries.organized(db, actor_of(UserFactory()), over=False) == []
    assert len(queries.organized(db, actor_of(UserFactory(admin=True)), over=False)) == 3
