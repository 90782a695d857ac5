"""`flask search`: the index."""

from __future__ import annotations

import click


@click.group("search")
def group() -> None:
    """Look after the search index."""


@group.command()
def rebuild() -> None:
    """Read everything that is public anew; what is not public any more comes out."""
    from challenge.flow import indexing

    def say(kind: str, read: int) -> None:
        click.echo(f"{kind}: {read} read")

    for kind, count in indexing.rebuild(say).items():
        click.echo(f"{kind}: {count}")
