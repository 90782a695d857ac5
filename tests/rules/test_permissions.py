"""The whole permission matrix without a database: every action, every kind of actor, every situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, reduce
from itertools import product
from operator import and_, or_

import pytest

from challenge.rules import permissions
from challenge.rules.errors import NotAllowed
from challenge.rules.lifecycles import ASSIGNMENT, REQUIREMENT, SUBMISSION
from challenge.rules.permissions import TABLE, Action, Actor, Predicate, Row, Subject, can
from challenge.rules.predicates import anyone
from challenge.rules.stages import Stage
from tests.rules.agreed import AGREED
from tests.rules.kinds import (
    BRANCH,
    CALL,
    HOST,
    HOSTING,
    JUDGE,
    KINDS,
    ME,
    ORGANIZING,
    OWNER,
    PROGRAMME,
    ROUND,
    SEEKER,
    SOMEBODY,
    SUBMIT,
    May,
)

PHASES = {"planned", "over"}
STATES = (None, *sorted(REQUIREMENT.states | SUBMISSION.states | ASSIGNMENT.states | PHASES))
WINDOWS = (frozenset[Stage](), *(frozenset({stage}) for stage in (CALL, SUBMIT, JUDGE)), {CALL, SUBMIT})
THING = Subject(
    programme_id=PROGRAMME,
    round_id=ROUND,
    host_id=HOST,
    seeker_id=SEEKER,
    author_id=SOMEBODY,
    branch_id=BRANCH,
    owner_id=OWNER,
    team=frozenset({OWNER}),
    judge_id=SOMEBODY,
    chair_id=SOMEBODY,
    broker_id=SOMEBODY,
    expert_id=SOMEBODY,
)
# Every state with every stage, every set of open windows, public or not: also those that never meet.
SITUATIONS = [
    replace(THING, state=state, stage=stage, open=frozenset(open_), public=public, sealed=sealed)
    for state, stage, open_, public, sealed in product(
        STATES, (None, *Stage), WINDOWS, (False, True), (False, True)
    )
] + [
    replace(THING, mailbox_open=True),
    *(replace(THING, state=state, with_branch=True) for state in STATES),
]


def cases() -> Iterator[tuple[str, Actor, Subject, Subject]]:
    """Every kind of actor before every situation: the kind, who asks, the thing as theirs, the situation."""
    for kind, (actor, mine) in KINDS.items():
        facts = {name: frozenset(value) if isinstance(value, set) else value for name, value in mine.items()}
        for about in SITUATIONS:
            yield kind, actor, replace(about, **facts), about


@cache
def every_case() -> list[tuple[str, Actor, Subject, Subject]]:
    """All of them, made by whoever asks first: a worker that has other tests to run does without."""
    return list(cases())


def test_every_action_is_agreed_on_and_listed() -> None:
    assert set(AGREED) == {action.value for action in Action}
    assert set(TABLE) == set(Action)


@cache
def where(guard: Predicate) -> int:
    """The cases in which the guard holds, a bit for each: a row is then one `and`, an action one `or`."""
    bits = bytearray(len(every_case()) // 8 + 1)
    for number, (_, actor, subject, _) in enumerate(every_case()):
        if guard(actor, subject):
            bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def allowed(rows: tuple[Row, ...]) -> int:
    """The cases that some row lets in."""
    return reduce(or_, (reduce(and_, map(where, row), (1 << len(every_case())) - 1) for row in rows), 0)


def covered(may: May) -> int:
    """The cases that an agreement names."""
    situations = [number for number, about in enumerate(SITUATIONS) if may.covers(about)]
    one = sum(1 << number for number in situations)
    kinds = (number for number, kind in enumerate(KINDS) if kind in may.who)
    return reduce(or_, (one << (number * len(SITUATIONS)) for number in kinds), 0)


@pytest.mark.parametrize("action", Action)
def test_who_may_is_as_agreed(action: Action) -> None:
    differing = allowed(TABLE[action]) ^ reduce(or_, map(covered, AGREED[action.value]), 0)
    assert [case[::2] for number, case in enumerate(every_case()) if differing >> number & 1] == []


@pytest.mark.parametrize(("start", "action"), list(enumerate(Action)))
def test_the_answer_is_what_the_rows_say(start: int, action: Action) -> None:
    bits = allowed(TABLE[action])
    for number in range(start % 101, len(every_case()), 101):
        _, actor, subject, _ = every_case()[number]
        assert can(actor, action, subject) == bool(bits >> number & 1)


GUARDS = [
    (action, number, place)
    for action, rows in TABLE.items()
    for number, row in enumerate(rows)
    for place, guard in enumerate(row)
    if guard is not anyone  # a row of this guard alone lets everyone in, with it and without
]


@pytest.mark.parametrize(("action", "number", "place"), GUARDS)
def test_every_guard_of_every_row_matters(action: Action, number: int, place: int) -> None:
    rows = TABLE[action]
    row = rows[number]
    weaker = (*rows[:number], row[:place] + row[place + 1 :], *rows[number + 1 :])
    assert changes_an_answer(rows, weaker), f"{action}: nobody would miss {row[place].__name__}"


@pytest.mark.parametrize(
    ("action", "number"), [(action, number) for action, rows in TABLE.items() for number in range(len(rows))]
)
def test_every_row_lets_somebody_in(action: Action, number: int) -> None:
    rows = TABLE[action]
    assert changes_an_answer(rows, rows[:number] + rows[number + 1 :]), f"{action}: row {number} is idle"


def changes_an_answer(before: tuple[Row, ...], after: tuple[Row, ...]) -> bool:
    """Whether some kind of actor is answered otherwise somewhere."""
    return allowed(before) != allowed(after)


def test_an_action_that_no_row_names_is_nobody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "TABLE", {})
    assert not any(can(actor, Action.PAGE_READ) for actor, _ in KINDS.values())


def test_without_a_subject_nothing_is_anyone_s_own() -> None:
    allowed = {action.value for action in Action if can(Actor(ME, grants=ORGANIZING | HOSTING), action)}
    assert allowed == {
        *("page:read", "reader:set", "account:enter", "account:use", "invitation:accept"),
        *("invitation:decline", "organization:create", "search:stop", "dispatch:answer"),
        "erasure:ask",
        "letters:stop",
        "calendar:read",
    }


def test_asking_is_remembered_even_when_the_answer_is_no() -> None:
    actor = Actor(ME)
    with pytest.raises(NotAllowed) as refused:
        permissions.require(actor, Action.USER_MANAGE)
    assert refused.value.params == {"action": "user:manage"}
    assert actor.asked == {Action.USER_MANAGE}
