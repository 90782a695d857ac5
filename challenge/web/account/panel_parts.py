"""What a panel of the hub is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a panel: where it leads, how it stands, what is to be done and until when."""

    href: str
    title: str
    kind: str | None = None
    state: str | None = None
    note: str = ""
    closes_at: dt.datetime | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Panel:
    """One role's work: its lines, or in words why there are none, and the way on."""

    title: str
    lines: Sequence[Line]
    empty: str = ""
    href: str | None = None
    label: str = ""
