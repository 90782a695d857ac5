"""Sums of money as people type them, to minor units and back; 元 and 万元 are never confused."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["yuan", "wan"]
"""What a typed figure counts: the currency's main unit (元, dollars), or ten thousand of it (万元)."""
AmountFault = Literal["empty", "not_a_number", "negative", "too_precise", "too_large", "other_unit"]

MOST_MINOR = 10**15
"""The largest sum kept, in minor units; every database's big integer holds it many times over."""
_OTHER_DIGITS = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "XPF", "UGX", "PYG"), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND", "IQD", "LYD"), 3),
}
_FACTOR = {"yuan": 1, "wan": 10_000}
_TYPED = re.compile(
    r"(?P<minus>-)?\s*(?:[$¥€£]|[a-z]{3}\b)?\s*(?P<minus_t>-)?\s*"
    r"(?P<figure>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
    r"\s*(?P<unit>万元?|元)?(?:人民币)?",
    re.ASCII,
)
_UNIT_NAMED = {"元": "yuan", "万": "wan", "万元": "wan"}


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount with its currency, as a parameter of a refusal: the reader's page writes it out."""

    minor: int
    currency: str


def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217): CNY 2, JPY 0, KWD 3."""
    return _OTHER_DIGITS.get(currency.upper(), 2)


def parse_amount(text: str, unit: Unit = "yuan", digits: int = 2) -> int | AmountFault:
    """Minor units of the sum typed into a field that counts in `unit`, or what is wrong with it.

    Full-width figures and 1,234.50 are read; 60 万元 in a field of 元 is "other_unit", not a guess.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip().lower()
    if not plain:
        return "empty"
    match = _TYPED.fullmatch(plain)
    if match is None or len(plain) > 60:
        return "not_a_number"
    if match["unit"] and _UNIT_NAMED[match["unit"]] != unit:
        return "other_unit"
    main, _, part = match["figure"].replace(",", "").partition(".")
    shift = digits + (4 if unit == "wan" else 0)
    part = part.rstrip("0")
    if len(part) > shift:
        return "too_precise"
    minor = int((main or "0") + part.ljust(shift, "0"))
    if minor and (match["minus"] or match["minus_t"]):
        return "negative"
    return "too_large" if minor > MOST_MINOR else minor


def amount_text(minor: int, unit: Unit = "yuan", digits: int = 2) -> str:
    """The sum as `parse_amount` reads it back: plain figures without grouping, no needless zeros."""
    whole, rest = divmod(minor, _FACTOR[unit] * 10**digits)
    shift = digits + (4 if unit == "wan" else 0)
    part = str(rest).zfill(shift).rstrip("0") if rest else ""
    return f"{whole}.{part}" if part else str(whole)


def to_minor(value: Decimal, currency: str) -> tuple[int, bool] | None:
    """Minor units of a sum in main units, rounded half-up, and whether nothing was rounded off.

    None where the sum is negative or larger than what is kept.
    """
    if not 0 <= value <= MOST_MINOR:
        return None
    numerator, denominator = value.as_integer_ratio()
    scaled = numerator * 10 ** minor_digits(currency)
    minor = (2 * scaled + denominator) // (2 * denominator)
    return (minor, scaled % denominator == 0) if minor <= MOST_MINOR else None
