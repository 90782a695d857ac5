"""`flask receipt`: verify receipts and refusals offline, with the files they name; change the signing key."""

from __future__ import annotations

import json
from pathlib import Path

import click

from challenge.audit import statements, verify_receipt
from challenge.audit.keys import keyring
from challenge.audit.statements import MOST_BYTES, Verdict
from challenge.audit.verify_receipt import EXIT, STRANGE_FILE

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
    """Say what RECEIPT (JSON or PDF) is worth, and whether each of FILES is one that it names.

    Ends with 0 when all is right, 1 altered, 2 foreign key, 3 not a receipt, 4 a file that it does not name.
    """
    with receipt.open("rb") as opened:
        examined = statements.examine(keyring(), opened.read(MOST_BYTES + 1))
    click.echo(f"{receipt.name}: {SAYS[examined.verdict]}")
    code = EXIT[examined.verdict]
    if examined.verdict is Verdict.VALID and examined.statement is not None:
        for line in verify_receipt.told(examined.statement, examined.key or ""):
            click.echo(line)
        for path in files:
            digest = verify_receipt.digest_of(str(path))
            known, line = verify_receipt.compared(examined.statement, path.name, digest)
            click.echo(line)
            code = code if known else STRANGE_FILE
    context.exit(code)


@group.command("keys")
@click.option("--json", "as_json", is_flag=True, help="As /verify/keys.json, for verify_receipt.py --keys.")
def keys(as_json: bool) -> None:
    """List the public keys that sign or signed here, the one in force marked with *."""
    current = keyring().current()
    if as_json:
        click.echo(json.dumps(statements.published(keyring()), indent=2))
        return
    for name, value in sorted(keyring().public_keys().items()):
        click.echo(f"{'*' if name == current else ' '} {name}  {value}")


@group.command("rotate")
def rotate() -> None:
    """Retire the signing key and make a new one; what the old one signed stays verifiable."""
    click.echo(f"signing with {keyring().rotate()} from now on")
