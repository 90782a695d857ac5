"""What several papers say alike: a day with its year, a title in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from challenge.base import i18n


def day(at: dt.datetime, zone: str) -> str:
    """A day with its year: a paper is read years later."""
    local = at.astimezone(ZoneInfo(zone))
    if i18n.reader().zh:
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {local:%B %Y}"


def title(signed: Mapping[str, Any], name: str = "title") -> str:
    """A title or name that was signed in one language or both."""
    both = (signed[f"{name}_zh"], signed[f"{name}_en"])
    first, second = both if i18n.reader().zh else both[::-1]
    return str(first or second or "")
