"""`flask export`: rankings, panel scores, achievements as CSV or JSON lines; a whole round as an archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from flask import current_app

from challenge.base import csvs
from challenge.base.db import fresh_session


@click.group("export")
def group() -> None:
    """Write rankings, panel scores and achievements to standard output, a whole round to a file."""


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


@group.command("round")
@click.argument("slug")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def whole_round(slug: str, target: Path) -> None:
    """A whole round as one archive that another installation imports: rows, files, audit chain."""
    from challenge.cli.exchanged import told, words_for_refusals
    from challenge.exchange import rounds_out
    from challenge.files.storage import storage
    from challenge.rounds import queries

    if target.exists():
        raise click.ClickException(f"{target} is there already. Name a new file.")
    with words_for_refusals():
        with fresh_session() as session:
            round_id = queries.by_slug(session, slug).id
        address = str(current_app.config["SETTINGS"].base_url)
        manifest = rounds_out.export(round_id, target, storage(), address, told)
    click.echo(rounds_out.told_as_json(manifest))
    if manifest.missing:
        raise click.ClickException(
            f"{len(manifest.missing)} files are not in it: the storage had not got them."
        )
