"""`flask receipt`: verify receipts and refusals offline, with the files they name; change the signing key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from challenge.audit import statements
from challenge.audit.keys import keyring
from challenge.audit.statements import MOST_BYTES, RECEIPT, Verdict

EXIT = {Verdict.VALID: 0, Verdict.ALTERED: 1, Verdict.FOREIGN: 2, Verdict.NOTHING: 3}
SAYS = {
    Verdict.VALID: "valid: signed here, unchanged",
    Verdict.ALTERED: "ALTERED: it names our key, but the signature does not fit what it says",
    Verdict.FOREIGN: "FOREIGN KEY: no key of this installation signed it",
    Verdict.NOTHING: "NOT A RECEIPT",
}
_existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("receipt")
def group() -> None:
    """Verify receipts; change the key that signs them."""


@group.command("verify")
@click.argument("receipt", type=_existing)
@click.argument("files", type=_existing, nargs=-1)
@click.pass_context
def verify(context: click.Context, receipt: Path, files: tuple[Path, ...]) -> None:
    """Say what RECEIPT is worth, and whether each of FILES is one that it names.

    Ends with 0 when all is right, 1 altered, 2 foreign key, 3 not a receipt, 4 a file that it does not name.
    """
    with receipt.open("rb") as opened:
        examined = statements.examine(keyring(), opened.read(MOST_BYTES + 1))
    click.echo(f"{receipt.name}: {SAYS[examined.verdict]}")
    code = EXIT[examined.verdict]
    if examined.verdict is Verdict.VALID and examined.statement is not None:
        _tell(examined.statement, examined.key)
        strangers = [path for path in files if not _names(examined.statement, path)]
        code = 4 if strangers else 0
    context.exit(code)


def _tell(said: Mapping[str, Any], key: str | None) -> None:
    kind = "receipt" if said["kind"] == RECEIPT else "refusal (arrived too late, not entered)"
    click.echo(f"  {kind} of {said['submission']}, round {said['round']}")
    for name in ("requirement", "version", "submitted_at", "arrived_at", "closed_at", "content_sha256"):
        if said.get(name) is not None:
            click.echo(f"  {name}: {said[name]}")
    click.echo(f"  audit: {said['audit']['chain']} {said['audit']['seq']} {said['audit']['hash']}")
    click.echo(f"  key: {key}")
    for file in said["manifest"]:
        click.echo(f"  {file['sha256']}  {file['size']:>12}  {file['name']}")


def _names(said: Mapping[str, Any], path: Path) -> bool:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known = next((each for each in said["manifest"] if each["sha256"] == digest), None)
    click.echo(f"{path.name}: {'is ' + known['name'] if known else 'NOT NAMED by the receipt'}")
    return known is not None


@group.command("keys")
def keys() -> None:
    """List the public keys that sign or signed here, the one in force marked with *."""
    current = keyring().current()
    for name, value in sorted(keyring().public_keys().items()):
        click.echo(f"{'*' if name == current else ' '} {name}  {value}")


@group.command("rotate")
def rotate() -> None:
    """Retire the signing key and make a new one; what the old one signed stays verifiable."""
    click.echo(f"signing with {keyring().rotate()} from now on")
