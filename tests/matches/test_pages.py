"""Who suits it, for organizers; requirements for me, for whoever knows or offers something."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.matches.models import Match, MatchRun
from challenge.supply import achievements, experts
from tests.factories import GrantFactory, UserFactory, actor_of
from tests.matches.stories import LITHIUM_EN, World, world
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.supply.stories import KNOWN, expert, offered

TERMS = {"code": "terms", "terms": [["锂", "lithium"], ["black mass"]]}
REASONS: list[Any] = [
    TERMS,
    {"code": "field", "fields": ["energy"]},
    {"code": "trl_gap", "has": 6, "wants": 8, "gap": 2},
    {"code": "price_above", "budget": 60_000_000, "price": 120_000_000, "currency": "CNY"},
    {"code": "province", "region": "620000"},
    {"code": "past_declined", "times": 2},
]


def kept(db: Session, story: World, **who: int) -> None:
    """A match of the story's need, without any engine."""
    kind = next(iter(who)).removesuffix("_id")
    if db.get(MatchRun, story.need.id) is None:
        counts = {"expert": 2, "achievement": 2}
        run = {"digest": "0" * 64, "models": [], "profiles": counts, "made_at": story.need.created_at}
        db.add(MatchRun(requirement_id=story.need.id, **run))
    place = db.query(Match).filter_by(requirement_id=story.need.id, kind=kind).count() + 1
    row = {"kind": kind, "place": place, "score": 900, "reasons": REASONS}
    db.add(Match(requirement_id=story.need.id, **row, **who))
    db.commit()


@pytest.fixture
def story(db: Session) -> World:
    return world(db)


@pytest.fixture
def organizer(client: Visitor, story: World) -> Visitor:
    programme = story.programme_id
    return client.sign_in(
        GrantFactory(role="organizer", scope="programme", scope_id=programme, user=UserFactory()).user
    )


def path(story: World) -> str:
    return f"/organize/rounds/{story.slug}/requirements/{story.need.ref}/matches"


def test_an_organizer_reads_who_suits_a_requirement_and_why(
    organizer: Visitor, db: Session, story: World
) -> None:
    kept(db, story, expert_id=story.leacher.id)
    kept(db, story, achievement_id=story.reactor.id)
    kept(db, story, organization_id=story.reactor.organization_id or 0)
    page = organizer.get(path(story)).text
    assert "Leach Li" in page
    assert f"/achievements/{story.reactor.ref}" in page
    for words in (
        "Both speak of 锂 – lithium",
        "Same field: New energy and energy saving",
        "TRL 6, 2 levels short of 8",
        "more than the budget",
        "Same province: Gansu",
        "Declined 2 before",
    ):
        assert words in page
    screen = organizer.get(path(story).removesuffix("/matches")).text
    assert path(story) in screen


def test_nobody_else_reads_it(client: Visitor, db: Session, story: World, visitor: Any) -> None:
    elsewhere = GrantFactory(role="organizer", scope="programme", scope_id=999, user=UserFactory()).user
    for person in (story.leacher, elsewhere):
        assert visitor(person).get(path(story)).status_code in (403, 404)
    assert client.get(path(story)).status_code == 302


@pytest.mark.parametrize("change", [{"matched": False}, {"matched": True, "availability": "none"}])
def test_who_takes_consent_back_is_gone_at_once_from_both_pages(
    organizer: Visitor, visitor: Any, db: Session, story: World, change: dict[str, Any]
) -> None:
    kept(db, story, expert_id=story.leacher.id)
    assert LITHIUM_EN in visitor(story.leacher).get("/solve/for-me").text
    experts.save_profile(db, actor_of(story.leacher), replace(KNOWN, **change))
    db.commit()
    assert "Leach Li" not in organizer.get(path(story)).text
    assert LITHIUM_EN not in visitor(story.leacher).get("/solve/for-me").text


def test_a_retired_achievement_is_gone_at_once(organizer: Visitor, db: Session, story: World) -> None:
    kept(db, story, achievement_id=story.reactor.id)
    kept(db, story, organization_id=story.reactor.organization_id or 0)
    achievements.retire(db, actor_of(story.owner_of(story.reactor)), story.reactor.ref)
    db.commit()
    page = organizer.get(path(story)).text
    assert story.reactor.ref not in page
    assert "No organization has an achievement that does" in page


def test_compare_again_puts_work_and_says_so(organizer: Visitor, db: Session, story: World) -> None:
    assert "Not compared yet" in organizer.get(path(story)).text
    assert organizer.post(path(story)).location == path(story)
    assert "The comparison runs" in organizer.get(path(story)).text


def test_a_requirement_of_another_round_is_not_found(organizer: Visitor, story: World) -> None:
    wrong = path(story).replace(story.need.ref, "nothing12345")
    assert organizer.get(wrong).status_code == 404


def test_the_owner_of_an_achievement_reads_what_it_suits(visitor: Any, db: Session, story: World) -> None:
    kept(db, story, achievement_id=story.reactor.id)
    page = visitor(story.owner_of(story.reactor)).get("/solve/for-me").text
    assert LITHIUM_EN in page
    assert "Selective lithium leaching reactor" in page
    assert "Declined" not in page
    assert LITHIUM_EN not in visitor(story.cowherd).get("/solve/for-me").text


@pytest.mark.parametrize(
    "change", [{"state": "selected"}, {"closes_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}]
)
def test_a_requirement_that_takes_no_solutions_is_for_nobody(
    visitor: Any, db: Session, story: World, change: dict[str, Any]
) -> None:
    kept(db, story, expert_id=story.leacher.id)
    for name, value in change.items():
        setattr(story.need, name, value)
    db.commit()
    assert LITHIUM_EN not in visitor(story.leacher).get("/solve/for-me").text


def test_pages_ask_the_same_at_one_row_and_at_three(
    organizer: Visitor, visitor: Any, db: Session, story: World, statements: Counting
) -> None:
    counts = []
    for more in range(2):
        for number in range(2 * more or 1):
            kept(db, story, expert_id=expert(db, f"E{more}{number}", matched=True).id)
            offer = offered(db)
            kept(db, story, achievement_id=offer.id)
            kept(db, story, organization_id=offer.organization_id or 0)
        if not more:
            kept(db, story, expert_id=story.leacher.id)
        reader = visitor(story.leacher)
        with statements() as organizing:
            organizer.get(path(story))
        with statements() as solving:
            reader.get("/solve/for-me")
        counts.append((len(organizing), len(solving)))
    assert counts[0] == counts[1]
