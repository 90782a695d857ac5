"""Signed documents as anchors of the chains: what was proven once has to stand in the same place still.

A chain that was recomputed whole, or cut off, verifies in itself. It does not agree any more with what was
signed before and kept elsewhere: a receipt names one position, a record many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.chain import Fault, instant_text
from challenge.audit.models import AuditEntry, AuditHead
from challenge.audit.verify_receipt import KINDS
from challenge.base import clock

RECORD = "challenge-record/1"
ANCHORS = (*KINDS, RECORD)
Position = tuple[str, int, str]  # chain, number, fingerprint


def of_now(session: Session) -> dict[str, Any]:
    """Where every chain ends now, to be signed and kept elsewhere; two statements."""
    query = sa.select(AuditHead.chain, AuditHead.seq, AuditHead.hash).order_by(AuditHead.chain)
    heads = [{"chain": each.chain, "seq": each.seq, "hash": each.hash} for each in session.execute(query)]
    return {"kind": RECORD, "read_at": instant_text(clock.now(session)), "heads": heads}


def positions(statement: Mapping[str, Any]) -> Iterator[Position]:
    """What a signed statement says of the chains."""
    named = [statement["audit"]] if "audit" in statement else []
    for each in (*named, *statement.get("entries", ()), *statement.get("heads", ())):
        yield str(each["chain"]), int(each["seq"]), str(each["hash"])


def compare(session: Session, statement: Mapping[str, Any]) -> tuple[int, list[Fault]]:
    """Which of its positions are gone, or hold something else now; a statement for each chain."""
    said: dict[str, dict[int, str]] = {}
    for where, seq, fingerprint in positions(statement):
        said.setdefault(where, {})[seq] = fingerprint
    faults = []
    for where, told in said.items():
        query = sa.select(AuditEntry.seq, AuditEntry.hash).where(AuditEntry.chain == where)
        known = {row[0]: row[1] for row in session.execute(query.where(AuditEntry.seq.in_(told)))}
        for seq, fingerprint in sorted(told.items()):
            if known.get(seq) != fingerprint:
                faults.append(Fault(where, seq, "not_as_signed"))
    return sum(map(len, said.values())), faults
