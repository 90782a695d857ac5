"""Write and verify the chains: one for the platform, one per round, so that no single head holds all back.

Details hold ids, codes and digests, never names or addresses: a person can be erased and the chain
still verifies. `record` is called last in a transaction, because the head's row is a lock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry, AuditHead
from challenge.base import clock
from challenge.base.db import Base, begin_write, insert_into
from challenge.rules.permissions import Actor

PLATFORM = "platform"
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """A position in a chain: what a receipt quotes."""

    chain: str
    seq: int
    hash: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded, before it has a place in its chain."""

    chain: str
    actor: Actor
    action: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def round_chain(round_id: int) -> str:
    """The name of a round's chain."""
    return f"round:{round_id}"


def actor_name(actor: Actor) -> str:
    """How an actor stands in the record: an id, never a name."""
    if actor.user_id is not None:
        return f"user:{actor.user_id}"
    return "system" if actor.system else "anonymous"


def entry_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 over the entry's canonical JSON (sorted keys, UTF-8, instants as UTC with six digits)."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _row(entry: Entry, seq: int, previous: str, at: dt.datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "chain": entry.chain,
        "seq": seq,
        "at": instant_text(at),
        "actor": actor_name(entry.actor),
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "previous": previous,
    }
    return {**values, "hash": entry_hash(values), "at": at}


def instant_text(at: dt.datetime) -> str:
    """The one spelling of an instant in hashes and receipts."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    *,
    chain: str = PLATFORM,
    at: dt.datetime | None = None,
    **detail: Any,
) -> Head:
    """Append one entry; `at` is the gate's time where a gate is held. Returns the new head."""
    return record_many(session, [Entry(chain, actor, action, subject, detail)], at=at)[-1]


def record_many(session: Session, entries: Sequence[Entry], *, at: dt.datetime | None = None) -> list[Head]:
    """Append entries in order, in a fixed number of statements however many there are."""
    chains = sorted({entry.chain for entry in entries})
    state = _locked(session, chains)
    missing = [chain for chain in chains if chain not in state]
    if missing:
        start = [{"chain": chain, "seq": 0, "hash": GENESIS} for chain in missing]
        session.execute(insert_into(session, AuditHead).values(start).on_conflict_do_nothing())
        state |= _locked(session, missing)
    at = at or clock.now(session)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        seq, last = state[entry.chain]
        row = _row(entry, seq + 1, last, at)
        rows.append(row)
        state[entry.chain] = (seq + 1, row["hash"])
    session.execute(sa.insert(AuditEntry), rows)
    heads = Base.metadata.tables[AuditHead.__tablename__]
    move = sa.update(heads).where(heads.c.chain == sa.bindparam("key"))
    session.execute(
        move.values(seq=sa.bindparam("to"), hash=sa.bindparam("last")),
        [{"key": chain, "to": state[chain][0], "last": state[chain][1]} for chain in chains],
    )
    return [Head(row["chain"], row["seq"], row["hash"], at) for row in rows]


def _locked(session: Session, chains: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Where each chain ends, locked in one order; a chain that has no entry yet is left out."""
    begin_write(session)
    query = sa.select(AuditHead.chain, AuditHead.seq, AuditHead.hash).where(AuditHead.chain.in_(chains))
    locked = session.execute(query.order_by(AuditHead.chain).with_for_update())
    return {chain: (seq, last) for chain, seq, last in locked}


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold."""

    chain: str
    seq: int
    what: str


def fingerprint(entry: AuditEntry) -> str:
    """The hash that an entry as it is stored has to have."""
    names = ("chain", "seq", "actor", "action", "subject", "detail", "previous")
    values = {name: getattr(entry, name) for name in names}
    return entry_hash({**values, "at": instant_text(entry.at)})


def verify(
    session: Session, tell: Callable[[int], None] | None = None, step: int = 5000
) -> tuple[int, list[Fault]]:
    """Walk every chain: (entries read, faults). Finds edits, deletions, insertions, reorder, truncation.

    `tell` hears after each `step` entries how many were read.
    """
    heads = {head.chain: head for head in session.scalars(sa.select(AuditHead))}
    faults: list[Fault] = []
    expected: dict[str, tuple[int, str]] = {}
    count = 0
    query = sa.select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.seq).execution_options(yield_per=1000)
    for entry in session.scalars(query):
        count += 1
        if tell is not None and count % step == 0:
            tell(count)
        seq, previous = expected.get(entry.chain, (0, GENESIS))
        if entry.seq != seq + 1 or entry.previous != previous:
            faults.append(Fault(entry.chain, entry.seq, "out_of_line"))
        if entry.hash != fingerprint(entry):
            faults.append(Fault(entry.chain, entry.seq, "altered"))
        expected[entry.chain] = (entry.seq, entry.hash)
    for chain in heads.keys() | expected.keys():
        head = heads.get(chain)
        last = expected.get(chain, (0, GENESIS))
        if head is None or (head.seq, head.hash) != last:
            faults.append(Fault(chain, last[0], "head_differs"))
    return count, faults
