"""`flask agreement`: whether a paper is a signed agreement of this installation, unchanged."""

from __future__ import annotations

from pathlib import Path

import click

from challenge.agreements import proving
from challenge.agreements.proving import Proof
from challenge.audit.keys import keyring
from challenge.base.db import fresh_session

SAYS = {
    "signed": "SIGNED: this very file was made here, and its record and every signature in it are right",
    "record": "RIGHT RECORD: it and every signature in it are right (this is not the paper itself)",
    "draft": "DRAFT: made here, not signed by all",
    "reworked": "ALTERED FILE: it carries a right record, but is not the file that was made here",
    "altered": "ALTERED: the record does not fit its signature, or the terms their hash",
    "foreign": "FOREIGN KEY: no key of this installation signed it",
    "nothing": "NOT AN AGREEMENT: no signed record is in it, and its bytes are none that were made here",
    "large": "TOO LARGE to be one of our papers",
}


@click.group("agreement")
def group() -> None:
    """Verify signed agreements."""


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def verify(context: click.Context, file: Path) -> None:
    """Say what FILE (the PDF, or the JSON attached to it) proves.

    Ends with 0 where it proves a signed agreement, else with 1. What is not right is not repeated.
    """
    with file.open("rb") as opened:
        data = opened.read(proving.MOST_BYTES + 1)
    if len(data) > proving.MOST_BYTES:
        click.echo(f"{file.name}: {SAYS['large']}")
        context.exit(1)
    with fresh_session() as session:
        proof = proving.of_file(session, keyring(), data)
    click.echo(f"{file.name}: {SAYS[proof.state]}")
    click.echo(f"  SHA-256 of the file: {proof.sha256}")
    if proof.key:
        click.echo(f"  key: {proof.key}{'' if proof.state != 'foreign' else ' (not ours)'}")
    if proof.good:
        _tell(proof)
    context.exit(0 if proof.good else 1)


def _tell(proof: Proof) -> None:
    said = proof.said or {}
    click.echo(f"  agreement: {said['number']} ({said['agreement']}), version {said['version']}")
    click.echo(f"  SHA-256 of the terms: {said['terms_sha256']}")
    click.echo(f"  signed by all: {said['signed_at']}")
    click.echo(f"  audit: {said['audit']['chain']} {said['audit']['seq']} {said['audit']['hash']}")
    for each in proof.signatures:
        click.echo(f"  {each['side']}: {each['name']}, {each['method']}, {each['signed_at']}")
