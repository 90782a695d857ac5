"""`flask backup`: the whole installation into one file, that file verified, and put into an empty place."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app

from challenge.audit.seals import sealing_keys
from challenge.base import clock
from challenge.base.db import db, fresh_session
from challenge.cli.database import SCRIPTS, alembic, check_foreign_keys
from challenge.exchange import backups, restores
from challenge.exchange.archives import Manifest, Unfit
from challenge.files.storage import storage
from challenge.rules.errors import NoRoom
from config import Settings

ARCHIVE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 20


@click.group("backup")
def group() -> None:
    """Back up database, files and keys; verify a backup; restore one."""


@group.command()
@click.argument("target", metavar="FILE_OR_DIR", type=click.Path(path_type=Path))
def create(target: Path) -> None:
    """Write a backup to a new file, or into a folder. The site may go on working."""
    with _readable_faults():
        if target.is_dir():
            target /= f"challenge-{_database_time():%Y%m%dT%H%M%SZ}.zip"
        if not target.parent.is_dir():
            raise Unfit(f"There is no folder {target.parent}.")
        manifest = backups.create(
            target, db.engine, storage(), _settings(), _scripts().get_current_head() or ""
        )
    click.echo(str(target))
    _say_what(manifest)
    click.echo(
        "Keep it as you keep a password: it holds the signing keys and everything confidential.", err=True
    )
    if sealing_keys().names():
        click.echo("The sealing keys are not in it: keep what `flask sealing export` writes apart.", err=True)
    _fail_for_lost_files(manifest)


@group.command()
@click.argument("file", type=ARCHIVE)
def verify(file: Path) -> None:
    """Read a backup to its end: every digest, every count, the audit chains."""
    with _readable_faults():
        found = restores.verify(file)
    _say_what(found.manifest)
    _say_chain(found)


@group.command()
@click.argument("file", type=ARCHIVE)
def restore(file: Path) -> None:
    """Put a backup into an empty database and an empty data folder. Whole, or not at all."""
    settings = _settings()
    with _readable_faults():
        found = restores.restore(file, db.engine, storage(), settings, _migrate)
    _say_what(found.manifest)
    for name, mark in backups.marks(settings).items():
        if settings.mode == "prod" and mark != found.manifest.marks.get(name):
            click.echo(f"{name} is another one than the backup's: {_CONSEQUENCES[name]}", err=True)
    _say_chain(found)


_CONSEQUENCES = {
    "SECRET_KEY": "sessions and links in letters sent before end here.",
    "PASSWORD_SALT": "nobody's password fits. Set the old value, or everybody resets their password.",
}


@contextmanager
def _readable_faults() -> Iterator[None]:
    try:
        yield
    except Unfit as unfit:
        raise click.ClickException(str(unfit)) from None
    except NoRoom:
        raise click.ClickException("The disk is full. Nothing was left behind.") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise click.ClickException("The disk is full. Nothing was left behind.") from None
        if isinstance(error, PermissionError):
            raise click.ClickException(f"No permission: {error.filename}.") from None
        raise


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _database_time() -> datetime:
    with fresh_session() as session:
        return clock.now(session)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(SCRIPTS), version_locations=[str(SCRIPTS)])


def _migrate(revision: str) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        alembic(app).upgrade(revision)
    except CommandError:
        raise Unfit(
            f"The backup is at migration {revision}, which this code does not know. "
            "Restore it with the version of the application that wrote it, or a later one."
        ) from None
    finally:
        check_foreign_keys(app)


def _say_what(manifest: Manifest) -> None:
    size = sum(each.size for each in manifest.kept)
    click.echo(f"made {manifest.made_at} from {manifest.database}, migration {manifest.revision}")
    click.echo(f"{len(manifest.tables)} tables, {manifest.rows} rows")
    click.echo(f"{len(manifest.kept)} files, {size} bytes; {len(manifest.secrets)} secrets")
    for each in manifest.lost[:SHOWN]:
        what = "missing in the storage" if each.found is None else "altered in the storage"
        click.echo(f"file {each.sha256}: {what}", err=True)


def _say_chain(found: restores.Found) -> None:
    click.echo(f"{found.entries} audit entries in {len(found.manifest.heads)} chains")
    for fault in found.faults[:SHOWN]:
        click.echo(f"audit: {fault.chain} {fault.seq}: {fault.what}", err=True)
    if found.faults:
        raise click.ClickException(
            f"The audit trail has {len(found.faults)} faults, and had them when the backup was made."
        )
    _fail_for_lost_files(found.manifest)


def _fail_for_lost_files(manifest: Manifest) -> None:
    if manifest.lost:
        raise click.ClickException(
            f"{len(manifest.lost)} files are not in the backup: the storage did not have them, or had other "
            "bytes under their names. Everything else is there."
        )
