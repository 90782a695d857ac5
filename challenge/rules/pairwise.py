"""Comparisons of two entries by several judges to an order: Bradley-Terry with a reliability for each judge.

The model of Chen, Bennett, Collins-Thompson and Horvitz, "Pairwise ranking aggregation in a crowdsourced
setting" (WSDM 2013): judge k prefers i to j with probability r F(d) + (1 - r) F(-d), where d is how much
stronger i is, F the logistic function, and r the judge's reliability. Strengths have the prior N(0, 1),
reliabilities Beta(10, 1). The most likely values are found by expectation and maximisation; the intervals
are those of the curvature there (Laplace). The same comparisons in any order give the same result.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

PRIOR_GOOD, PRIOR_BAD = 10.0, 1.0
ROUNDS = 60
Z90 = 1.6448536269514722
# Gauss-Hermite nodes and weights of order 5, for the mean over a normal distribution.
_LEFT = ((-2.8569700139, 0.0112574113), (-1.3556261799, 0.2220759220))
NODES = (*_LEFT, (0.0, 0.5333333333), *((-at, weight) for at, weight in _LEFT))
CLOSE = 40  # of more entries than this only the least known are paired


Pair = tuple[str, int, int]
"""Judge, number of the winner, number of the loser."""


@dataclass(frozen=True, slots=True)
class Preferred:
    """One judge preferred one entry to another."""

    judge: str
    winner: str
    loser: str


@dataclass(frozen=True, slots=True)
class Strength:
    """An entry's strength on the logistic scale with its 90 % interval, and how often it won and lost."""

    entry: str
    value: float
    low: float
    high: float
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The entries, the strongest first, and each judge's reliability (0 to 1)."""

    strengths: tuple[Strength, ...]
    reliability: Mapping[str, float]


def fit(entries: Collection[str], votes: Sequence[Preferred]) -> Fit:
    """The most likely strengths and reliabilities; an entry that nobody compared stands at the prior."""
    names = sorted(set(entries))
    place = {name: number for number, name in enumerate(names)}
    known = sorted(votes, key=lambda v: (v.judge, v.winner, v.loser))
    pairs = [(v.judge, place[v.winner], place[v.loser]) for v in known]
    good = dict.fromkeys(sorted({v.judge for v in known}), PRIOR_GOOD / (PRIOR_GOOD + PRIOR_BAD))
    values = [0.0] * len(names)
    trust = [1.0] * len(pairs)
    for _round in range(ROUNDS if pairs else 0):
        trust = [_trust(good[judge], values[win] - values[lose]) for judge, win, lose in pairs]
        before = list(values)
        step = _solve(_curve(values, pairs, [1.0] * len(pairs)), _slope(values, pairs, trust))
        values = [value + move for value, move in zip(values, step, strict=True)]
        for judge in good:
            mine = [w for w, (whose, *_) in zip(trust, pairs, strict=True) if whose == judge]
            good[judge] = (sum(mine) + PRIOR_GOOD - 1) / (len(mine) + PRIOR_GOOD + PRIOR_BAD - 2)
        if max(abs(a - b) for a, b in zip(values, before, strict=True)) < 1e-9:
            break
    return Fit(_strengths(names, values, _curve(values, pairs, trust), known), good)


def _strengths(
    names: Sequence[str], values: Sequence[float], curve: list[list[float]], votes: Sequence[Preferred]
) -> tuple[Strength, ...]:
    spread = [math.sqrt(each) * Z90 for each in _diagonal_of_inverse(curve)]
    won, lost = [v.winner for v in votes], [v.loser for v in votes]
    made = [
        Strength(name, value, value - half, value + half, won.count(name), lost.count(name))
        for name, value, half in zip(names, values, spread, strict=True)
    ]
    return tuple(sorted(made, key=lambda each: (-round(each.value, 9), each.entry)))


def _logistic(d: float) -> float:
    return 1 / (1 + math.exp(-d)) if d >= 0 else math.exp(d) / (1 + math.exp(d))


def _trust(reliability: float, d: float) -> float:
    """How likely the judge said what the strengths say, given that they said it."""
    right, wrong = reliability * _logistic(d), (1 - reliability) * _logistic(-d)
    return right / (right + wrong)


def _slope(values: Sequence[float], pairs: Sequence[Pair], trust: Sequence[float]) -> list[float]:
    slope = [-value for value in values]
    for (_judge, win, lose), weight in zip(pairs, trust, strict=True):
        push = weight - _logistic(values[win] - values[lose])
        slope[win] += push
        slope[lose] -= push
    return slope


def _curve(values: Sequence[float], pairs: Sequence[Pair], trust: Sequence[float]) -> list[list[float]]:
    """The curvature of what is maximised, positive definite by the prior; less where a vote is doubted."""
    size = len(values)
    curve = [[float(row == column) for column in range(size)] for row in range(size)]
    for (_judge, win, lose), sure in zip(pairs, trust, strict=True):
        p = _logistic(values[win] - values[lose])
        weight = max(0.0, p * (1 - p) - sure * (1 - sure))
        curve[win][win] += weight
        curve[lose][lose] += weight
        curve[win][lose] -= weight
        curve[lose][win] -= weight
    return curve


def _cholesky(matrix: list[list[float]]) -> list[list[float]]:
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for row in range(size):
        mine = lower[row]
        for column in range(row + 1):
            theirs = lower[column]
            done = sum(a * b for a, b in zip(mine[:column], theirs[:column], strict=True))
            rest = matrix[row][column] - done
            mine[column] = math.sqrt(rest) if row == column else rest / theirs[column]
    return lower


def _solve(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    lower = _cholesky(matrix)
    size = len(right)
    half = [0.0] * size
    for row in range(size):
        half[row] = (right[row] - sum(lower[row][c] * half[c] for c in range(row))) / lower[row][row]
    found = [0.0] * size
    for row in reversed(range(size)):
        done = sum(lower[each][row] * found[each] for each in range(row + 1, size))
        found[row] = (half[row] - done) / lower[row][row]
    return found


def _diagonal_of_inverse(matrix: list[list[float]]) -> list[float]:
    size = len(matrix)
    lower = _cholesky(matrix)
    diagonal = [0.0] * size
    for unit in range(size):
        half = [0.0] * size
        for row in range(unit, size):
            done = sum(lower[row][c] * half[c] for c in range(unit, row))
            half[row] = (float(row == unit) - done) / lower[row][row]
        diagonal[unit] = sum(each * each for each in half)
    return diagonal


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of an entry while comparing goes on: a normal distribution."""

    mean: float = 0.0
    variance: float = 1.0


def believe(entries: Collection[str], votes: Sequence[Preferred], good: float) -> dict[str, Belief]:
    """Beliefs after these votes in their order, by the one-vote update of the same model (fast, no fit)."""
    beliefs = dict.fromkeys(entries, Belief())
    for vote in votes:
        if vote.winner in beliefs and vote.loser in beliefs:
            one, other = beliefs[vote.winner], beliefs[vote.loser]
            d = one.mean - other.mean
            p, r = _logistic(d), _trust(good, d)
            bend = r * (1 - r) - p * (1 - p)
            beliefs[vote.winner] = _moved(one, r - p, bend)
            beliefs[vote.loser] = _moved(other, p - r, bend)
    return beliefs


def _moved(belief: Belief, push: float, bend: float) -> Belief:
    shrunk = max(1e-4, 1 + belief.variance * bend)
    return Belief(belief.mean + belief.variance * push, belief.variance * min(1.0, shrunk))


def gain(one: Belief, other: Belief, good: float) -> float:
    """How much the answer to this pair is expected to tell, in nats.

    That is the entropy of the answer, less what would be left of it if the strengths were known.
    """
    mean, spread = one.mean - other.mean, math.sqrt(one.variance + other.variance)
    answer = left = 0.0
    for at, weight in NODES:
        p = _logistic(mean + spread * at)
        q = good * p + (1 - good) * (1 - p)
        answer += weight * q
        left += weight * _entropy(q)
    return _entropy(answer) - left


def _entropy(p: float) -> float:
    return -sum(each * math.log(each) for each in (p, 1 - p) if each > 0)


def next_pair(
    mine: Collection[str],
    seen: Collection[frozenset[str]],
    beliefs: Mapping[str, Belief],
    good: float,
    rank: Mapping[str, str],
) -> tuple[str, str] | None:
    """The pair among `mine` that tells most, not `seen` by this judge; None where all were.

    `rank` splits equal ones: a fixed text for each entry, so the same state gives the same pair. Of many
    entries only the `CLOSE` least known are looked at.
    """
    least_known = sorted(mine, key=lambda e: (-beliefs[e].variance, rank[e]))
    for some in (least_known[:CLOSE], least_known):
        best = min(
            (pair for pair in combinations(some, 2) if frozenset(pair) not in seen),
            key=lambda pair: (
                -round(gain(beliefs[pair[0]], beliefs[pair[1]], good), 12),
                rank[pair[0]] + rank[pair[1]],
            ),
            default=None,
        )
        if best is not None:
            return best
    return None
