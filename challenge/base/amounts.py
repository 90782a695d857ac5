"""Money in the reader's way."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext

from challenge.base import i18n


def money(minor: int | None, currency: str = "CNY") -> str:
    """An amount with its unit: '60 万元', 'CNY 600,000'; empty for none."""
    if minor is None:
        return ""
    major = Decimal(minor) / 100
    if i18n.reader().zh and currency == "CNY":
        if abs(major) >= 10000:
            return f"{_plain(major / 10000)} 万元"
        return f"{_plain(major)} 元"
    return f"{currency} {_plain(major)}"


def money_range(low: int | None, high: int | None, currency: str = "CNY") -> str:
    """A budget: one amount where both ends are equal, an open end in words."""
    if low is None and high is None:
        return gettext("Open to offers")
    if low is None:
        return gettext("up to %(amount)s", amount=money(high, currency))
    if high is None:
        return gettext("from %(amount)s", amount=money(low, currency))
    if low == high:
        return money(low, currency)
    if i18n.reader().zh and currency == "CNY" and low >= 1_000_000:
        return f"{_plain(Decimal(low) / 1_000_000)}–{_plain(Decimal(high) / 1_000_000)} 万元"
    return f"{money(low, currency)}–{_plain(Decimal(high) / 100)}"


def _plain(value: Decimal) -> str:
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
