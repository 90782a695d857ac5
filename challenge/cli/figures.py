"""`flask figures`: what the funnel's figures are kept as, against a full count."""

from __future__ import annotations

import click

MOST_SHOWN = 50


@click.group("figures")
def group() -> None:
    """Look after the figures of the funnel."""


@group.command()
@click.option("--repair", is_flag=True, help="Write what differs as the full count has it.")
def recount(*, repair: bool) -> None:
    """Count everything anew and compare. Ends with 1 where a figure is kept otherwise.

    What `flask work` has not done yet counts as a difference: let it come to rest first.
    """
    from challenge.flow import counting

    apart, things = counting.recount()
    for each in apart[:MOST_SHOWN]:
        programme, round_, branch, field, year = each.scope
        where = f"programme {programme} round {round_} branch {branch} field {field or 'all'} year {year}"
        click.echo(f"{where}: {each.figure}: kept {each.kept}, counted {each.counted}")
    if len(apart) > MOST_SHOWN:
        click.echo(f"and {len(apart) - MOST_SHOWN} more")
    if not apart:
        click.echo(f"{things} counted: every figure is as it is kept.")
        return
    if repair:
        read = counting.repair()
        click.echo(f"{len(apart)} differences mended, {read} things read anew.")
    raise SystemExit(1)
