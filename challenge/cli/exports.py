"""`flask export`: rankings, panel scores, achievements as CSV or JSON lines, to standard output."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from challenge.base import csvs
from challenge.base.db import fresh_session


@click.group("export")
def group() -> None:
    """Write rankings, panel scores and achievements to standard output."""


def _which(everything: bool, slug: str | None) -> str | None:
    if everything == (slug is not None):
        raise click.UsageError("Say --all, or name one round with --round.")
    return slug


def _write(head: Sequence[str], rows: Iterable[Sequence[object]], form: str) -> None:
    if form == "json":
        for row in rows:
            click.echo(json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False, default=str))
        return
    click.echo(csvs.written([head, *rows], end="\n"), nl=False)


_ALL = click.option("--all", "everything", is_flag=True, help="Every round that has a ranking.")
_ROUND = click.option("--round", "slug", help="One round, by its address name.")
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)


@group.command("panel-scores")
@_ALL
@_ROUND
@_FORMAT
def panel_scores(everything: bool, slug: str | None, form: str) -> None:
    """What the panel said per entry and criterion, by each round's published method."""
    from challenge.exchange import exports

    which = _which(everything, slug)
    with fresh_session() as session:
        _write(("round", "entry", "criterion", "panel_score"), exports.panel_scores(session, which), form)


@group.command()
@_ALL
@_ROUND
@_FORMAT
def ranking(everything: bool, slug: str | None, form: str) -> None:
    """Place and total of every entry."""
    from challenge.exchange import exports

    which = _which(everything, slug)
    with fresh_session() as session:
        _write(("round", "entry", "place", "total"), exports.ranking(session, which), form)


@group.command()
@_FORMAT
def achievements(form: str) -> None:
    """The public part of what is on offer."""
    from challenge.exchange import exports

    with fresh_session() as session:
        _write(exports.ACHIEVEMENT, exports.achievements(session), form)
