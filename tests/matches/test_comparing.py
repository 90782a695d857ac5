"""Open requirements are compared with what is on offer, in a child, once for each change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.engines import suggesting
from challenge.flow import errands, recommending
from challenge.matches import queries, subjects
from challenge.matches.models import Match, MatchRun, TextVector
from challenge.supply import achievements, experts
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import actor_of
from tests.matches.stories import compare, kept, matches, world
from tests.supply.stories import KNOWN, offered


def engine(models: list[str], seen: list[Any]) -> recommending.Engine:
    """An engine of short vectors that notes what it was asked, and knows no words."""

    def vectors(model: str, texts: Any, needs: bool) -> list[str]:
        seen.append((model, needs, list(texts)))
        if model == "broken":
            raise suggesting.SuggestionFault("no memory")
        return ["AAA=" for _ in texts]

    def match(asked: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
        seen.append(asked)
        return [[{"place": 0, "score": 900, "reasons": [{"code": "meaning"}]}] for _ in asked["needs"]]

    return recommending.Engine(models, vectors, match, suggesting.SuggestionFault)


def run(db: Session, models: list[str]) -> list[Any]:
    """One row of work with such an engine; what it was asked."""
    db.commit()
    queue.put(db, recommending.asked(db))
    db.commit()
    [task] = queue.lease(db, kinds=["recommend"])
    db.commit()
    seen: list[Any] = []
    recommending.run(task, engine(models, seen))
    db.expire_all()
    return seen


def test_who_speaks_of_the_same_comes_first_and_says_why(db: Session) -> None:
    story = world(db)
    compare(db)

    found = queries.recommended(db, story.need.id)
    assert found.found["expert"][0].name_zh == "Leach Li"
    assert found.found["achievement"][0].ref == story.reactor.ref
    owner = db.get_one(Organization, story.reactor.organization_id)
    assert found.found["organization"][0].ref == owner.ref
    assert "Silent Shi" not in {each.name_zh for each in found.found["expert"]}
    codes = {reason.code for reason in found.found["achievement"][0].reasons}
    assert codes >= {"terms", "field", "trl_gap", "price_above", "modes", "province"}
    assert found.profiles == {"expert": 2, "achievement": 2, "organization": 2}

    everything = json.dumps([each.reasons for each in db.scalars(sa.select(Match))], ensure_ascii=False)
    assert "CANARY" not in everything
    assert "oxalic" not in everything  # stands in a text that is for nobody else to read


def test_the_texts_that_are_compared_hold_nothing_confidential(db: Session) -> None:
    world(db)
    said = [text for each in subjects.everyone(db, {}) for text in each.texts]
    said += [need.text for need in subjects.needs(db)]
    assert [each.text for each in said if "CANARY" in each.text and each.shown] == []
    assert [each for each in said if "CANARY-NEED" in each.text or "CANARY-DETAIL" in each.text] == []


def test_a_seeker_is_not_matched_to_its_own_need(db: Session) -> None:
    story = world(db)
    story.need.seeker_id = story.reactor.organization_id or 0
    compare(db)
    assert story.reactor.id not in {each.achievement_id for each in matches(db, story.need, "achievement")}
    assert matches(db, story.need, "organization") == []


def test_nothing_is_compared_twice_and_a_change_compares_anew(db: Session) -> None:
    story = world(db)
    assert len(run(db, [])) == 1
    [first] = [made.digest for made in kept(db)]
    assert run(db, []) == []
    experts.save_profile(db, actor_of(story.silent), KNOWN)
    assert run(db, []) == []  # who agreed to nothing changes nothing
    achievements.retire(db, actor_of(story.owner_of(story.milking)), story.milking.ref)
    assert len(run(db, [])) == 1
    [second] = [made.digest for made in kept(db)]
    assert second != first


def test_a_closed_requirement_loses_its_matches(db: Session) -> None:
    story = world(db)
    run(db, [])
    story.need.state = "withdrawn"
    story.need.state_reason = "No budget."
    run(db, [])
    assert (kept(db), matches(db, story.need, "expert")) == ([], [])


def test_a_text_is_read_once_by_each_model_and_forgotten_with_its_owner(db: Session) -> None:
    story = world(db)
    asked = run(db, ["one"])
    assert {(each[0], each[1]) for each in asked[:-1]} == {("one", False), ("one", True)}
    before = db.scalar(sa.select(sa.func.count()).select_from(TextVector))
    new = offered(db, title_zh="另一种电池", summary_zh="锂。")
    asked = run(db, ["one"])
    assert [len(each[2]) for each in asked[:-1]] == [2]  # a text in each language
    achievements.retire(db, actor_of(story.owner_of(new)), new.ref)
    assert [type(each) for each in run(db, ["one"])] == [dict]
    assert db.scalar(sa.select(sa.func.count()).select_from(TextVector)) == before


def test_a_model_that_breaks_down_is_left_out(db: Session) -> None:
    world(db)
    asked = run(db, ["broken", "one"])
    assert asked[-1]["models"] == ["one"]
    [made] = kept(db)
    assert made.models == ["one"]


def test_a_long_comparison_goes_on_in_another_row(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    world(db)
    monkeypatch.setattr(recommending, "TEXTS", 1)
    db.commit()
    queue.put(db, recommending.asked(db))
    db.commit()
    [task] = queue.lease(db, kinds=["recommend"])
    db.commit()
    recommending.run(task, engine(["one"], []), seconds=0)
    [other] = db.scalars(sa.select(Task.key).where(Task.kind == "recommend", Task.state == "queued"))
    assert other == f"{task.key}+"
    assert db.scalar(sa.select(sa.func.count()).select_from(TextVector)) == 1
    assert db.scalars(sa.select(MatchRun)).all() == []


def test_changes_of_what_is_offered_are_compared_together(db: Session) -> None:
    world(db)
    errands.drain()
    keys = db.scalars(sa.select(Task.key).where(Task.kind == "recommend")).all()
    assert 1 <= len(keys) <= 2  # all of the story, however the ten minutes fell
