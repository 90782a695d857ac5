"""Walking every chain as a piece of work: asked for on a page, done by `flask work`, its result kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import anchors, chain
from challenge.audit.chain import Fault
from challenge.audit.models import AuditCheck, AuditHead
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rules.errors import Refused
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

KIND = "audit_check"
MOST_FAULTS = 100
NAME = 200


def ask(
    session: Session, actor: Actor, *, anchor: Mapping[str, Any] | None = None, name: str = ""
) -> AuditCheck:
    """Have every chain walked, and compared with a signed statement where one is given.

    One at a time: while one waits or runs, another is refused.
    """
    require(actor, Action.AUDIT_VERIFY)
    begin_write(session)
    if session.scalar(sa.select(AuditCheck.id).where(AuditCheck.done_at.is_(None)).limit(1)) is not None:
        raise Refused("check_runs")
    total = session.scalar(sa.select(sa.func.coalesce(sa.func.sum(AuditHead.seq), 0))) or 0
    check = AuditCheck(
        author_id=actor.user_id,
        total=int(total),
        anchor=dict(anchor or {}),
        anchor_name=name[:NAME],
    )
    session.add(check)
    session.flush()
    queue.put(session, queue.Work(KIND, f"audit-check/{check.id}", {"id": check.id}))
    chain.record(session, actor, "audit.check_asked", f"audit_check:{check.id}", anchored=anchor is not None)
    return check


def newest(session: Session, limit: int = 10) -> Sequence[AuditCheck]:
    """The last checks, newest first."""
    return session.scalars(sa.select(AuditCheck).order_by(AuditCheck.id.desc()).limit(limit)).all()


def waiting(session: Session, check_id: int) -> AuditCheck | None:
    """The check that a row of work is about, unless it is done."""
    check = session.get(AuditCheck, check_id)
    return check if check is not None and check.done_at is None else None


def progressed(session: Session, check_id: int, count: int) -> None:
    """So many entries were walked."""
    mine = sa.update(AuditCheck).where(AuditCheck.id == check_id, AuditCheck.done_at.is_(None))
    session.execute(mine.values(count=count))


def compared(session: Session, check: AuditCheck) -> tuple[int, list[Fault]]:
    """How many positions its anchor names, and which of them do not agree."""
    return anchors.compare(session, check.anchor) if check.anchor else (0, [])


def done(session: Session, check_id: int, count: int, named: int, faults: Sequence[Fault]) -> None:
    """Keep what was found."""
    check = session.get_one(AuditCheck, check_id)
    check.count, check.named, check.fault_count = count, named, len(faults)
    check.faults = [
        {"chain": each.chain, "seq": each.seq, "what": each.what} for each in faults[:MOST_FAULTS]
    ]
    check.anchor = {}  # it was compared: what it says is in the record anyway
    check.done_at = clock.now(session)
    session.flush()
