"""What an administrator who looks on as somebody may see: never more than that person, and often less."""

from __future__ import annotations

import pytest

from challenge.rules.permissions import Action, Actor, Grant, Subject, can
from challenge.rules.stages import Stage

PERSON, LOOKER = 1, 9
ORGANIZER = Actor(PERSON, grants=frozenset({Grant("organizer", "programme", 10)}))
LOOKING = Actor(PERSON, grants=ORGANIZER.grants, seen_by=LOOKER)


def of(**facts: object) -> Subject:
    return Subject(kind="submission", programme_id=10, state="submitted", stage=Stage.JUDGING, **facts)  # type: ignore[arg-type]


def test_who_looks_on_sees_what_the_person_sees() -> None:
    assert can(ORGANIZER, Action.SUBMISSION_READ, of())
    assert can(LOOKING, Action.SUBMISSION_READ, of())


@pytest.mark.parametrize(
    "own",
    [
        {"conflicted": frozenset({LOOKER})},
        {"team": frozenset({LOOKER})},
        {"owner_id": LOOKER},
        {"judge_id": LOOKER},
        {"parties": frozenset({LOOKER})},
    ],
)
def test_a_conflict_of_their_own_is_not_lifted(own: dict[str, object]) -> None:
    assert can(ORGANIZER, Action.SUBMISSION_READ, of(**own))
    assert not can(LOOKING, Action.SUBMISSION_READ, of(**own))


def test_what_is_sealed_or_entrusted_by_name_stays_shut() -> None:
    member = {"team": frozenset({PERSON}), "owner_id": PERSON}
    mine, lent = Actor(PERSON), Actor(PERSON, seen_by=LOOKER)
    assert can(mine, Action.SUBMISSION_READ, of(sealed=True, **member))
    assert not can(lent, Action.SUBMISSION_READ, of(sealed=True, **member))
    need, ours = Subject(kind="requirement", seeker_id=3, state="published"), frozenset({3})
    assert can(Actor(PERSON, represents=ours), Action.REQUIREMENT_READ_CONFIDENTIAL, need)
    lent = Actor(PERSON, represents=ours, seen_by=LOOKER)
    assert not can(lent, Action.REQUIREMENT_READ_CONFIDENTIAL, need)
