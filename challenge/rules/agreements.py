"""What an agreement says: kinds, sides, and its terms as one value that versions keep and signatures bind."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

KINDS = ("intent", "development", "transfer", "licence", "service", "equity")
CONTRACTS = tuple(kind for kind in KINDS if kind != "intent")  # what counts as signed business
SIDES = ("seeker", "solver", "agency")  # the agency is there where it signs too
PAYMENTS = ("none", "once", "instalments", "royalty")
OWNERSHIPS = ("seeker", "solver", "joint", "as_written")


@dataclass(frozen=True, slots=True)
class Party:
    """One side as the paper names it: an organization, or a team that is none."""

    side: str
    name: str = ""
    code: str = ""  # of registration
    address: str = ""
    representative: str = ""  # who speaks for it in law
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is measured when something is handed over; taken from an indicator of the need, or written."""

    name: str
    unit: str = ""
    comparison: str = "yes"  # as of an indicator
    target: str | None = None
    level: str = "must"


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: what is delivered until when, and by what it is accepted."""

    title: str
    due_on: dt.date | None = None
    deliverables: str = ""
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of the plan, in the agreement's currency: due on a day, or once a milestone is accepted."""

    label: str
    amount_minor: int = 0
    due_on: dt.date | None = None
    step: int | None = None  # the milestone's place, from 1


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that is signed. Two terms are the same where their digests are."""

    kind: str = "intent"
    title: str = ""
    lang: str = "zh"
    parties: tuple[Party, ...] = ()
    scope: str = ""
    indicators: tuple[Criterion, ...] = ()
    currency: str = "CNY"
    total_minor: int | None = None
    payment: str = "none"
    payments: tuple[Payment, ...] = ()
    royalty: str = ""
    ownership: str = "as_written"
    ownership_text: str = ""
    confidential_months: int = 0
    confidentiality: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    milestones: tuple[Step, ...] = ()
    clauses: str = ""  # what the template says beside, already filled in
    template: str = ""  # which template at which version it began from
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def contract(self) -> bool:
        """Whether it binds to a result; an intent does not, and is never counted with these."""
        return self.kind in CONTRACTS


def written(terms: Terms) -> dict[str, Any]:
    """The terms as JSON keeps them: days in ISO form, rows as lists."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(terms), default=_plain, ensure_ascii=False))
    return found


def told(kept: Mapping[str, Any]) -> Terms:
    """Such JSON as terms again."""
    found = dict(kept)
    found["parties"] = tuple(Party(**each) for each in kept.get("parties") or ())
    found["indicators"] = tuple(Criterion(**each) for each in kept.get("indicators") or ())
    found["payments"] = tuple(Payment(**_dated(each, "due_on")) for each in kept.get("payments") or ())
    found["milestones"] = tuple(
        Step(**_dated(each, "due_on") | {"criteria": tuple(Criterion(**row) for row in each["criteria"])})
        for each in kept.get("milestones") or ()
    )
    return Terms(**_dated(found, "starts_on", "ends_on"))


def digest(terms: Terms) -> str:
    """SHA-256 of the terms, whatever order their JSON is kept in."""
    text = json.dumps(written(terms), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _dated(kept: Mapping[str, Any], *names: str) -> dict[str, Any]:
    days = {name: dt.date.fromisoformat(kept[name]) if kept.get(name) else None for name in names}
    return {**kept, **days}


def _plain(value: object) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
