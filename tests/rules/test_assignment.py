"""What a search for the best assignment may be asked, and what its outcome means."""

from __future__ import annotations

import pytest

from challenge.rules.assignment import Options, Pair, World, outcome, pieces


def world(
    judges: dict[int, int | None] | None = None,
    states: dict[Pair, str] | None = None,
    obstacles: dict[Pair, str] | None = None,
    pinned: frozenset[Pair] = frozenset(),
) -> World:
    entries = {100: "S-100", 101: "S-101"}
    return World(entries, judges or {1: None, 2: None, 3: None}, states or {}, pinned, obstacles or {})


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (Options(0), "per_entry"),
        (Options(21), "per_entry"),
        (Options(3, least=-1), "least"),
        (Options(3, most=0), "most"),
        (Options(3, weight=101), "weight"),
        (Options(3, least=5, most=4), "most"),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_field(options: Options, field: str) -> None:
    assert [fault.field for fault in options.faults()] == [field]


def test_an_entry_that_stays_short_says_in_whose_way_what_stands() -> None:
    here = world({1: 1, 2: None, 3: None}, {(1, 100): "accepted", (2, 101): "declined"}, {(3, 101): "team"})
    found = outcome(here, Options(2), [(3, 100)], [])
    assert found["short"] == {101: {"lacking": 2, "reasons": {"full": 1, "declined": 1, "team": 1}}}


def test_a_panel_with_nobody_left_is_said_to_be_too_small() -> None:
    found = outcome(world({1: None}), Options(2), [(1, 100), (1, 101)], [])
    assert found["short"][100] == {"lacking": 1, "reasons": {"panel": 0}}


def test_the_room_of_all_judges_is_counted_where_all_have_a_limit() -> None:
    assert outcome(world({1: 2, 2: 1}), Options(2), [], [])["room"] == 3
    assert outcome(world({1: 2, 2: 1}), Options(2, most=1), [], [])["room"] == 2
    assert outcome(world({1: 2, 2: None}), Options(2), [], [])["room"] is None


def test_judges_below_the_least_are_named_but_not_beyond_their_own_limit() -> None:
    found = outcome(world({1: None, 2: 1, 3: None}), Options(1, least=2), [(1, 100), (1, 101)], [])
    assert found["idle"] == {2: 1, 3: 2}


def test_only_what_nobody_answered_or_pinned_may_move() -> None:
    states = {(1, 100): "invited", (2, 100): "invited", (3, 100): "accepted", (1, 101): "declined"}
    assert world(states=states, pinned=frozenset({(2, 100)})).movable == {(1, 100)}


def test_an_answer_changes_nothing_in_the_world_and_a_refusal_does() -> None:
    invited, accepted, declined = (world(states={(1, 100): s}) for s in ("invited", "accepted", "declined"))
    assert invited.as_text() == accepted.as_text() != declined.as_text()


def test_judges_hang_together_through_the_entries_they_share() -> None:
    found = pieces([(1, 100), (2, 100), (2, 101), (3, 101), (7, 105)])
    assert found == [(frozenset({1, 2, 3}), frozenset({100, 101})), (frozenset({7}), frozenset({105}))]
