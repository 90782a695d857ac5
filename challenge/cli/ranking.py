"""`flask ranking`: recompute published rankings and say what differs; calibrate those that never were."""

from __future__ import annotations

import sys

import click
from sqlalchemy.orm import Session

from challenge.base.db import fresh_session, one_view
from challenge.judging import calibrating, verifying
from challenge.judging.models import Ranking
from challenge.judging.verifying import Difference
from challenge.rules.calibration import Problem

WHAT = {
    "digest": "the scorecards, criteria, method or decisions are not those it was fixed from",
    "audit": "the audit trail recorded other inputs when it was fixed",
    "row": "a line of the ranking is not what follows from the scorecards",
    "calibration": "the calibration is not what its seed gives",
    "engine": "other random numbers: the library that draws them has changed",
}
MOST = 20  # differences shown of one ranking

_ROUND = click.option("--round", "slug", help="One round, by its address name.")


@click.group("ranking")
def group() -> None:
    """Verify published rankings."""


@group.command("verify")
@_ROUND
def verify(slug: str | None) -> None:
    """Recompute every ranking in force from its scorecards; ends with 1 where one differs."""
    wrong = 0
    with fresh_session() as session:
        one_view(session)
        rankings = verifying.in_force(session, slug)
        if slug is not None and not rankings:
            raise click.UsageError(f"{slug} has no ranking in force.")
        for name, fixed in rankings:
            found, calibrated = _differences(session, fixed)
            beside = "with its calibration" if calibrated else "no calibration beside it"
            click.echo(f"{name} {fixed.ref}: {f'{len(found)} differences' if found else f'OK, {beside}'}")
            _show(found)
            wrong += bool(found)
    click.echo(f"{len(rankings)} rankings, {wrong} differ.")
    if wrong:
        sys.exit(1)


def _differences(session: Session, fixed: Ranking) -> tuple[list[Difference], bool]:
    """What differs, and whether a calibration was reckoned again."""
    try:
        computed = verifying.recomputed(session, fixed)
    except ValueError as fault:
        return [Difference("digest", field="method", stored=fixed.method, found=str(fault))], False
    found = verifying.differences(session, fixed, computed)
    asked = verifying.question(session, fixed, computed)
    if isinstance(asked, Difference):
        return [*found, asked], False
    if not isinstance(asked, Problem):
        return found, False
    from challenge.flow.handlers import reckon

    answer = reckon(asked)
    if isinstance(answer, str):
        return [*found, Difference("calibration", field="engine", stored="done", found=answer)], False
    return [*found, *verifying.calibrated_differences(session, fixed, computed, asked, answer)], True


def _show(found: list[Difference]) -> None:
    told = set()
    for each in found[:MOST]:
        if each.kind not in told:
            click.echo(f"  {WHAT[each.kind]}:")
            told.add(each.kind)
        where = " ".join(part for part in (each.where, each.field) if part)
        click.echo(f"    {where + ': ' if where else ''}stored {each.stored}, recomputed {each.found}")
    if len(found) > MOST:
        click.echo(f"    and {len(found) - MOST} more")


@group.command("calibrate")
@_ROUND
def calibrate(slug: str | None) -> None:
    """Have `flask work` calibrate rankings that never were: imported ones, or older ones."""
    from challenge.flow import calibrating as flow
    from challenge.tasks import queue

    with fresh_session() as session:
        wanted = calibrating.missing(session, slug)
        for ranking_id in wanted:
            queue.put_again(session, flow.work_of(ranking_id))
    click.echo(f"{len(wanted)} rankings will be calibrated.")
