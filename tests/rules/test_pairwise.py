"""Comparisons two by two: a known order is found again, better than by win rates, with honest intervals."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest

from challenge.rules.pairwise import Belief, Fit, Preferred, believe, fit, gain, next_pair

NAMES = [f"E{number:02}" for number in range(12)]


def tau(order: list[str], truth: dict[str, float]) -> float:
    """Kendall's rank correlation of an order with the true strengths."""
    signs = [1 if truth[a] > truth[b] else -1 for a, b in combinations(order, 2)]
    return sum(signs) / len(signs)


def expo(seed: int, *, active: bool) -> tuple[dict[str, float], list[Preferred]]:
    """Six judges, two of them guessing, 15 comparisons each; entries are met unevenly."""
    draw = random.Random(seed)
    truth = {name: draw.gauss(0, 1.5) for name in NAMES}
    rank = {name: name for name in NAMES}
    votes: list[Preferred] = []
    seen: dict[str, set[frozenset[str]]] = {f"J{number}": set() for number in range(6)}
    for turn in range(90):
        judge = f"J{turn % 6}"
        # Each judge stands in one corner of the hall: strong neighbours make strong entries lose.
        corner = sorted(NAMES, key=lambda name: truth[name] + draw.gauss(0, 1))[(turn % 3) * 3 :][:6]
        pair = (
            next_pair(NAMES, seen[judge], believe(NAMES, votes, 0.9), 0.9, rank)
            if active
            else tuple(draw.sample(corner, 2))
        )
        assert pair is not None
        seen[judge].add(frozenset(pair))
        one, other = pair
        p = 1 / (1 + math.exp(truth[other] - truth[one]))
        if turn % 6 >= 4:
            p = 0.5
        winner, loser = (one, other) if draw.random() < p else (other, one)
        votes.append(Preferred(judge, winner, loser))
    return truth, votes


def order_of(found: Fit) -> list[str]:
    return [each.entry for each in found.strengths]


def by_win_rate(votes: list[Preferred]) -> list[str]:
    def rate(name: str) -> float:
        won, lost = (sum(getattr(v, side) == name for v in votes) for side in ("winner", "loser"))
        return won / (won + lost) if won + lost else 0.5

    return sorted(NAMES, key=lambda name: (-rate(name), name))


def test_a_known_order_is_found_again_better_than_by_win_rates() -> None:
    model, rates, chosen = 0.0, 0.0, 0.0
    for seed in range(20):
        truth, votes = expo(seed, active=False)
        found = fit(NAMES, votes)
        model += tau(order_of(found), truth) / 20
        rates += tau(by_win_rate(votes), truth) / 20
        truth, votes = expo(seed, active=True)
        chosen += tau(order_of(fit(NAMES, votes)), truth) / 20
    assert model > rates + 0.05, (model, rates, chosen)
    assert chosen > 0.5, (model, rates, chosen)


def test_a_judge_who_says_the_contrary_is_trusted_less() -> None:
    votes = [Preferred(f"J{j}", a, b) for j in range(4) for a, b in combinations(NAMES[:6], 2)]
    votes += [Preferred("upside down", b, a) for a, b in combinations(NAMES[:6], 2)]
    found = fit(NAMES[:6], votes)
    assert order_of(found) == NAMES[:6]
    assert found.reliability["upside down"] < 0.6 < min(found.reliability[f"J{j}"] for j in range(4))


def test_the_same_votes_in_any_order_give_the_same_result() -> None:
    _truth, votes = expo(3, active=False)
    shuffled = random.Random(1).sample(votes, len(votes))
    assert fit(NAMES, votes) == fit(list(reversed(NAMES)), shuffled)


def test_more_comparisons_make_narrower_intervals_and_none_leave_the_prior() -> None:
    votes = [Preferred("J", "A", "B")] * 2
    few, many = fit("ABC", votes), fit("ABC", votes * 8)
    width = {each.entry: each.high - each.low for each in few.strengths}
    assert all(each.high - each.low < width[each.entry] for each in many.strengths if each.entry != "C")
    assert width["C"] == pytest.approx(2 * 1.6448536)
    assert [(each.entry, each.value) for each in fit(["X"], []).strengths] == [("X", 0.0)]


def test_what_is_known_already_tells_least() -> None:
    close, apart = gain(Belief(), Belief(), 0.9), gain(Belief(3, 0.1), Belief(-3, 0.1), 0.9)
    assert close > 5 * apart
    assert gain(Belief(), Belief(), 0.5) == pytest.approx(0, abs=1e-6), "a guess tells nothing"


def test_a_pair_is_asked_once_and_the_same_state_gives_the_same_pair() -> None:
    rank = {name: name for name in "ABC"}
    seen: set[frozenset[str]] = set()
    beliefs = believe("ABC", [], 0.9)
    while (pair := next_pair("ABC", seen, beliefs, 0.9, rank)) is not None:
        assert pair == next_pair("CBA", seen, beliefs, 0.9, rank)
        assert frozenset(pair) not in seen
        seen.add(frozenset(pair))
    assert len(seen) == 3
