"""What each figure of the funnel means (docs/figures.md says it in words): a record in, its facts out.

A record is what the features know of one need, or of a round's solutions to no need.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from challenge.rules.figures import AMOUNT, AMOUNT_ENDED, CONTRACTS_IN, Cell, Fact, Figures, bit

INTENT = "intent"
NO_FIELD = "-"


@dataclass(frozen=True, slots=True)
class Solution:
    """One that was handed in and not taken back. `team` tells it from other teams."""

    at: dt.datetime
    team: str
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A docking that was held."""

    at: dt.datetime
    team: str
    organization_id: int | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """An agreement that all its parties have signed, whatever became of it since."""

    kind: str
    signed_at: dt.datetime
    team: str
    organization_id: int | None = None
    ended: bool = False
    completed_at: dt.datetime | None = None
    total_minor: int | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Record:
    """What the features know of a need; or with `kind` round, of a round's solutions to no need.

    `root_id`: the need that it repeats in a later edition, else itself. `collected_at`: first handed in.
    """

    kind: str
    thing_id: int
    programme_id: int
    round_id: int
    zone: str
    path: tuple[int, ...]
    field: str | None = None
    root_id: int | None = None
    seeker_id: int | None = None
    collected_at: dt.datetime | None = None
    published_at: dt.datetime | None = None
    delivered: bool = False
    solutions: tuple[Solution, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    deals: tuple[Deal, ...] = ()


def fact_of(record: Record) -> Fact | None:
    """What counts of it; None for what was never handed in, or a round without such solutions."""
    moments = _moments(record)
    if not moments or (record.kind == "need" and "collected" not in moments):
        return None
    numbers = _numbers(record)
    first = moments.get("collected") or min(moments.values())
    year = first.astimezone(ZoneInfo(record.zone)).year
    place = (record.programme_id, record.round_id, record.path)
    cell = Cell(*place, record.field or NO_FIELD, year)
    return Fact(record.kind, record.thing_id, cell, moments, numbers, _members(record, moments))


def _moments(record: Record) -> dict[str, dt.datetime]:
    intents = [deal for deal in record.deals if deal.kind == INTENT]
    contracts = [deal for deal in record.deals if deal.kind != INTENT]
    signed = _first(deal.signed_at for deal in contracts)
    completed = _first(deal.completed_at for deal in contracts)
    if completed is None and record.delivered:
        completed = signed or record.published_at or record.collected_at
    found = {
        "collected": _first((record.collected_at, record.published_at)),
        "published": record.published_at,
        "answered": _first(each.at for each in record.solutions),
        "docked": _first(each.at for each in record.meetings),
        "intent": _first(deal.signed_at for deal in intents),
        "contract": signed,
        "delivered": completed,
    }
    return {step: at for step, at in found.items() if at is not None}


def _first(moments: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return min((at for at in moments if at is not None), default=None)


def _numbers(record: Record) -> dict[str, int]:
    found: Figures = Counter(solutions=len(record.solutions), dockings=len(record.meetings))
    for deal in record.deals:
        if deal.kind == INTENT:
            found["intents"] += 1
            found["intents_ended"] += deal.ended
            continue
        found["contracts"] += 1
        found["contracts_ended"] += deal.ended
        found["contracts_completed"] += deal.completed_at is not None
        if deal.total_minor is not None:
            found[CONTRACTS_IN + deal.currency] += 1
        found[AMOUNT + deal.currency] += deal.total_minor or 0
        found[AMOUNT_ENDED + deal.currency] += (deal.total_minor or 0) * deal.ended
    return {name: count for name, count in found.items() if count}


def _members(record: Record, moments: Mapping[str, dt.datetime]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    if record.kind == "need":
        reached = sum(bit(step) for step in moments)
        found["need", str(record.root_id or record.thing_id)] = reached
        found["seeker", str(record.seeker_id)] = reached
    for step, each in _who(record):
        found["team", each.team] |= bit(step)
        if each.organization_id is not None:
            found["organization", str(each.organization_id)] |= bit(step)
    return dict(found)


def _who(record: Record) -> Iterator[tuple[str, Solution | Meeting | Deal]]:
    yield from (("answered", each) for each in record.solutions)
    yield from (("docked", each) for each in record.meetings)
    for deal in record.deals:
        yield ("intent" if deal.kind == INTENT else "contract"), deal
        if deal.kind != INTENT and deal.completed_at is not None:
            yield "delivered", deal
