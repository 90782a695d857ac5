"""Every total can be followed with a pencil, and the pencil arrives where the ranking did."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from challenge.rules.explaining import Said, explain
from challenge.rules.scoring import Basis, Method, PanelRule, rank
from tests.rules.scorecards import IDEA, PLAN, cards


def test_extremes_are_shown_as_left_out() -> None:
    entry = cards(idea="10 8 8 7.5 0", plan="5 5 5 5 5")
    found = explain(entry, Method(), (IDEA, PLAN))
    idea = found.steps[0]
    assert [(said.judge, said.value) for said in idea.said if said.dropped] == [
        ("judge 0", Decimal(10)),
        ("judge 4", Decimal(0)),
    ]
    assert (idea.exact, idea.whole, idea.rounded, idea.weighted) == (
        Decimal("7.833333"),
        False,
        Decimal("7.83"),
        Decimal("15.66"),
    )
    assert found.total == Decimal("20.66")


def test_totals_of_judges_are_condensed_at_once() -> None:
    found = explain(cards(idea="8 6 -", plan="5 5 9"), Method("median", "total", 1), (IDEA, PLAN))
    assert found.totals == (Said("judge 0", Decimal(21)), Said("judge 1", Decimal(17)))
    assert (len(found.steps), found.steps[0].exact, found.total) == (1, Decimal(19), Decimal("19.0"))


def test_a_criterion_nobody_scored_leaves_no_total() -> None:
    found = explain(cards(idea="8 6", plan="- -"), Method(), (IDEA, PLAN))
    assert (found.steps[1].said, found.steps[1].rounded, found.total) == ((), None, None)


@pytest.mark.parametrize("basis", ["criterion", "total"])
@pytest.mark.parametrize("rule", ["mean", "median", "trimmed"])
def test_the_steps_lead_to_the_total_of_the_ranking(rule: PanelRule, basis: Basis) -> None:
    chance = random.Random(7)
    for places in (0, 1, 2, 4):
        for count in range(1, 10):
            columns = {
                name: " ".join(
                    "-" if chance.random() < 0.1 else str(chance.randrange(0, 21) / 2) for _ in range(count)
                )
                for name in ("idea", "plan")
            }
            entry, method = cards(**columns), Method(rule, basis, places)
            (placed,) = rank({"entry": entry}, method, (IDEA, PLAN))
            assert explain(entry, method, (IDEA, PLAN)).total == placed.total, (columns, places)
