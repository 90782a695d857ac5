"""Whole rankings: against published results, at size, and for any scores at all."""

import csv
import random
import time
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.scoring import Criterion, Method, rank
from tests.rules.scorecards import alone, criterion

DATA = Path(__file__).parents[1] / "data" / "judged-scores"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_published_rounds_are_reproduced_to_the_cent() -> None:
    criteria: dict[str, list[Criterion]] = defaultdict(list)
    for row in rows("criteria"):
        scale = (Decimal(row[name]) for name in ("minimum", "maximum", "step", "weight"))
        criteria[row["round"]].append(Criterion(row["criterion"], *scale))
    rounds: dict[str, dict[str, dict[str, dict[str, Decimal | None]]]] = defaultdict(dict)
    for row in rows("scores"):
        card = rounds[row["round"]].setdefault(row["entry"], {}).setdefault(row["judge"], {})
        card[row["criterion"]] = Decimal(row["score"]) if row["score"] else None
    placed = {(name, p.entry): p for name in rounds for p in rank(rounds[name], Method(), criteria[name])}

    panels = {
        (row["round"], row["entry"], row["criterion"]): Decimal(row["panel_score"])
        for row in rows("published")
    }
    totals = {(row["round"], row["entry"]): Decimal(row["published_total"]) for row in rows("entries")}
    assert {key: placed[key].total for key in totals} == totals
    assert {(*key, c): score for key, p in placed.items() for c, score in p.panel.items()} == panels
    assert (len(panels), len(totals)) == (65, 13)


def test_large_competition_is_ranked_at_once() -> None:
    dice = random.Random(7)
    criteria = [criterion(f"criterion {n}", "1.6", minimum="0.25", step="0.25") for n in range(5)]
    steps = [Decimal(n) / 4 for n in range(1, 41)]
    entries = {
        f"entry {e}": {f"judge {j}": {c.id: dice.choice(steps) for c in criteria} for j in range(9)}
        for e in range(1143)
    }
    started = time.perf_counter()
    ranking = rank(entries, Method(), criteria)
    assert time.perf_counter() - started < 1.5
    assert len(ranking) == 1143


SCORES = st.integers(0, 20).map(lambda n: Decimal(n) / 2)
CARDS = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.dictionaries(st.sampled_from(["idea", "plan", "team"]), st.none() | SCORES),
    max_size=8,
)
ENTRIES = st.dictionaries(st.sampled_from("uvwxyz"), CARDS, max_size=6)
CRITERIA = [criterion("idea", "1.5"), criterion("plan", "0.35"), criterion("team", "1.5")]
METHODS = st.builds(
    Method,
    st.sampled_from(["mean", "median", "trimmed"]),
    st.sampled_from(["criterion", "total"]),
    st.integers(0, 4),
    st.permutations(["weightiest", "median"]).map(tuple),
)


@given(ENTRIES, METHODS, st.randoms())
def test_ranking_does_not_depend_on_any_order(
    entries: dict[str, dict[str, dict[str, Decimal | None]]], method: Method, dice: random.Random
) -> None:
    def stirred(things: dict[str, Any]) -> dict[str, Any]:
        keys = dice.sample(list(things), len(things))
        return {key: stirred(v) if isinstance(v := things[key], dict) else v for key in keys}

    other = rank(stirred(entries), method, dice.sample(CRITERIA, len(CRITERIA)))
    assert other == rank(entries, method, CRITERIA)


def by_the_book(entry: dict[str, dict[str, Decimal | None]], method: Method) -> Decimal | None:
    """The rule as judging describes it, slowly, in fractions."""

    def rounded(value: Fraction) -> Decimal:
        unit = Decimal(1).scaleb(-method.places)
        exact = Decimal(value.numerator * 10**9 // value.denominator) / 10**9  # floor: never makes a half
        return exact.quantize(unit, ROUND_HALF_UP)

    def said(scores: list[Fraction]) -> Decimal:
        if method.rule == "median":
            return rounded(median(scores))
        if method.rule == "trimmed" and len(scores) >= 5:
            scores = sorted(scores)[1:-1]
        return rounded(sum(scores, Fraction()) / len(scores))

    weights = {c.id: c.weight for c in CRITERIA}
    if method.basis == "total":
        whole = [card for card in entry.values() if all(card.get(c) is not None for c in weights)]
        totals = [sum(Fraction(card[c] or 0) * Fraction(w) for c, w in weights.items()) for card in whole]
        return said([Fraction(total) for total in totals]) if totals else None
    total = Decimal(0)
    for name, weight in weights.items():
        present = [Fraction(score) for card in entry.values() if (score := card.get(name)) is not None]
        if not present:
            return None
        total += rounded(Fraction(said(present)) * Fraction(weight))
    return total


@given(ENTRIES, METHODS)
def test_totals_are_those_of_the_book_and_places_follow_them(
    entries: dict[str, dict[str, dict[str, Decimal | None]]], method: Method
) -> None:
    ranking = rank(entries, method, CRITERIA)
    assert {p.entry: p.total for p in ranking} == {
        name: by_the_book(e, method) for name, e in entries.items()
    }
    scored = [p for p in ranking if p.total is not None]
    assert [p.total for p in scored] == sorted((p.total for p in scored if p.total is not None), reverse=True)
    places = [p.place for p in scored]
    totals = [p.total for p in scored]
    for placed in scored:
        assert placed.place in range(totals.index(placed.total) + 1, len(scored) + 1)
        assert placed.place == 1 + places.index(placed.place)
        assert placed.shared == (places.count(placed.place) > 1)


@given(st.lists(SCORES, min_size=1, max_size=9), st.sampled_from(["mean", "median", "trimmed"]))
def test_panel_never_leaves_the_range_of_its_judges(scores: list[Decimal], rule: str) -> None:
    entry = {f"judge {n}": {"idea": score} for n, score in enumerate(scores)}
    method = Method.from_json(Method().to_json() | {"rule": rule})
    total, _ = alone(entry, method, criterion("idea", "1"))
    assert total is not None
    assert min(scores) <= total <= max(scores)
