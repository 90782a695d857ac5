"""Who has passed, to the last digit; how long a certificate holds; numbers and codes as people write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from challenge.rules import training
from challenge.rules.training import Bar

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("bar", "attended", "sessions", "mark", "passes"),
    [
        (Bar(80), 4, 5, None, True),
        (Bar(80), 3, 4, None, False),
        (Bar(67), 2, 3, None, False),  # 66.66... is below 67
        (Bar(66), 2, 3, None, True),
        (Bar(0), 0, 3, None, True),
        (Bar(0), 0, 0, None, False),  # nothing was held
        (Bar(50, Decimal("60.5")), 1, 2, Decimal("60.5"), True),
        (Bar(50, Decimal("60.5")), 1, 2, Decimal("60.49"), False),
        (Bar(50, Decimal("60.5")), 1, 2, None, False),
    ],
)
def test_whoever_reaches_both_bars_has_passed(
    bar: Bar, attended: int, sessions: int, mark: Decimal | None, passes: bool
) -> None:
    assert training.passed(bar, attended, sessions, mark) is passes


def test_a_certificate_holds_to_the_end_of_its_last_day_where_it_was_issued() -> None:
    issued = dt.datetime(2026, 8, 31, 17, 0, tzinfo=dt.UTC)  # the first of September in Shanghai
    assert training.holds_until(issued, 12, SHANGHAI) == dt.datetime(2027, 9, 1, 16, 0, tzinfo=dt.UTC)
    assert training.holds_until(issued, 6, BERLIN) == dt.datetime(2027, 2, 28, 23, 0, tzinfo=dt.UTC)
    assert training.holds_until(issued, None, BERLIN) is None


def test_numbers_and_codes_are_read_as_people_write_them() -> None:
    assert training.numbered(2026, 7) == "C-2026-0007"
    assert training.read_number(" c-2026-0007 ") == "C-2026-0007"
    assert training.read_number("C-2026-7") is None
    assert training.read_code("ab3-d e") == "AB3DE"
