"""Past ties brought by the operator: counted everywhere, or in one programme."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.ties.models import TieFile
from challenge.work import drain
from tests.judging.stories import court
from tests.judging.test_conflicts import a_member
from tests.judging.test_past_ties import HEAD, cases, slug, year


def test_the_operator_imports_for_all_rounds_or_for_one_programme(
    app: Flask, db: Session, tmp_path: Path
) -> None:
    made = court(db)
    a_member(made, email="solver@qq.com")
    db.commit()
    file = tmp_path / "ties.csv"
    file.write_text(f"{HEAD}\nco-author,{made.people[0].email},solver@qq.com,{year(made)}\n")
    run = app.test_cli_runner().invoke
    done = run(args=["import", "ties", str(file)])
    assert "1 ties, 0 known already" in done.output
    drain()
    assert "co_author" in cases(made)
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(f"{HEAD}\nfriend,a@example.org,b@example.org,{year(made)}\n")
    refused = run(args=["import", "ties", str(wrong), "--programme", slug(made)])
    assert refused.exit_code == 1
    assert "wrong.csv A2: tie_kind: found friend" in refused.output
    assert run(args=["import", "ties", str(file), "--programme", "nowhere"]).exit_code == 1
    assert db.scalar(sa.select(sa.func.count()).select_from(TieFile)) == 1
