"""The flow itself: never what is forbidden, loads within bounds, as much covered as can be, at least cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.assigning import best_by_trying
from challenge.engines import affinity, connecting
from challenge.engines.assigning import Array, Problem, solve
from challenge.engines.matching import MatchFault, match, matched


def problem(
    benefit: Array,
    allowed: Array | None = None,
    *,
    per_entry: int = 2,
    lower: int = 0,
    upper: int = 99,
    existing: Array | None = None,
    evenness: int = 0,
) -> Problem:
    height, width = benefit.shape
    empty = np.zeros(benefit.shape, dtype=bool)
    return Problem(
        benefit,
        ~empty if allowed is None else allowed,
        np.full(height, per_entry),
        np.full(width, lower),
        np.full(width, upper),
        np.zeros(width, dtype=int),
        empty if existing is None else existing,
        evenness,
    )


def by_lot(seed: int, height: int, width: int) -> Array:
    return np.random.default_rng(seed).integers(0, 1000, (height, width)).astype(np.int32)


def total(asked: Problem, dense: int = 2_000_000) -> tuple[int, Array, Array]:
    """What a solution is worth, how many judges each entry has, and how much each judge."""
    found = solve(asked, dense)
    assert asked.allowed[found.entries, found.judges].all()
    height, width = asked.benefit.shape
    return (
        int(asked.benefit[found.entries, found.judges].sum()),
        np.bincount(found.entries, minlength=height),
        np.bincount(found.judges, minlength=width),
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_flow_is_as_good_as_trying_all_ways(seed: int) -> None:
    allowed = np.random.default_rng(seed + 100).random((6, 4)) > 0.15
    asked = problem(by_lot(seed, 6, 4), allowed, lower=2, upper=4)
    expected = best_by_trying(asked)
    worth, covered, loads = total(asked)
    if expected is not None:
        assert (worth, set(covered)) == (expected, {2})
        assert loads.min() >= 2
        assert loads.max() <= 4


@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_both_sides_find_what_all_arcs_find(seed: int) -> None:
    allowed = np.random.default_rng(seed).random((300, 60)) > 0.05
    asked = problem(by_lot(seed, 300, 60), allowed, per_entry=3, lower=10, upper=20)
    assert solve(asked, dense=100).cost == solve(asked).cost
    assert solve(asked, dense=100).arcs < solve(asked).arcs


cells = st.lists(st.booleans(), min_size=40, max_size=40)


@settings(max_examples=60, deadline=None)
@given(cells, cells, st.integers(1, 4), st.integers(0, 4), st.integers(0, 8), st.integers(0, 200))
def test_whatever_is_asked_something_is_answered_within_its_bounds(
    allowed: list[bool], existing: list[bool], per_entry: int, lower: int, upper: int, evenness: int
) -> None:
    can = np.array(allowed).reshape(8, 5)
    asked = problem(
        by_lot(1, 8, 5),
        can,
        per_entry=per_entry,
        lower=min(lower, upper),
        upper=upper,
        existing=np.array(existing).reshape(8, 5),
        evenness=evenness,
    )
    found = solve(asked)
    assert can[found.entries, found.judges].all()
    assert len(set(zip(found.entries.tolist(), found.judges.tolist(), strict=True))) == len(found.entries)
    covered, loads = np.bincount(found.entries, minlength=8), np.bincount(found.judges, minlength=5)
    assert covered.max(initial=0) <= per_entry
    assert loads.max(initial=0) <= upper
    # Nothing is left out that one more pair would cover.
    for entry, judge in zip(*np.nonzero(can), strict=True):
        pair = (found.entries == entry) & (found.judges == judge)
        assert pair.any() or covered[entry] == per_entry or loads[judge] == upper


def test_what_stands_moves_only_where_that_covers_more() -> None:
    existing = np.array([[True, False, False], [False, True, False]])
    worse = np.array([[0, 900, 900], [900, 0, 900]], dtype=np.int32)
    _, _, loads = total(problem(worse, per_entry=1, existing=existing))
    assert loads.tolist() == [1, 1, 0], "affinity alone moves nobody"
    # The third entry can be read by the first judge alone, who has room for one.
    allowed = np.array([[True, True, True], [True, True, True], [True, False, False]])
    existing = np.vstack([existing, [False, False, False]])
    asked = problem(by_lot(2, 3, 3), allowed, per_entry=1, upper=1, existing=existing)
    found = set(zip(*(each.tolist() for each in _pairs(asked)), strict=True))
    assert {(1, 1), (2, 0)} <= found
    assert len(found) == 3


def _pairs(asked: Problem) -> tuple[Array, Array]:
    found = solve(asked)
    return found.entries, found.judges


def test_what_is_short_is_spread() -> None:
    _, covered, _ = total(problem(by_lot(3, 3, 2), per_entry=2, upper=2))
    assert sorted(covered.tolist()) == [1, 1, 2]


def test_even_loads_where_nothing_else_speaks() -> None:
    _, _, loads = total(problem(np.zeros((10, 4), dtype=np.int32), per_entry=2, evenness=1))
    assert loads.tolist() == [5, 5, 5, 5]


def test_panels_that_fall_apart_are_joined_by_the_cheapest_exchange() -> None:
    benefit = np.zeros((6, 4), dtype=np.int32)
    benefit[:3, :2] = benefit[3:, 2:] = 500  # two fields, two judges each
    benefit[4, 0], benefit[1, 3] = 300, 300  # the least bad strangers
    given = {(entry, judge) for entry in range(6) for judge in ((0, 1) if entry < 3 else (2, 3))}
    every = np.ones((6, 4), dtype=bool)
    bounds = connecting.Bounds(benefit, every, np.full(4, 3), np.full(4, 3), np.zeros(4, int))
    after, exchanged = connecting.join(set(), given, bounds)
    assert exchanged == 1
    assert len(connecting.pieces(after)) == 1
    assert {(4, 0), (1, 3)} <= after
    assert sorted(judge for _, judge in after) == sorted(judge for _, judge in given), "loads stay"


def test_what_may_not_be_joined_stays_apart() -> None:
    allowed = np.zeros((4, 4), dtype=bool)
    allowed[:2, :2] = allowed[2:, 2:] = True
    given = {(entry, judge) for entry, judge in zip(*np.nonzero(allowed), strict=True)}
    bounds = connecting.Bounds(
        np.zeros((4, 4), np.int32), allowed, np.zeros(4, int), np.full(4, 9), np.zeros(4, int)
    )
    assert connecting.join(set(), given, bounds) == (given, 0)


def test_shared_words_decide_and_rare_ones_most() -> None:
    entries = [
        "Electrolyte additive for lithium cells in the cold",
        "A camera that sees through fog",
        "深海焊缝检测机器人",
    ]
    judges = [["lithium cell electrolytes", "gardening"], ["fog camera optics"], ["机器人焊缝视觉检测"], []]
    fit = affinity.table(entries, judges)
    assert fit.argmax(axis=1).tolist() == [0, 1, 2]
    assert (fit[:, 3] == 0).all()


def test_only_the_three_closest_texts_of_a_judge_count() -> None:
    close, far = "lithium electrolyte additive", "medieval history"
    one, many = affinity.table([close], [[close] * 3, [close] * 3 + [far] * 9])[0]
    assert one == pytest.approx(many)


@pytest.mark.parametrize(
    ("text", "told"), [("一种低温电解液添加剂", "zh"), ("An additive for lithium cells", "en"), ("42", "")]
)
def test_the_language_of_a_text(text: str, told: str) -> None:
    assert affinity.language(text) == told


def asked_of(**change: object) -> dict[str, object]:
    anyone = {"texts": [], "languages": [], "least": 0, "most": None}
    usual = {"entries": ["one", "two"], "judges": [anyone] * 3, "per_entry": 2, "weight": 50}
    return {**usual, "fixed": [], "existing": [], "never": [], **change}


def test_who_does_not_read_the_language_comes_last() -> None:
    text = "An additive for lithium cells in the cold"
    zh, en = ({"texts": [], "languages": [each], "least": 0, "most": None} for each in ("zh", "en"))
    found = matched(asked_of(entries=[text], judges=[zh, en, en]), lambda *_: None)
    assert found["pairs"] == [(0, 1), (0, 2)]
    assert found["fit"] == ["--0000"]


def test_the_child_answers_and_tells_how_far_it_is() -> None:
    told: list[str] = []
    found = match(asked_of(fixed=[[0, 0]], never=[[1, 1]]), lambda step, _share: told.append(step))
    assert sorted(map(tuple, found["pairs"])) in ([(0, 1), (1, 0), (1, 2)], [(0, 2), (1, 0), (1, 2)])
    assert told[-1] == "sharing"


def test_a_child_that_fails_or_takes_too_long_is_a_fault() -> None:
    with pytest.raises(MatchFault, match="KeyError"):
        match({"entries": []}, lambda *_: None)
    with pytest.raises(MatchFault):
        match(asked_of(), lambda *_: None, seconds=0.01)
