"""Foreign spellings of sums: a table of shapes, and an honest answer for any text at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.exchange.spellings import Amount, Guess, Loss, read_amount
from challenge.rules.money import MOST_MINOR


def codes(notes: tuple[Guess, ...] | tuple[Loss, ...]) -> set[str]:
    return {note.code for note in notes}


@pytest.mark.parametrize(
    ("text", "main", "currency", "guesses"),
    [
        ("$250,000", 250_000, "USD", ""),
        ("$20,500,000", 20_500_000, "USD", ""),
        ("$20,000,000.00", 20_000_000, "USD", ""),
        ("$500", 500, "USD", ""),
        ("$ 1,750", 1_750, "USD", ""),
        ("$75,000.", 75_000, "USD", ""),
        ("$0", 0, "USD", ""),
        ("Up to $240,000", 240_000, "USD", "up_to"),
        ("Up to $500k", 500_000, "USD", "up_to"),
        ("$1.5 million", 1_500_000, "USD", ""),
        ("$1.2345 million", 1_234_500, "USD", ""),
        ("$20.5M in total", 20_500_000, "USD", ""),
        ("$1MM", 1_000_000, "USD", ""),
        ("2 million dollars", 2_000_000, "USD", ""),
        ("half a million dollars", 500_000, "USD", ""),
        ("over $34 billion", 34_000_000_000, "USD", "at_least"),
        ("approximately $47,268", 47_268, "USD", "approximate"),
        ("$10,000+", 10_000, "USD", "at_least"),
        ("($10,000)", 10_000, "USD", ""),
        ("$10,000 - $50,000", 50_000, "USD", "range"),
        ("$10-50k", 50_000, "USD", "range"),
        ("from a minimum of $10,000 up to $50,000", 50_000, "USD", "range"),
        ("between $10,000 and $60,000", 60_000, "USD", "range"),
        ("250,000", 250_000, "USD", "no_currency"),
        ("75000.00", 75_000, "USD", "no_currency"),
        ("50,000 US dollars", 50_000, "USD", ""),
        ("US$250,000", 250_000, "USD", ""),
        ("CAD 5,000", 5_000, "CAD", ""),
        ("£10,000", 10_000, "GBP", ""),
        ("€1.500,50", 1_500.50, "EUR", "decimal_comma"),
        ("€1.500", 1_500, "EUR", "grouping"),
        ("$50.000", 50_000, "USD", "grouping"),
        ("$1,00,000", 100_000, "USD", "grouping"),
        ("CHF 50'000", 50_000, "CHF", ""),
        ("$ 50 000", 50_000, "USD", ""),
        ("¥600,000", 600_000, "CNY", "currency"),
        ("60.5 万元", 605_000, "CNY", ""),
        ("1.2亿元人民币", 120_000_000, "CNY", ""),
        ("RMB 600,000", 600_000, "CNY", ""),
    ],
)
def test_spellings_of_a_sum(text: str, main: float, currency: str, guesses: str) -> None:
    amount = read_amount(text)
    assert (amount.minor, amount.currency) == (main * 100, currency)
    assert codes(amount.guesses) == set(guesses.split())
    assert amount.losses == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("Non-cash", "non_cash"),
        ("Recognition", "non_cash"),
        ("TBD", "undecided"),
        ("N/A", "undecided"),
        ("100 winners", "unread"),
        ("ten winners", "unread"),
        ("-$500", "negative"),
        ("$" + "9" * 17, "too_large"),
        ("$" + "9" * 280, "too_large"),
    ],
)
def test_text_without_a_sum_says_why(text: str, code: str) -> None:
    amount = read_amount(text)
    assert amount.minor is None
    assert amount.losses[0].code == code


def test_of_several_sums_the_total_counts_or_else_the_largest() -> None:
    total = read_amount("Total prize purse of $100,000; first prize $160,000")
    assert (total.minor, codes(total.guesses)) == (10_000_000, set())
    assert Loss("other_amount", "$160,000") in total.losses
    largest = read_amount("1st: $25,000, 2nd: $10,000")
    assert (largest.minor, codes(largest.guesses)) == (2_500_000, {"several_amounts"})
    assert read_amount("$10,000 x 10 = $100,000").minor == 10_000_000


def test_what_the_reading_does_not_keep_is_a_loss() -> None:
    assert read_amount("$100,000 and non-cash prizes").losses == (Loss("non_cash", "non-cash"),)
    assert read_amount("$5,000/month").losses == (Loss("unread", "/month"),)
    assert read_amount("3 prizes of $5,000 each") == Amount(
        500_000, "USD", (Guess("each", "each"),), (Loss("unread", "3 prizes of"),)
    )


def test_sum_is_told_in_the_currencys_own_minor_units() -> None:
    assert read_amount("1,000,000 yen") == Amount(1_000_000, "JPY")
    assert read_amount("¥500", "JPY") == Amount(500, "JPY", (Guess("currency", "JPY"),))
    assert read_amount("$500", "CAD") == Amount(50_000, "CAD")
    assert read_amount("$500", "CNY") == Amount(50_000, "USD", (Guess("currency", "USD"),))
    assert read_amount("$1.0051") == Amount(101, "USD", (Guess("rounded", "$1.0051"),))


PIECES = st.sampled_from(
    re.split(
        r"\|",
        "$|€|¥|1|000|,|.|50|k| million| - | to |up to |万元|-|'| |total|each|=|(|)|non-cash|CNY |+|9999",
    )
)


@given(st.text() | st.lists(PIECES, max_size=14).map("".join))
def test_any_text_gives_an_amount(text: str) -> None:
    amount = read_amount(text)
    if amount.minor is None:
        assert amount.losses
    else:
        assert 0 <= amount.minor <= MOST_MINOR


@given(st.integers(0, MOST_MINOR))
def test_every_sum_is_read_back(minor: int) -> None:
    assert read_amount(f"${minor // 100:,}.{minor % 100:02}") == Amount(minor, "USD")
