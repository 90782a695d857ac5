"""`flask audit verify` finds whatever was done to the record behind the product's back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.models import AuditEntry, AuditHead
from challenge.rules.permissions import SYSTEM

BY_HAND = {
    "an entry rewritten": sa.update(AuditEntry).where(AuditEntry.seq == 2).values(action="round.cancelled"),
    "its author exchanged": sa.update(AuditEntry).where(AuditEntry.seq == 2).values(actor="user:7"),
    "a detail added": sa.update(AuditEntry).where(AuditEntry.seq == 2).values(detail={"more": 1}),
    "an entry taken out": sa.delete(AuditEntry).where(AuditEntry.seq == 2),
    "the end cut off": sa.delete(AuditEntry).where(AuditEntry.seq == 3),
    "a head set back": sa.update(AuditHead).where(AuditHead.chain == "round:1").values(seq=2),
    "a head taken away": sa.delete(AuditHead).where(AuditHead.chain == "round:1"),
    "a chain renamed": sa.update(AuditEntry).where(AuditEntry.chain == "round:1").values(chain="round:9"),
}


@pytest.fixture
def record(db: Session) -> None:
    """Three entries in the chain of a round and one in that of the platform."""
    for action in ("round.created", "round.edited", "round.launched"):
        chain.record(db, SYSTEM, action, "round:1", chain="round:1")
    chain.record(db, SYSTEM, "programme.created", "programme:1")
    db.commit()


def test_an_untouched_record_is_in_its_place(record: None, command: FlaskCliRunner) -> None:
    answer = command.invoke(args=["audit", "verify"])
    assert answer.exit_code == 0
    assert answer.output == "4 entries in 2 chains: every one in its place.\n"


@pytest.mark.parametrize("what", BY_HAND)
def test_a_touched_record_is_found(record: None, db: Session, command: FlaskCliRunner, what: str) -> None:
    db.execute(BY_HAND[what].execution_options(synchronize_session=False))
    db.commit()
    answer = command.invoke(args=["audit", "verify"])
    assert answer.exit_code == 1
    assert "round:" in answer.output
    assert "faults in" in answer.output
