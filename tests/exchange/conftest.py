"""Installations for the tests of backups: a filled one, its archive, and empty ones to restore into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.audit.keys import keyring
from challenge.base.db import db as database
from challenge.rules.permissions import Actor
from tests.exchange.installations import Elsewhere, store
from tests.exchange.whole_rounds import exported, judged
from tests.factories import OrganizationFactory, RoundFactory, SubmissionFactory, UserFactory
from tests.rigs.application import Terminal

SCORES = Path(__file__).resolve().parent.parent / "data" / "judged-scores"


@pytest.fixture
def filled(app: Flask, db: Session, command: Terminal) -> Flask:
    """An installation with people, rounds, judged scores, files, an audit trail and a signing key."""
    UserFactory(name="王小明")
    RoundFactory()
    SubmissionFactory()
    branch = OrganizationFactory(name="分中心 — 'quoted', \\ and\ttabbed")
    branch.parent_id = OrganizationFactory().id  # a row that refers to a later one
    for text in (b"first", b"", b"x" * 700_000):
        store(db, text)
    for number in range(3):
        chain.record(
            db, Actor(), "thing.happened", f"thing:{number}", chain=f"round:{number % 2}", text="评审"
        )
    keyring().sign(b"a receipt")
    assert command.invoke(args=["import", "scores", str(SCORES)]).exit_code == 0
    return app


@pytest.fixture
def elsewhere(empty_database: Callable[[], str], tmp_path: Path) -> Iterator[Elsewhere]:
    """A function that makes an empty installation: a database without tables, a folder without files."""
    from challenge.app import create_app
    from config import Settings

    made: list[Flask] = []

    def make(url: str = "") -> Flask:
        folder = tmp_path / f"elsewhere{len(made)}"
        made.append(create_app(Settings.for_test(url or empty_database(), folder)))
        made[-1].test_cli_runner_class = Terminal
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            database.engine.dispose()


@pytest.fixture
def archive(filled: Flask, command: Terminal, tmp_path: Path) -> Path:
    """A backup of `filled`."""
    file = tmp_path / "backup.zip"
    assert command.invoke(args=["backup", "create", str(file)]).exit_code == 0
    return file


@pytest.fixture
def round_file(app: Flask, db: Session, tmp_path: Path) -> Path:
    """The archive of a judged round."""
    made = judged(db)
    file = tmp_path / "round.zip"
    exported(app, made.round.slug, file)
    return file


@pytest.fixture
def there(elsewhere: Elsewhere, spare_database: Callable[[], str]) -> Flask:
    """Another installation, with its tables and nobody in it."""
    return elsewhere(spare_database())
