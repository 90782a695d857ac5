"""Reading a chain page by page, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

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

    @property
    def user_id(self) -> int | None:
        """The person who acted, by number; None for the product itself."""
        kind, _colon, number = self.actor.partition(":")
        return int(number) if kind == "user" and number.isdecimal() else None


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
