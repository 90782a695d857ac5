"""The jobs of the performance page, each against the floor in the same run, with their statements."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench import world
from bench.floor import create_floor
from bench.measure import Job, ratio
from bench.rows import Row
from bench.world import World
from challenge.app import create_app
from challenge.base.db import db
from challenge.rounds.models import Round
from config import Settings

JUDGE, ORGANIZER, SOLVER = 1, 2, 3
READ, WRITE, SUBMIT = 5, 8, 14


@dataclass(frozen=True)
class Apps:
    """The floor and the product over one world; `keeping` keeps public pages, `product` draws each anew."""

    floor: Flask
    product: Flask
    keeping: Flask
    world: World


def open_apps(folder: Path, size: int, seed: int) -> Apps:
    """A world of that size with all three applications over it."""
    path = folder / f"world-{size}.db"
    url = f"sqlite:///{path}"
    data = folder / "data"
    data.mkdir(exist_ok=True)
    world.migrate(url, data)
    product = create_app(Settings.for_test(url, data, flask={"KEEP_PAGES": False, "TESTING": False}))
    keeping = create_app(Settings.for_test(url, data, flask={"KEEP_PAGES": True, "TESTING": False}))
    made = world.make(product, size, seed)
    return Apps(create_floor(url, str(product.secret_key)), product, keeping, made)


@dataclass(frozen=True)
class Pair:
    """A job of the product, the floor's, and what it may cost."""

    name: str
    product: Job
    floor: Job
    target: float
    statements: int
    least_statements: bool = True


def scores(apps: Apps) -> dict[str, str]:
    """What a judge's form sends: four scores."""
    return {f"score-{each}": "8.5" for each in apps.world.criteria} | {"round": str(apps.world.round_id)}


def pairs(apps: Apps) -> Iterator[Pair]:
    """The jobs, each with its floor."""
    made = apps.world
    rows = Job(apps.floor, "/rounds", marker="Advanced Manufacturing Round")
    signed_rows = Job(apps.floor, "/rounds", person=JUDGE, marker="Person 1")
    kept = Job(apps.keeping, "/rounds", marker="Advanced Manufacturing Round")
    floor_kept = Job(apps.floor, "/rounds-kept", marker="Advanced Manufacturing Round")
    yield Pair(
        "public list of rounds, 50 rows, uncached, anonymous",
        Job(apps.product, "/rounds", marker="Advanced Manufacturing Round"),
        rows,
        2,
        READ,
    )
    yield Pair(
        "public list of rounds, 50 rows, uncached, signed in",
        Job(apps.product, "/rounds", person=JUDGE, marker="Person 1"),
        signed_rows,
        2.5,
        READ,
    )
    yield Pair("public list of rounds, 50 rows, cached by version", kept, floor_kept, 2, READ)
    yield Pair(
        "public list of rounds, 50 rows, 304",
        unchanged(apps.keeping, "/rounds"),
        unchanged(apps.floor, "/rounds-kept"),
        2,
        READ,
    )
    need = f"/requirements/{made.requirement}"
    yield Pair(
        "detail of a requirement, uncached",
        Job(apps.product, need, marker="Low-light"),
        Job(apps.floor, need, marker="Low-light"),
        2,
        READ,
    )
    desk = f"/judge/{made.assignment}"
    yield Pair(
        "scoring page",
        Job(apps.product, desk, person=JUDGE, marker="score-11"),
        Job(apps.floor, desk, person=JUDGE, marker="score-11"),
        2.5,
        READ,
    )
    form = scores(apps)
    yield Pair(
        "save four scores, totals kept",
        Job(apps.product, f"{desk}/save", person=JUDGE, form=form, status=302),
        Job(apps.floor, f"{desk}/save", person=JUDGE, form=form, status=302),
        2,
        WRITE,
    )
    results = f"/rounds/{made.closed}/results"
    yield Pair(
        "public ranking, top 50, uncached",
        Job(apps.product, results, marker="Polarised vision 50"),
        Job(apps.floor, results, marker="Polarised vision 50"),
        2,
        READ,
    )
    board = f"/organize/rounds/{made.ranked}/ranking"
    if "organize.ranking" in apps.product.view_functions:
        yield Pair(
            f"organizer's ranking of {world.ENTRIES:,} submissions, 50 a page",
            Job(apps.product, board, person=ORGANIZER, marker="S-0000"),
            Job(apps.floor, board, person=ORGANIZER, marker="S-0000"),
            3,
            READ,
        )


def unchanged(app: Flask, path: str) -> Job:
    """A request that names the page's own ETag; the caller's minute must not end meanwhile."""
    return Unchanged(app, path)


class Unchanged(Job):
    """Asks with the newest ETag it was given, and takes the new one when a minute has ended."""

    def __init__(self, app: Flask, path: str) -> None:
        super().__init__(app, path, status=304)
        self.full = Job(app, path)

    def once(self) -> tuple[dict[str, str], bytes]:
        """A 304; after a change or the end of a minute the page once more, and its new ETag."""
        for _ in range(3):
            try:
                return super().once()
            except RuntimeError:
                headers, _body = self.full.once()
                self.environ["HTTP_IF_NONE_MATCH"] = headers["ETag"]
        return super().once()


def against_floor(folder: Path, size: int, seed: int) -> list[Row]:
    """Every job's ratio to the floor and its statements."""
    apps = open_apps(folder, size, seed)
    rows: list[Row] = []
    for pair in pairs(apps):
        found, _floor = ratio(pair.floor, pair.product)
        rows.append(Row(f"{pair.name}: ratio to floor", round(found, 2), "x", pair.target))
        rows.append(Row(f"{pair.name}: statements", pair.product.statements(), "SQL", pair.statements))
    rows += submitting(apps)
    rows.append(spike(apps))
    return rows


def submitting(apps: Apps) -> list[Row]:
    """Handing a submission in: its statements. It is done once, so that no ratio can be taken."""
    made = apps.world
    job = Job(apps.product, f"/solve/{made.draft}/submit", person=SOLVER, form={"sure": "1"}, status=302)
    with job.counting() as asked:
        job.once()
    return [Row("submit: statements", len(asked), "SQL", SUBMIT)]


def spike(apps: Apps) -> Row:
    """The first reader of a kept ranking after a change, against a page that is drawn anew each time."""
    path = f"/rounds/{apps.world.closed}/results"
    plain = Job(apps.product, path, marker="Polarised vision 50")
    first = Job(apps.keeping, path, marker="Polarised vision 50")
    first.once()
    plain.once()
    usual, fresh = [], []
    for _ in range(24):
        with apps.product.app_context():
            db.session.execute(
                sa.update(Round).where(Round.slug == apps.world.closed).values(version=Round.version + 1)
            )
            db.session.commit()
        fresh.append(_timed(first))
        usual.append(_timed(plain))
    figure = statistics.median(fresh) / statistics.median(usual)
    return Row("public ranking, top 50: first reader after a change", round(figure, 2), "x uncached", 1.5)


def _timed(job: Job) -> float:
    started = time.thread_time()
    job.once()
    return time.thread_time() - started
