"""Whatever is done to the audit log is found; the long version is `make storm`."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from bench import tampering
from challenge.audit import chain


def test_each_of_sixty_manipulations_is_found(db: Session) -> None:
    tampering.fill(db)
    db.commit()
    assert list(tampering.missed(db, 60, seed=1)) == []
    assert chain.verify(db) == (18, [])


def test_an_anchor_of_all_chains_finds_what_was_recomputed_whole(
    db: Session, command: FlaskCliRunner, tmp_path: Path
) -> None:
    tampering.fill(db)
    kept = tmp_path / "anchor.json"
    assert (
        command.invoke(args=["audit", "anchor", str(kept)]).output == "anchor.json: the ends of 3 chains.\n"
    )
    entries = tampering.entries_of(db, "round:1")
    tampering.recomputed(db, entries, tampering.chance(3))
    db.commit()
    assert command.invoke(args=["audit", "verify"]).exit_code == 0
    found = command.invoke(args=["audit", "verify", "--anchor", str(kept)])
    assert found.exit_code == 1
    assert "round:1 entry" in found.output
    assert "2 of 3 positions as they were signed" in found.output
