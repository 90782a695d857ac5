"""The clock of a stage: how much of a part is left, whether it runs or stands still."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Part = Literal["presentation", "questions"]
PARTS: tuple[Part, ...] = ("presentation", "questions")


@dataclass(frozen=True, slots=True)
class Timer:
    """One part on stage: its length, what was used up before, and since when it runs again, if it does."""

    seconds: int
    spent_ms: int = 0
    running_since: dt.datetime | None = None

    def spent(self, now: dt.datetime) -> int:
        """Milliseconds that are used up; a clock that stepped back takes none of them away."""
        if self.running_since is None:
            return self.spent_ms
        return self.spent_ms + max(0, round((now - self.running_since) / dt.timedelta(milliseconds=1)))

    def left(self, now: dt.datetime) -> int:
        """Whole seconds that are left, rounded up; below zero once the time is over."""
        return -((self.spent(now) - 1000 * self.seconds) // 1000)

    @property
    def ends_at(self) -> dt.datetime | None:
        """When it will be over; None while it stands still."""
        if self.running_since is None:
            return None
        return self.running_since + dt.timedelta(milliseconds=1000 * self.seconds - self.spent_ms)


def clock_text(seconds: int) -> str:
    """`7:05`, and `-0:12` once it is over."""
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes}:{rest:02}"
