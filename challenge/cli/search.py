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

    for kind, count in indexing.rebuild().items():
        click.echo(f"{kind}: {count}")
