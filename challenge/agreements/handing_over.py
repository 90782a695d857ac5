"""Handover records: what was handed over with an accepted delivery, numbered, read, and printed by work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.agreements import facts
from challenge.agreements.milestone_models import Delivery, Handover, HandoverPrint, Milestone
from challenge.agreements.models import Agreement
from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules.agreements import told
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.queue import Work

TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: `there` (with its file), `coming`, `failed`, or `absent`."""

    state: str
    sha256: str = ""
    size: int = 0


def record(
    session: Session, agreement: Agreement, milestone: Milestone, delivery: Delivery, now: dt.datetime
) -> Handover:
    """The record of a delivery that was accepted just now; the caller holds the agreement.

    Its results, files and criteria, and the agreement's terms, are loaded.
    """
    last = sa.select(sa.func.coalesce(sa.func.max(Handover.number), 0))
    number = (session.scalar(last.where(Handover.agreement_id == agreement.id)) or 0) + 1
    document = _document(agreement, milestone, delivery, now, number)
    made = Handover(
        agreement_id=agreement.id,
        delivery_id=delivery.id,
        number=number,
        document=document,
        digest=digest(document),
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of what a record says, whatever order its JSON is kept in."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def of_delivery(session: Session, delivery_id: int) -> Handover:
    """The record of an accepted delivery."""
    return session.scalars(sa.select(Handover).where(Handover.delivery_id == delivery_id)).one()


def at(session: Session, agreement: Agreement, number: int) -> Handover:
    """A record with its signatories (one statement); raises NotFound. Whoever asks may read the agreement."""
    delivery = joinedload(Handover.delivery, innerjoin=True)
    query = (
        sa.select(Handover)
        .where(Handover.agreement_id == agreement.id, Handover.number == number)
        .options(delivery.joinedload(Delivery.deliverer), delivery.joinedload(Delivery.ruler))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def work(ref: str, number: int, locale: str) -> Work:
    """The row of work that prints one."""
    payload = {"ref": ref, "number": number, "locale": locale}
    return Work("handover_print", f"handover-print/{ref}/{number}/{locale}", payload)


def standing(session: Session, ref: str, found: Handover, locale: str) -> Standing:
    """How its paper stands, in one statement or two."""
    row = session.execute(_find(found.id, locale)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    state = queue.state_of(session, work(ref, found.number, locale).key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, actor: Actor, ref: str, number: int, locale: str, now: dt.datetime) -> None:
    """Have it printed, also where that failed before. Asked twice it is made once."""
    agreement = facts.by_ref(session, ref)
    require(actor, Action.AGREEMENT_READ, facts.subject_of(session, agreement, now))
    if session.execute(_find(at(session, agreement, number).id, locale)).one_or_none() is None:
        queue.put_again(session, work(ref, number, locale))


def keep(session: Session, found: Handover, locale: str, sha256: str, size: int, now: dt.datetime) -> None:
    """Name the stored bytes as this paper."""
    files.store(session, [Kept(sha256, size, TYPE, "")], now)
    values = {"handover_id": found.id, "locale": locale, "sha256": sha256, "size": size, "created_at": now}
    session.execute(insert_into(session, HandoverPrint).values(values).on_conflict_do_nothing())


def _find(handover_id: int, locale: str) -> sa.Select[str, int]:
    mine = (HandoverPrint.handover_id == handover_id, HandoverPrint.locale == locale)
    return sa.select(HandoverPrint.sha256, HandoverPrint.size).where(*mine)


def _document(
    agreement: Agreement, milestone: Milestone, delivery: Delivery, now: dt.datetime, number: int
) -> dict[str, Any]:
    criteria = {each.id: each for each in milestone.criteria}
    parties = {each.side: each.name for each in told(agreement.terms).parties}
    return {
        "agreement": {"number": agreement.number or "", "title": agreement.title, "ref": agreement.ref},
        "parties": parties,
        "number": number,
        "milestone": {
            "position": milestone.position,
            "title": milestone.title,
            "deliverables": milestone.deliverables,
            "due_on": milestone.due_on.isoformat() if milestone.due_on else None,
        },
        "delivery": {
            "number": delivery.number,
            "note": delivery.note,
            "quantity": delivery.quantity,
            "place": delivery.place,
            "delivered_at": delivery.delivered_at.isoformat(),
            "accepted_at": now.isoformat(),
            "reason": delivery.reason,
        },
        "criteria": [_criterion(criteria[each.criterion_id], each) for each in delivery.results],
        "files": [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in delivery.files],
    }


def _criterion(criterion: Any, result: Any) -> dict[str, Any]:
    signed = {name: getattr(criterion, name) for name in ("name", "unit", "comparison", "target", "level")}
    return {**signed, "answer": result.answer, "value": result.value, "ruling": result.ruling}
