"""`flask audit`: read the record of changes, and find whatever was done to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from challenge.audit import anchors, chain, statements, trail
from challenge.audit.keys import keyring
from challenge.audit.statements import MOST_BYTES, Verdict
from challenge.base.db import fresh_session, one_view

WHAT = {
    "out_of_line": "does not follow from the entry before it",
    "altered": "does not match its fingerprint",
    "head_differs": "is not where the chain's head says it ends",
    "not_as_signed": "is not what was signed",
}
_existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("audit")
def group() -> None:
    """Read and verify the record of changes."""


@group.command("verify")
@click.option(
    "--anchor",
    type=_existing,
    multiple=True,
    help="A receipt or a signed record that was kept elsewhere: the chains have to agree with it.",
)
def verify(anchor: tuple[Path, ...]) -> None:
    """Walk every chain; ends with 1 where an entry was altered, taken out, put in or moved.

    Ends with 2 where an anchor is not one that this installation signed.
    """
    signed = [_said(path) for path in anchor]
    with fresh_session() as session:
        one_view(session)
        count, faults = chain.verify(session)
        chains = trail.chains(session)
        for path, statement in zip(anchor, signed, strict=True):
            named, differ = anchors.compare(session, statement)
            faults += differ
            click.echo(f"{path.name}: {named - len(differ)} of {named} positions as they were signed.")
    for fault in faults:
        click.echo(f"{fault.chain} entry {fault.seq}: {WHAT[fault.what]}")
    if faults:
        click.echo(f"{len(faults)} faults in {count} entries of {chains} chains.")
        sys.exit(1)
    click.echo(f"{count} entries in {chains} chains: every one in its place.")


@group.command("anchor")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def anchor(path: Path) -> None:
    """Write where every chain ends now, signed: kept elsewhere, it tells later what was rewritten."""
    with fresh_session() as session:
        signed = statements.sign(keyring(), anchors.of_now(session))
    path.write_text(json.dumps(signed, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{path.name}: the ends of {len(signed['statement']['heads'])} chains.")


def _said(path: Path) -> Mapping[str, Any]:
    with path.open("rb") as opened:
        examined = statements.examine(keyring(), opened.read(MOST_BYTES + 1), anchors.ANCHORS)
    if examined.verdict is not Verdict.VALID or examined.statement is None:
        click.echo(f"{path.name}: no anchor, since it was not signed here or was changed.")
        sys.exit(2)
    return examined.statement
