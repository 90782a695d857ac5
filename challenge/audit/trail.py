"""Reading a chain page by page, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.chain import round_chain
from challenge.audit.models import AuditEntry, AuditHead


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a chain: its position, who, what, to which thing."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    hash: str
    chain: str = ""
    id: int = 0

    @property
    def user_id(self) -> int | None:
        """The person who acted, by number; None for the product itself."""
        kind, _colon, number = self.actor.partition(":")
        return int(number) if kind == "user" and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trail is wanted; an empty field asks for nothing. A subject without a number is a kind."""

    actor: str = ""
    subject: str = ""
    action: str = ""
    chain: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same for a query."""
        found = [
            column == value
            for column, value in (
                (AuditEntry.actor, self.actor),
                (AuditEntry.action, self.action),
                (AuditEntry.chain, self.chain),
            )
            if value
        ]
        if self.subject:
            kind = AuditEntry.subject.startswith(f"{self.subject}:", autoescape=True)
            found.append(AuditEntry.subject == self.subject if ":" in self.subject else kind)
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        return found


def find(
    session: Session, asked: Asked, barred: Collection[int], before: int | None, limit: int
) -> list[Line]:
    """Entries of all chains but those of the barred rounds, newest first; one statement."""
    query = sa.select(
        *(AuditEntry.seq, AuditEntry.at, AuditEntry.actor, AuditEntry.action),
        *(AuditEntry.subject, AuditEntry.detail, AuditEntry.hash, AuditEntry.chain, AuditEntry.id),
    ).where(*asked.conditions())
    if barred:
        query = query.where(AuditEntry.chain.not_in([round_chain(each) for each in sorted(barred)]))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [Line(*row) for row in session.execute(query.order_by(AuditEntry.id.desc()).limit(limit))]


def page(session: Session, chain: str, before: int | None = None, limit: int = 50) -> list[Line]:
    """Entries of a chain, newest first; `before` is the last position of the page before. One statement."""
    query = sa.select(
        *(AuditEntry.seq, AuditEntry.at, AuditEntry.actor, AuditEntry.action),
        *(AuditEntry.subject, AuditEntry.detail, AuditEntry.hash),
    ).where(AuditEntry.chain == chain)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    rows = session.execute(query.order_by(AuditEntry.seq.desc()).limit(limit))
    return [Line(*row) for row in rows]


def chains(session: Session) -> int:
    """How many chains there are."""
    return session.scalar(sa.select(sa.func.count()).select_from(AuditHead)) or 0
