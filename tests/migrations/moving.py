"""`flask db` as an operator runs it."""

from __future__ import annotations

from flask import Flask

from challenge.cli.database import SCRIPTS


def flask(app: Flask, *arguments: str) -> str:
    """Run a command to its good end; what it said."""
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def down_past(app: Flask, revision: str) -> None:
    """Undo this migration and every newer one, in one command."""
    newer = [path for path in SCRIPTS.glob("[0-9]*.py") if path.name >= revision]
    flask(app, "db", "downgrade", str(len(newer)))
