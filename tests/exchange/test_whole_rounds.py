"""A whole round goes to another installation and comes back: the same content, nothing follows from it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from challenge.exchange import round_tables as plan
from challenge.files.storage import storage
from challenge.judging.models import Criterion, Standing
from challenge.messages.models import Letter
from challenge.rounds.models import Round
from challenge.tasks.models import Task
from tests.exchange.installations import Elsewhere
from tests.exchange.whole_rounds import exported, lived_in, migrated, run, told
from tests.factories import RoundFactory


def test_a_round_arrives_as_it_was_and_goes_on_as_the_same(
    round_file: Path, there: Flask, tmp_path: Path
) -> None:
    lived_in(there)
    result = run(there, "import", "round", round_file)
    assert result.exit_code == 0, result.output
    slug = told(round_file)["round"]["slug"]
    assert exported(there, slug, tmp_path / "again.zip")["digest"] == told(round_file)["digest"]
    verified = run(there, "ranking", "verify", "--round", slug)
    assert verified.exit_code == 0, verified.output
    assert run(there, "audit", "verify").exit_code == 0
    with there.app_context(), fresh_session() as session:
        criteria = {str(each) for each in session.scalars(sa.select(Criterion.id))}
        panels = session.scalars(sa.select(Standing.panel)).all()
        assert panels
        assert all(panel.keys() <= criteria for panel in panels)
        assert set(session.scalars(sa.select(Task.kind))) <= {"index", "figures"}
        assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 0
        assert storage().size_of(next(iter(told(round_file)["files"]))) == len(b"a proposal")


@pytest.mark.postgres
def test_a_round_moves_from_one_database_to_the_other_and_back(
    round_file: Path, elsewhere: Elsewhere, there: Flask, tmp_path: Path
) -> None:
    slug, digest = told(round_file)["round"]["slug"], told(round_file)["digest"]
    light = migrated(elsewhere(f"sqlite:///{tmp_path / 'light.db'}"))
    assert run(light, "import", "round", round_file).exit_code == 0
    assert exported(light, slug, tmp_path / "light.zip")["digest"] == digest
    assert run(there, "import", "round", tmp_path / "light.zip").exit_code == 0
    assert exported(there, slug, tmp_path / "heavy.zip")["digest"] == digest


def test_a_dry_run_says_what_it_would_do_and_does_nothing(round_file: Path, there: Flask) -> None:
    result = run(there, "import", "round", round_file, "--dry-run")
    said = json.loads(result.stdout)
    assert (said["made"]["programme"], said["created"]["submission"]) == (1, 2)
    with there.app_context(), fresh_session() as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Round, Task)]
        assert counts == [0, 0]
        assert storage().is_empty()


def test_whoever_is_here_is_found_and_others_wait_for_their_owners(
    round_file: Path, there: Flask, db: Session
) -> None:
    from challenge.accounts.models import User

    address = str(db.scalar(sa.select(User.email).order_by(User.id)))
    with there.app_context(), fresh_session() as session:
        session.add(User(email=address, fs_uniquifier="x", name="Here before"))
    said = json.loads(run(there, "import", "round", round_file).stdout)
    assert said["found"]["user_account"] == 1
    with there.app_context(), fresh_session() as session:
        people = list(session.scalars(sa.select(User).where(User.email != address)))
        assert len(people) == said["made"]["user_account"]
        assert {(each.password, each.confirmed_at, each.admin) for each in people} == {(None, None, False)}
        assert session.scalar(sa.select(User.name).where(User.email == address)) == "Here before"


def test_the_same_round_is_not_taken_in_twice(round_file: Path, app: Flask, db: Session) -> None:
    result = run(app, "import", "round", round_file)
    assert result.exit_code == 1
    assert "is here already" in result.stderr
    assert "is here already" in run(app, "import", "round", round_file, "--slug", "another").stderr


def test_a_number_that_is_taken_gets_the_rounds_address_behind_it(
    round_file: Path, there: Flask, db: Session
) -> None:
    from challenge.requirements.models import Requirement

    with zipfile.ZipFile(round_file) as file:
        number = json.loads(file.read("tables/requirement.jsonl").splitlines()[0])["number"]
    with there.app_context(), fresh_session() as session:
        from tests.exchange.whole_rounds import a_need

        a_need(session, number)
    said = json.loads(run(there, "import", "round", round_file).stdout)
    assert said["renamed"] == [f"{number}-{said['slug']}"]
    with there.app_context(), fresh_session() as session:
        assert set(session.scalars(sa.select(Requirement.number))) == {number, *said["renamed"]}


def test_a_sealed_round_goes_out_after_its_close_alone(app: Flask, db: Session, tmp_path: Path) -> None:
    RoundFactory(slug="sealed", sealed=True)
    db.commit()
    result = run(app, "export", "round", "sealed", tmp_path / "x.zip")
    assert result.exit_code == 1
    assert "sealed until" in result.stderr
    assert not (tmp_path / "x.zip").exists()


def test_every_row_that_a_row_must_name_goes_along_or_is_matched() -> None:
    known = plan.names() | set(plan.MATCHED) | {plan.FILES}
    for table in plan.taken():
        for column in table.columns:
            root = plan.root_of(column)
            assert root is None or root in known or column.nullable, (
                f"{table.name}.{column.name} names {root}"
            )
