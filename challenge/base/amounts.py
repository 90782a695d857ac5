"""Money in the reader's way."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext

from challenge.base import i18n


def in_wan(currency: str) -> bool:
    """Whether the reader counts this currency in 万元: by their choice, or else by their language."""
    who = i18n.reader()
    return currency == "CNY" and (who.money == "wan" or (who.money == "" and who.zh))


def money(minor: int | None, currency: str = "CNY") -> str:
    """An amount with its unit: '60 万元', '600,000 元', 'CNY 600,000'; empty for none."""
    if minor is None:
        return ""
    major = Decimal(minor) / 100
    if in_wan(currency) and abs(major) >= 10000:
        return f"{_plain(major / 10000, 6)} 万元"
    if i18n.reader().zh and currency == "CNY":
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
    wan = in_wan(currency)
    if currency == "CNY" and (i18n.reader().zh or wan) and (low >= 1_000_000 or not wan):
        scale, places, unit = (1_000_000, 6, "万元") if wan else (100, 2, "元")
        return f"{_plain(Decimal(low) / scale, places)}–{_plain(Decimal(high) / scale, places)} {unit}"
    return f"{money(low, currency)}–{_plain(Decimal(high) / 100)}"


def _plain(value: Decimal, places: int = 2) -> str:
    """Without needless zeros; 万元 has six places down to the fen, or a sum would not be the same in both."""
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
