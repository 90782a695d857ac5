"""Several hands on one draft: what one changed is kept, what two changed is shown; nothing is overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import writing
from challenge.rules.errors import Invalid, NotFound, TooLate
from challenge.rules.permissions import Actor
from challenge.submissions import merging
from challenge.submissions.merging import Merged
from challenge.submissions.models import Submission, TeamMember
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.submissions.stories import again, close, owner_of, ready, saved


def merge(db: Session, actor: Actor, draft: Submission, base: int, **parts: Any) -> Merged:
    """Send parts that were made from the draft_version `base`; dots of names are written as `__`."""
    named = {name.replace("__", "."): value for name, value in parts.items()}
    merged = merging.merge(db, actor, draft.ref, named, dict.fromkeys(named, base))
    db.commit()
    return merged


def test_two_who_write_different_fields_both_are_kept(db: Session) -> None:
    draft, colleague = ready(team=[friend := UserFactory()]), actor_of(friend)
    owner = actor_of(owner_of(draft))
    assert merge(db, owner, draft, 1, title="Mine").taken == {"title"}
    assert merge(db, colleague, draft, 1, schedule="Theirs").taken == {"schedule"}
    now = again(draft)
    assert (now.values["title"], now.values["schedule"], now.draft_version) == ("Mine", "Theirs", 3)
    assert now.marks == {"title": 2, "schedule": 3}


def test_the_same_field_is_a_conflict_and_what_stands_comes_back(db: Session) -> None:
    draft = ready(team=[friend := UserFactory()])
    owner, colleague = actor_of(owner_of(draft)), actor_of(friend)
    merge(db, colleague, draft, 1, title="Theirs")
    merged = merge(db, owner, draft, 1, title="Mine", schedule="Also mine")
    assert (merged.taken, merged.conflicts) == ({"schedule"}, {"title": "Theirs"})
    assert again(draft).heading == "Theirs"
    # Whoever has seen theirs and keeps the own word says so by the newer version.
    assert merge(db, owner, draft, 2, title="Mine").taken == {"title"}
    assert again(draft).heading == "Mine"


def test_the_same_word_twice_is_no_conflict_and_no_new_version(db: Session) -> None:
    draft = ready()
    owner = actor_of(owner_of(draft))
    for _ in range(2):
        merged = merge(db, owner, draft, 1, title="Same")
        assert not merged.conflicts
    assert merged.same == {"title"}
    assert again(draft).draft_version == 2


def test_indicators_are_merged_one_by_one(db: Session) -> None:
    draft = ready(requirement__indicators=[{}, {}], team=[friend := UserFactory()])
    one, two = sorted(draft.values["indicators"], key=int)
    met, no = {"met": "met", "evidence": "Now measured."}, {"met": "no", "evidence": ""}
    merge(db, actor_of(owner_of(draft)), draft, 1, **{f"indicators__{one}": met})
    merged = merge(db, actor_of(friend), draft, 1, **{f"indicators__{two}": no, f"indicators__{one}": no})
    assert merged.taken == {f"indicators.{two}"}
    assert merged.conflicts == {f"indicators.{one}": met}
    assert again(draft).values["indicators"] == {one: met, two: no}


def test_what_is_wrong_is_left_out_and_the_rest_is_kept(db: Session) -> None:
    draft = ready()
    owner = actor_of(owner_of(draft))
    merged = merge(db, owner, draft, 1, title="x" * 121, schedule="Kept", trl_now=9, team_name="Light")
    assert {fault.field: fault.code for fault in merged.faults} == {
        "title": "too_long",
        "trl_now": "trl_goes_back",  # said where it was typed: the maturity at delivery stands at 8
    }
    assert merged.taken == {"schedule", "team_name"}
    with pytest.raises(Invalid):
        merging.merge(db, owner, draft.ref, {"title": "x" * 121, "schedule": "Lost"}, {}, strict=True)
    db.rollback()
    assert again(draft).values["schedule"] == "Kept"


def test_nothing_of_others_can_be_written(db: Session) -> None:
    draft, foreign = ready(), ready(requirement__indicators=[{}])
    owner = actor_of(owner_of(draft))
    (theirs,) = foreign.values["indicators"]
    merged = merge(
        db, owner, draft, 1, nowhere="x", **{f"indicators__{theirs}": {"met": "no", "evidence": ""}}
    )
    assert merged.taken == frozenset()
    assert "nowhere" not in again(draft).values
    with pytest.raises(NotFound):
        merging.merge(db, owner, foreign.ref, {"title": "Mine"}, {"title": 1})
    db.rollback()


def test_after_the_close_the_draft_stands_as_it_was(db: Session) -> None:
    draft = ready()
    heading = draft.heading
    close(draft, clock.now(db))
    db.commit()
    with pytest.raises(TooLate):
        merging.merge(db, actor_of(owner_of(draft)), draft.ref, {"title": "Late"}, {"title": 1})
    db.rollback()
    assert again(draft).heading == heading


def test_after_its_requirement_s_own_close_too(db: Session) -> None:
    draft = ready()
    draft.requirement.closes_at = clock.now(db)
    db.commit()
    with pytest.raises(TooLate):
        saved(db, actor_of(owner_of(draft)), draft, title="Late")


@pytest.mark.parametrize("fields", [("title", "schedule"), ("title", "title")])
def test_at_the_same_moment(app: Flask, db: Session, fields: tuple[str, str]) -> None:
    draft = ready(team=[friend := UserFactory()])
    actors = [actor_of(owner_of(draft)), actor_of(friend)]
    ref = draft.ref
    db.commit()

    def send(number: int) -> Merged:
        with app.app_context(), writing() as session:
            part = fields[number]
            return merging.merge(session, actors[number], ref, {part: f"of {number}"}, {part: 1})

    with ThreadPoolExecutor(2) as hands:
        one, two = hands.map(send, range(2))
    now = again(draft)
    if fields[0] != fields[1]:
        assert (now.values["title"], now.values["schedule"]) == ("of 0", "of 1")
        assert now.draft_version == 3
        return
    (taken,) = [each for each in (one, two) if each.taken]
    (late,) = [each for each in (one, two) if each.conflicts]
    assert late.conflicts == {"title": now.heading}
    assert now.draft_version == 2
    assert taken is not late


def test_saving_counts_up_only_when_something_changed(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    for title, version in (("One", 2), ("One", 2), ("Two", 3)):
        saved(db, actor, draft, title=title)
        db.commit()
        assert again(draft).draft_version == version


def test_answers_to_indicators_of_another_requirement_are_not_kept(db: Session) -> None:
    draft = ready()
    known = int(next(iter(draft.values["indicators"])))
    answers = {known: {"met": "no", "evidence": ""}, known + 1000: {"met": "met", "evidence": "x"}}
    saved(db, actor_of(owner_of(draft)), draft, indicators=answers)
    db.commit()
    assert again(draft).values["indicators"] == {str(known): {"met": "no", "evidence": ""}}


def test_one_speaks_only_for_ones_own_organization(db: Session) -> None:
    own, foreign = OrganizationFactory(), OrganizationFactory()
    draft = ready(owner=UserFactory(represents=[own]))
    actor = actor_of(owner_of(draft))
    saved(db, actor, draft, organization_id=own.id)
    db.commit()
    with pytest.raises(Invalid) as refusal:
        saved(db, actor, draft, organization_id=foreign.id)
    assert refusal.value.field == "organization_id"
    db.rollback()
    # A member who speaks for nobody keeps what the owner chose.
    member = UserFactory()
    db.add(TeamMember(submission_id=draft.id, user_id=member.id, email=member.email, name="M"))
    db.flush()
    saved(db, actor_of(member), draft, title="T", organization_id=own.id)
    db.commit()
    assert again(draft).organization_id == own.id


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"trl_now": 0}, "trl_now"),
        ({"trl_delivery": 10}, "trl_delivery"),
        ({"trl_now": 5, "trl_delivery": 4}, "trl_delivery"),
        ({"quote": 10_000_000_000}, "quote"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(db: Session, typed: dict[str, int], field: str) -> None:
    submission = ready()
    with pytest.raises(Invalid) as refusal:
        saved(db, actor_of(owner_of(submission)), submission, **typed)
    assert refusal.value.field == field
