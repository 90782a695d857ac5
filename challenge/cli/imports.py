"""`flask import`: rounds from a feed, judged scores, requirements. All or nothing, each guess reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from challenge.base.db import begin_write, fresh_session
from challenge.exchange.reports import Faulty, Report

SHOWN_FAULTS = 50
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
REPORT = click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the lines as CSV to this file."
)


@click.group("import")
def group() -> None:
    """Bring in rounds, judged scores or requirements from files."""


@contextmanager
def _readable_faults() -> Iterator[None]:
    try:
        yield
    except Faulty as faulty:
        for line in faulty.lines[:SHOWN_FAULTS]:
            click.echo(
                ": ".join(part for part in (line.item, line.field, line.code, line.text) if part), err=True
            )
        more = len(faulty.lines) - SHOWN_FAULTS
        if more > 0:
            click.echo(f"... and {more} more", err=True)
        raise click.ClickException(f"{len(faulty.lines)} faults; nothing was imported.") from None


def _say(report: Report, path: Path | None) -> None:
    if path is not None:
        path.write_text(report.as_csv(), encoding="utf-8")
    else:
        click.echo(report.as_csv(), nl=False)
    click.echo(
        f"{report.created} imported, {report.unchanged} unchanged, "
        f"{report.count('guess')} guesses, {report.count('loss')} losses",
        err=True,
    )


def _index(result: Report) -> None:
    """Let `flask work` read anew what can be searched and counted: an import tells of nothing by itself."""
    if not result.created:
        return
    from challenge.base import clock
    from challenge.flow import counting, indexing
    from challenge.tasks import queue

    with fresh_session() as session:
        cause = f"import-{clock.now(session).isoformat()}"
        queue.put(session, *indexing.everything(cause), *counting.everything(cause))


@group.command()
@click.argument("file", type=FILE)
@click.option("--zone", default="America/New_York", show_default=True, help="Zone of times that name none.")
@REPORT
def challenges(file: Path, zone: str, report: Path | None) -> None:
    """Rounds from a Challenge.gov-style JSON feed."""
    from challenge.base.i18n import ZONES
    from challenge.exchange.challenges import import_challenges
    from challenge.exchange.feed import read_feed

    if zone not in ZONES:
        raise click.BadParameter(f"{zone!r} is no IANA time zone", param_hint="--zone")
    with _readable_faults():
        items = read_feed(file)
    with fresh_session() as session:
        begin_write(session)
        result = import_challenges(session, items, zone=zone)
    _index(result)
    _say(result, report)


@group.command()
@click.argument("folder", type=FOLDER)
@REPORT
def scores(folder: Path, report: Path | None) -> None:
    """Judged rounds from criteria.csv, entries.csv and scores.csv in a folder."""
    from challenge.exchange.scores import import_scores, read_scores

    with _readable_faults():
        data = read_scores(folder)
    result = import_scores(data)
    _index(result)
    _say(result, report)


@group.command()
@click.argument("file", type=FILE)
@click.option("--programme", "slug", help="Let it count in the rounds of this programme alone.")
def ties(file: Path, slug: str | None) -> None:
    """Past agreements and co-authorships from an XLSX or CSV file."""
    from challenge.exchange.ties import import_ties
    from challenge.flow.handlers import rows_of_ties

    with _readable_faults():
        added, known = import_ties(file, rows_of_ties, slug=slug)
    click.echo(f"{added} ties, {known} known already", err=True)


@group.command()
@click.argument("file", type=FILE)
@click.option("--round", "slug", help="The round that takes them; by default one is made.")
@REPORT
def requirements(file: Path, slug: str | None, report: Path | None) -> None:
    """Requirements from a CSV of titles, fields and budgets."""
    from challenge.exchange.needs import import_needs, read_needs

    with _readable_faults():
        rows = read_needs(file)
        with fresh_session() as session:
            begin_write(session)
            result = import_needs(session, rows, slug=slug)
    _index(result)
    _say(result, report)


@group.command("round")
@click.argument("file", type=FILE)
@click.option("--slug", help="Give the round another address than it had.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be created and found; change nothing.")
def whole_round(file: Path, slug: str | None, dry: bool) -> None:
    """A whole round from an archive of `flask export round`, as it was: no event, no letter."""
    from challenge.cli.exchanged import told, words_for_refusals
    from challenge.exchange import rounds_in
    from challenge.exchange.round_archives import Opened
    from challenge.files.storage import storage
    from challenge.rules.permissions import SYSTEM

    with words_for_refusals(), Opened(file) as archive:
        if dry:
            arrived = rounds_in.rehearse(archive, told, slug=slug)
        else:
            arrived = rounds_in.take(archive, storage(), SYSTEM, told, slug=slug)
    if not dry:
        _index(Report(created=1))
    click.echo(json.dumps(rounds_in.described(arrived), ensure_ascii=False, indent=1))
