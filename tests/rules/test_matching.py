"""What speaks for a match, and how orders become one."""

from __future__ import annotations

import pytest

from challenge.rules import matching
from challenge.rules.matching import Facts, Past, Reason, reasons


def codes(need: Facts, offer: Facts, past: Past | None = None, said: str = "") -> list[str]:
    return [reason.code for reason in reasons(need, offer, past or Past(), said)]


NEED = Facts(
    fields=frozenset({"energy"}),
    industries=frozenset({"C38"}),
    region="620102",
    trl=7,
    least_minor=100,
    most_minor=500,
    modes=frozenset({"joint", "licence"}),
    indicators=("Recovery rate", "纯度"),
)


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (Facts(), []),
        (Facts(fields=frozenset({"energy", "materials"})), ["field"]),
        (Facts(fields=frozenset({"services"})), ["other_field"]),
        (Facts(industries=frozenset({"C38", "C39"})), ["industry"]),
        (Facts(industries=frozenset({"C39"})), ["section"]),
        (Facts(industries=frozenset({"A01"})), []),
        (Facts(region="620105"), ["region"]),
        (Facts(region="620000"), ["province"]),
        (Facts(region="440100"), []),
        (Facts(trl=7), ["trl_ready"]),
        (Facts(trl=6), ["trl_gap"]),
        (Facts(least_minor=500), ["price_within"]),
        (Facts(least_minor=501), ["price_above"]),
        (Facts(most_minor=400), ["price_within"]),
        (Facts(least_minor=501, currency="EUR"), []),
        (Facts(modes=frozenset({"licence"})), ["modes"]),
    ],
)
def test_each_fact_speaks_only_where_both_sides_name_it(offer: Facts, expected: list[str]) -> None:
    assert codes(NEED, offer) == expected


def test_a_gap_of_two_levels_is_said_and_costs_nothing_and_a_wider_one_does() -> None:
    gaps = [reasons(Facts(trl=7), Facts(trl=trl), Past())[0] for trl in (5, 4, 1)]
    assert [reason.detail["gap"] for reason in gaps] == [2, 3, 6]
    assert [reason.worth for reason in gaps] == pytest.approx([0, -0.06, -0.24])


def test_an_offer_is_measured_against_ready_to_use_where_a_need_names_no_level() -> None:
    assert reasons(Facts(), Facts(trl=6), Past())[0].detail == {"has": 6, "wants": 8, "gap": 2}


def test_indicators_that_a_text_names_are_counted() -> None:
    [found] = reasons(NEED, Facts(), Past(), "a recovery rate of 96 %")
    assert found.to_json() == {"code": "indicators", "names": ["Recovery rate"], "of": 2}
    assert Reason.from_json(found.to_json()) == found


def test_what_was_answered_before_counts_on_both_sides() -> None:
    assert codes(Facts(), Facts(), Past(interested=1, declined=2)) == ["past_interested", "past_declined"]
    assert matching.balance(reasons(Facts(), Facts(), Past(interested=1))) > 0
    assert matching.balance(reasons(Facts(), Facts(), Past(declined=1))) < 0


def test_facts_move_a_match_by_at_most_their_share() -> None:
    good = [Reason(code) for code, worth in matching.WORTH.items() if worth > 0]
    bad = [Reason(code) for code, worth in matching.WORTH.items() if worth < 0 and code != "trl_gap"]
    assert matching.weighed(1, good) == pytest.approx(1.15)
    assert matching.weighed(1, bad) == pytest.approx(1 - 0.15 * 0.95)


def test_facts_come_back_from_plain_values() -> None:
    assert Facts.from_json(NEED.to_json()) == NEED


def test_places_are_fused_and_equal_scores_share_their_mean() -> None:
    first, second, third = matching.by_places([9, 5, 5], [0.3, 0.9, 0.1])
    assert first == pytest.approx((1 + 61 / 62) / 2)
    assert second == pytest.approx((61 / 62.5 + 1) / 2)
    assert third == pytest.approx((61 / 62.5 + 61 / 63) / 2)
    assert matching.by_places() == []


def test_scores_of_two_kinds_are_summed_by_their_deviations() -> None:
    assert matching.summed([1, 2, 3], [30, 20, 10]) == pytest.approx([0.49, 0, -0.49], abs=0.001)
    assert matching.summed([1, 1], [5, 5]) == [0, 0]
