"""A filled workbook against its layout: what is wrong stands at its cell, whatever somebody typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.rules.paper_scores import Known, check, keys
from challenge.rules.scales import Criterion

TEN = (Decimal(0), Decimal(10), Decimal("0.5"), Decimal(1))
KNOWN = Known(
    (Criterion("7", *TEN), Criterion("8", *TEN)),
    frozenset({"S-1", "S-2"}),
    frozenset({"J1", "J2"}),
    {("S-1", "J1"): "", ("S-2", "J1"): "card_locked", ("S-1", "J2"): "card_conflict"},
)
KEYS = keys(KNOWN.criteria)


def row(code: str, judge: str, *scores: str) -> list[str]:
    return [code, "a title", judge, "a name", *scores]


def found(*rows: list[str]) -> dict[str, str]:
    checked = check([["words"], list(KEYS), *rows], KNOWN)
    return {fault.cell: fault.code for fault in checked.faults}


def test_whole_rows_are_cards_and_empty_ones_are_none() -> None:
    rows = [["words"], list(KEYS), row("S-1", "J1", "7.5", "10"), row("S-2", "J1", "", " "), []]
    checked = check(rows, KNOWN)
    assert [(card.code, card.judge, card.scores) for card in checked.cards] == [
        ("S-1", "J1", {"7": "7.5", "8": "10"})
    ]
    assert checked.faults == ()


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        (row("S-1", "J1", "11", "7.3"), {"E3": "off_scale", "F3": "off_step"}),
        (row("S-1", "J1", "1,234", "nan"), {"E3": "score_not_a_number", "F3": "score_not_a_number"}),
        (row("S-1", "J1", "=E4", "5"), {"E3": "cell_formula"}),
        (row("S-1", "J1", "5"), {"F3": "score_missing"}),
        (row("S-9", "J1", "5", "5"), {"A3": "code_unknown"}),
        (row("S-1", "J9", "5", "5"), {"C3": "judge_unknown"}),
        (row("S-2", "J1", "5", "5"), {"A3": "card_locked"}),
        (row("S-1", "J2", "5", "5"), {"A3": "card_conflict"}),
        (row("S-2", "J2", "5", "5"), {"A3": "card_not_assigned"}),
    ],
)
def test_each_fault_stands_at_its_cell(typed: list[str], faults: dict[str, str]) -> None:
    assert found(typed) == faults


def test_the_same_card_twice_is_told_at_the_second() -> None:
    assert found(row("S-1", "J1", "5", "5"), row("S-1", "J1", "6", "6")) == {"A4": "row_twice"}


def test_columns_are_where_they_belong_or_nothing_is_read() -> None:
    for head, wrong in (
        ([*KEYS[:4], "c8", "c7"], {"E2": "column_moved", "F2": "column_moved"}),
        (KEYS[:5], {"F2": "column_missing"}),
        ([*KEYS, "c9"], {"G2": "column_unknown"}),
    ):
        checked = check([["words"], list(head), row("S-1", "J1", "5", "5")], KNOWN)
        assert {fault.cell: fault.code for fault in checked.faults} == wrong
        assert (checked.readable, checked.cards) == (False, ())
    assert [fault.code for fault in check([], KNOWN).faults] == ["no_key_row"]


@given(rows=st.lists(st.lists(st.text(max_size=8), max_size=8), max_size=6))
def test_nothing_that_is_typed_breaks_it(rows: list[list[str]]) -> None:
    assert check([["words"], list(KEYS), *rows], KNOWN).readable
