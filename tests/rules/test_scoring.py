"""Scorecards to a ranking, worked by hand: weights, trimming, absence, and each step of a tie."""

from decimal import Decimal

import pytest

from challenge.rules.scoring import Cards, Method, rank
from tests.rules.scorecards import IDEA, PLAN, alone, cards, criterion


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
    entry: Cards = {"a": {"idea": Decimal(8), "plan": Decimal(6)}, "b": {"idea": None}, "c": {}}
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


def test_ranking_refuses_criteria_it_cannot_tell_apart_and_scores_that_are_none() -> None:
    with pytest.raises(ValueError, match="criteria"):
        rank({}, Method(), [])
    with pytest.raises(ValueError, match="criteria"):
        rank({}, Method(), [IDEA, IDEA])
    with pytest.raises(ValueError, match="finite"):
        rank({"a": {"judge": {"idea": Decimal("NaN")}}}, Method(), [IDEA])
