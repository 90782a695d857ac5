"""Scorecards to a ranking: worked by hand, against published results, and for any scores at all."""

import csv
import random
import time
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.scoring import Cards, Criterion, Method, check_score, rank, read_score

DATA = Path(__file__).parents[1] / "data" / "judged-scores"


def criterion(
    name: str, weight: str, *, minimum: str = "0", maximum: str = "10", step: str = "0.5"
) -> Criterion:
    return Criterion(name, Decimal(minimum), Decimal(maximum), Decimal(step), Decimal(weight))


def cards(**scores: str) -> Cards:
    """Scorecards from columns: `idea="7 8 -"` is what three judges gave, `-` where one was absent."""
    columns = {name: text.split() for name, text in scores.items()}
    judges = len(next(iter(columns.values())))
    return {
        f"judge {n}": {
            name: None if column[n] == "-" else Decimal(column[n]) for name, column in columns.items()
        }
        for n in range(judges)
    }


def alone(
    entry: Cards, method: Method, *criteria: Criterion
) -> tuple[Decimal | None, dict[str, Decimal | None]]:
    (placed,) = rank({"entry": entry}, method, criteria)
    return placed.total, dict(placed.panel)


IDEA, PLAN = criterion("idea", "2"), criterion("plan", "1")


def test_panel_score_is_rounded_before_the_weight_and_after_it() -> None:
    heavy, light = criterion("idea", "1.5"), criterion("plan", "0.35")
    # 23/3 = 7.67; times 1.5 = 11.505, so 11.51. 20.5/3 = 6.83; times 0.35 = 2.3905, so 2.39.
    total, panel = alone(cards(idea="7 8 8", plan="6.5 7 7"), Method("mean"), heavy, light)
    assert panel == {"idea": Decimal("7.67"), "plan": Decimal("6.83")}
    assert total == Decimal("13.90")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ("7 8", "7.50"),
        ("7 8 10", "8.33"),
        ("1 9 9 10", "7.25"),  # four scorecards: nobody is dropped
        ("2 7 8 8.5 10", "7.83"),  # five: 2 and 10 are dropped, 23.5/3
        ("10 10 10 1 1 1", "5.50"),  # one of several highest is dropped, not all of them
        ("7 - 8 - 10", "8.33"),  # three of five present: the mean of three
        ("9 9 9 1 -", "7.00"),  # four of five present: not trimmed
    ],
)
def test_trimmed_drops_one_highest_and_one_lowest_from_five_scorecards_on(scores: str, expected: str) -> None:
    total, _ = alone(cards(idea=scores), Method("trimmed"), criterion("idea", "1"))
    assert total == Decimal(expected)


@pytest.mark.parametrize(
    ("scores", "expected"), [("7 8", "7.50"), ("1 9 10", "9.00"), ("1 2 9 10 10", "9.00")]
)
def test_median_is_the_middle_or_between_the_two(scores: str, expected: str) -> None:
    total, _ = alone(cards(idea=scores), Method("median"), criterion("idea", "1"))
    assert total == Decimal(expected)


def test_trimming_by_total_drops_whole_scorecards() -> None:
    entry = cards(idea="10 9 5 7 8", plan="2 9 8 7 6")
    # By criterion: idea (9+7+8)/3 = 8.00 twice, plan (8+7+6)/3 = 7.00.
    assert alone(entry, Method("trimmed", "criterion"), IDEA, PLAN)[0] == Decimal("23.00")
    # By total: the judges say 22, 27, 18, 21, 22; without 18 and 27 that is 65/3.
    assert alone(entry, Method("trimmed", "total"), IDEA, PLAN)[0] == Decimal("21.67")


def test_basis_of_totals_counts_only_whole_scorecards() -> None:
    entry = cards(idea="8 6 10", plan="6 7 -")
    total, panel = alone(entry, Method("mean", "total"), IDEA, PLAN)
    assert total == Decimal("20.50")  # 22 and 19; the third judge left the plan open
    assert panel == {"idea": Decimal("7.00"), "plan": Decimal("6.50")}


def test_places_are_the_methods_own() -> None:
    scores = cards(idea="7 8 8")
    assert str(alone(scores, Method("mean", places=0), criterion("idea", "1"))[0]) == "8"
    assert str(alone(scores, Method("mean", places=4), criterion("idea", "1"))[0]) == "7.6667"


def test_negative_halves_round_away_from_zero() -> None:
    scale = criterion("balance", "1", minimum="-5", maximum="5")
    assert alone(cards(balance="-1 -1.5"), Method("mean", places=1), scale)[0] == Decimal("-1.3")


def test_absent_is_absent_and_never_zero() -> None:
    entry = {"a": {"idea": Decimal(8), "plan": Decimal(6)}, "b": {"idea": None}, "c": {}}
    assert alone(entry, Method(), IDEA, PLAN)[0] == Decimal("22.00")


def test_criterion_nobody_scored_leaves_no_total_and_no_place() -> None:
    ranking = rank(
        {"open": cards(idea="9 9", plan="- -"), "whole": cards(idea="1 1", plan="1 1"), "none": {}},
        Method(),
        [IDEA, PLAN],
    )
    assert [(p.entry, p.place, p.total) for p in ranking] == [
        ("whole", 1, Decimal("3.00")),
        ("none", None, None),
        ("open", None, None),
    ]
    assert ranking[2].panel == {"idea": Decimal("9.00"), "plan": None}


def test_criterion_without_weight_is_shown_and_asks_for_nothing() -> None:
    remark = criterion("remark", "0")
    total, panel = alone(cards(idea="8 8", remark="- -"), Method(basis="total"), IDEA, remark)
    assert (total, panel) == (Decimal("16.00"), {"idea": Decimal("8.00"), "remark": None})


def test_weightiest_criterion_breaks_a_tie() -> None:
    first, second = rank(
        {"broad": cards(idea="7 7", plan="8 8"), "deep": cards(idea="8 8", plan="6 6")},
        Method(),
        [IDEA, PLAN],
    )
    assert (first.entry, first.place, first.total) == ("deep", 1, Decimal("22.00"))
    assert (second.entry, second.place, second.total) == ("broad", 2, Decimal("22.00"))
    assert not first.shared
    assert first.settled_by == "weightiest"
    assert [(t.step, t.value, t.rivals) for t in first.tries] == [("weightiest", Decimal("8.00"), ("broad",))]


def test_criteria_that_weigh_the_same_break_a_tie_together() -> None:
    idea, plan, team = criterion("idea", "2"), criterion("plan", "2"), criterion("team", "1")
    ranking = rank(
        {"a": cards(idea="9 9", plan="5 5", team="8 8"), "b": cards(idea="7 7", plan="8 8", team="6 6")},
        Method(),
        [idea, plan, team],
    )
    assert [(p.entry, p.tries[0].value) for p in ranking] == [
        ("b", Decimal("15.00")),
        ("a", Decimal("14.00")),
    ]


def test_median_of_the_judges_totals_breaks_what_the_weightiest_leaves() -> None:
    first, second = rank({"a": cards(idea="6 6 9"), "b": cards(idea="7 7 7")}, Method("mean"), [IDEA])
    assert (first.entry, second.entry) == ("b", "a")
    assert [(t.step, t.value) for t in first.tries] == [("weightiest", Decimal(7)), ("median", Decimal(14))]
    assert first.settled_by == second.settled_by == "median"


def test_vote_and_chair_break_ties_where_people_decided() -> None:
    method = Method("mean", ties=("weightiest", "median", "vote", "chair", "shared"))
    same = cards(idea="7 8")
    ranking = rank(
        {"a": same, "b": same, "c": same},
        method,
        [IDEA],
        {"vote": {"a": 1, "b": 2, "c": 1}, "chair": {"a": 0, "c": 1}},
    )
    assert [(p.entry, p.place, p.settled_by) for p in ranking] == [
        ("b", 1, "vote"),
        ("c", 2, "chair"),
        ("a", 3, "chair"),
    ]
    assert ranking[2].tries[-1].rivals == ("c",)


def test_vote_that_left_an_entry_out_decides_nothing() -> None:
    same = cards(idea="7 8")
    ranking = rank({"a": same, "b": same}, Method(ties=("vote",)), [IDEA], {"vote": {"b": 2}})
    assert [(p.entry, p.place, p.shared, p.settled_by) for p in ranking] == [
        ("a", 1, True, "shared"),
        ("b", 1, True, "shared"),
    ]


def test_what_no_step_resolves_shares_a_place() -> None:
    entries = {
        "d": cards(idea="1 1"),
        "c": cards(idea="7 7"),
        "b": cards(idea="7 7"),
        "a": cards(idea="9 9"),
    }
    ranking = rank(entries, Method(), [IDEA])
    assert [(p.entry, p.place, p.shared) for p in ranking] == [
        ("a", 1, False),
        ("b", 2, True),
        ("c", 2, True),
        ("d", 4, False),
    ]
    assert [t.step for t in ranking[1].tries] == ["weightiest", "median", "shared"]
    assert ranking[0].settled_by is None


def test_tie_order_is_the_declared_one() -> None:
    entries = {
        "steady": cards(idea="7 7 7", plan="8 8 8"),  # median 22, idea 7
        "bold": cards(idea="10 7 7", plan="6 6 6"),  # totals 26 20 20: median 20, idea 8
    }
    by_idea = rank(entries, Method("mean", ties=("weightiest", "median")), [IDEA, PLAN])
    by_median = rank(entries, Method("mean", ties=("median", "weightiest")), [IDEA, PLAN])
    assert [p.entry for p in by_idea] == ["bold", "steady"]
    assert [p.entry for p in by_median] == ["steady", "bold"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("7.5", None),
        ("0", None),
        ("-0", None),
        ("10.00", None),
        (Decimal("0.5"), None),
        (7, None),
        ("７．５", None),
        ("7.25", "off_step"),
        ("7.5000000000000000001", "off_step"),
        (Decimal("1E-1000"), "off_step"),
        (Decimal("5." + "0" * 200 + "1"), "off_step"),
        ("10.5", "off_scale"),
        ("-0.5", "off_scale"),
        (Decimal("1E+1000"), "off_scale"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1e1", "not_a_number"),
        ("1_0", "not_a_number"),
        ("", "not_a_number"),
        ("eight", "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (Decimal("-Infinity"), "not_a_number"),
        (None, "not_a_number"),
        (True, "not_a_number"),
        (7.5, "not_a_number"),  # a binary fraction is no decimal score
    ],
)
def test_score_stands_on_its_scale_or_is_told_why_not(value: object, code: str | None) -> None:
    assert check_score(IDEA, value) == code


def test_steps_count_from_the_minimum() -> None:
    scale = criterion("marks", "1", minimum="1", maximum="5", step="2")
    assert [check_score(scale, mark) for mark in range(1, 6)] == [None, "off_step", None, "off_step", None]


@given(st.text() | st.decimals() | st.floats() | st.integers())
def test_any_value_gets_a_verdict(value: object) -> None:
    if check_score(IDEA, value) is None:
        score = read_score(value)
        assert score is not None
        assert score * 2 in range(21)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "best"},
        {"basis": "judge"},
        {"places": -1},
        {"places": 7},
        {"places": True},
        {"ties": ("shared", "median")},
        {"ties": ("median", "median")},
        {"ties": ("coin",)},
    ],
)
def test_method_refuses_what_it_does_not_know(wrong: dict[str, object]) -> None:
    stored = Method().to_json() | wrong
    with pytest.raises(ValueError, match=r"."):
        Method.from_json(stored)


def test_method_survives_its_json() -> None:
    method = Method("median", "total", 3, ("median", "vote", "shared"))
    assert method.to_json() == {
        "rule": "median",
        "basis": "total",
        "places": 3,
        "ties": ["median", "vote", "shared"],
    }
    assert Method.from_json(method.to_json()) == method
    with pytest.raises(ValueError, match="not a stored method"):
        Method.from_json({"rule": "mean"})


@pytest.mark.parametrize(
    "wrong", [{"minimum": "10"}, {"step": "0"}, {"weight": "-1"}, {"weight": "NaN"}, {"maximum": "Infinity"}]
)
def test_criterion_refuses_a_scale_that_is_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="criterion idea"):
        criterion("idea", **{"weight": "1"} | wrong)


def test_ranking_refuses_criteria_it_cannot_tell_apart_and_scores_that_are_none() -> None:
    with pytest.raises(ValueError, match="criteria"):
        rank({}, Method(), [])
    with pytest.raises(ValueError, match="criteria"):
        rank({}, Method(), [IDEA, IDEA])
    with pytest.raises(ValueError, match="finite"):
        rank({"a": {"judge": {"idea": Decimal("NaN")}}}, Method(), [IDEA])


# ---------------------------------------------------------------- published results


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

    panels = {(row["round"], row["entry"], row["criterion"]): row["panel_score"] for row in rows("published")}
    totals = {(row["round"], row["entry"]): row["published_total"] for row in rows("entries")}
    assert {key: str(placed[key].total) for key in totals} == totals
    assert {(*key, c): str(score) for key, p in placed.items() for c, score in p.panel.items()} == panels
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


# ---------------------------------------------------------------- for any scores

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
    def stirred(things: dict[str, object]) -> dict[str, object]:
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
    for placed in scored:
        ahead = sum(1 for other in scored if other.place < placed.place)  # type: ignore[operator]
        assert placed.place == 1 + ahead
        assert placed.shared == (sum(1 for other in scored if other.place == placed.place) > 1)


@given(st.lists(SCORES, min_size=1, max_size=9), st.sampled_from(["mean", "median", "trimmed"]))
def test_panel_never_leaves_the_range_of_its_judges(scores: list[Decimal], rule: str) -> None:
    entry = {f"judge {n}": {"idea": score} for n, score in enumerate(scores)}
    method = Method.from_json(Method().to_json() | {"rule": rule})
    total, _ = alone(entry, method, criterion("idea", "1"))
    assert total is not None
    assert min(scores) <= total <= max(scores)
