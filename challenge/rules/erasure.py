"""Erasing a person: its states, how long one may take it back, how long signed contracts are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.lifecycle import table
from challenge.rules.predicates import Row, admin, signed_in

ERASURE = table(
    "erasure",
    "prepared",
    (
        ("prepared", "approve", "waiting"),
        ("prepared|waiting", "cancel", "cancelled"),
        ("waiting", "begin", "doing"),  # from here on nothing brings it back
        ("doing", "finish", "done"),
    ),
)
GOES_ON = ("prepared", "waiting", "doing")
SECOND_THOUGHTS = dt.timedelta(days=14)  # to take it back, when the person asked
# A contract, and a promise not to disclose, may be argued about for years: the longest usual limitation.
CONTRACT_YEARS, PROMISE_YEARS = 10, 5

ERASURES: Mapping[Action, tuple[Row, ...]] = {
    Action.ERASURE_ASK: ((signed_in,),),
    # Two keys: that they are two people is told by the service.
    Action.ERASURE_DECIDE: ((admin,),),
    Action.HOLD_SET: ((admin,),),
}


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day so many years on; of the 29th of February, the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
