"""`flask audit`: read the record of changes, and find whatever was done to it."""

from __future__ import annotations

import sys

import click

from challenge.audit import chain, trail
from challenge.base.db import fresh_session, one_view

WHAT = {
    "out_of_line": "does not follow from the entry before it",
    "altered": "does not match its fingerprint",
    "head_differs": "is not where the chain's head says it ends",
}


@click.group("audit")
def group() -> None:
    """Read and verify the record of changes."""


@group.command("verify")
def verify() -> None:
    """Walk every chain; ends with 1 where an entry was altered, taken out, put in or moved."""
    with fresh_session() as session:
        one_view(session)
        count, faults = chain.verify(session)
        chains = trail.chains(session)
    for fault in faults:
        click.echo(f"{fault.chain} entry {fault.seq}: {WHAT[fault.what]}")
    if faults:
        click.echo(f"{len(faults)} faults in {count} entries of {chains} chains.")
        sys.exit(1)
    click.echo(f"{count} entries in {chains} chains: every one in its place.")
