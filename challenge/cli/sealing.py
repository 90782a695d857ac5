"""`flask sealing`: the keys that sealed rounds rest on. They are kept apart from the database's backups."""

from __future__ import annotations

import base64
import binascii
import json
import os
from pathlib import Path

import click
import sqlalchemy as sa

from challenge.audit.seals import key_name, sealing_keys
from challenge.base.db import db, fresh_session
from challenge.rounds.key_models import RoundKey
from challenge.rounds.models import Round
from challenge.rules.errors import Refused
from challenge.submissions import sealing

KIND = "challenge-sealing-key/1"


@click.group("sealing")
def group() -> None:
    """List, save and put back sealing keys; open a round whose key was away at its close."""


@group.command("keys")
def keys() -> None:
    """List the sealing keys that are here (* in force), and the rounds that wait for one."""
    here = sealing_keys().names()
    for place, name in enumerate(here):
        click.echo(f"{name}{' *' if place == 0 else ''}")
    waiting = (
        sa.select(Round.slug, RoundKey.wrapped_by)
        .join(RoundKey, RoundKey.round_id == Round.id)
        .where(RoundKey.released_at.is_(None), RoundKey.destroyed_at.is_(None))
        .order_by(Round.slug)
    )
    for slug, name in db.session.execute(waiting):
        click.echo(f"{slug}: needs {name}{'' if name in here else ', WHICH IS NOT HERE'}")


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key", "name", help="Which one; without it, the one in force (made if there is none).")
def export(file: Path, name: str | None) -> None:
    """Save a sealing key to FILE, which must not exist yet. Keep it apart from backups and this server."""
    wanted = name or sealing_keys().current()
    try:
        key = sealing_keys().read(wanted)
    except Refused:
        raise click.ClickException(f"there is no sealing key {wanted} here") from None
    said = {"kind": KIND, "name": wanted, "key": base64.b64encode(key).decode()}
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(json.dumps(said, indent=2) + "\n")
    click.echo(f"{wanted} saved. Whoever has it and the database reads every sealed draft and round.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def put_back(file: Path) -> None:
    """Put a saved sealing key back; rounds that waited for it open by themselves or by `release`."""
    try:
        said = json.loads(file.read_text(encoding="ascii"))
        key = base64.b64decode(said["key"], validate=True)
        if said["kind"] != KIND or said["name"] != key_name(key):
            raise ValueError
        name = sealing_keys().add(key)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise click.ClickException(f"{file.name} holds no sealing key, or another than it says") from None
    click.echo(f"{name} is here")


@group.command("release")
@click.argument("slug")
def release(slug: str) -> None:
    """Open what was entered to the round SLUG, which has closed; for when its key came back late."""
    round_id = db.session.scalar(sa.select(Round.id).where(Round.slug == slug))
    if round_id is None:
        raise click.ClickException(f"there is no round {slug}")
    db.session.rollback()
    opened = broken = 0
    while True:
        try:
            with fresh_session() as session:
                step = sealing.open_batch(session, round_id)
        except Refused as refusal:
            raise click.ClickException(_why(refusal)) from None
        opened, broken = opened + step.count, broken + step.broken
        if step.done:
            break
    click.echo(f"{opened} opened, {broken} broken")


def _why(refusal: Refused) -> str:
    said = {
        "seal_closed": "the round has not closed yet",
        "seal_broken": "the round's key was altered; it cannot be opened",
        "not_found": "the round has no key: it is not sealed, or was never launched",
    }
    if refusal.code == "sealing_key_missing":
        return f"the sealing key {refusal.params.get('key')} is not here; `flask sealing import` it"
    return said.get(refusal.code, refusal.code)
