"""The jobs of the performance page, each against the floor in the same run, with their statements."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bench import world
from bench.floor import create_floor
from bench.judged import ENTRIES, JUDGED, QUEUE
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


def scores(apps: Apps) -> dict[str, str]:
    """What a judge's form sends: four scores."""
    return {f"score-{each}": "8.5" for each in apps.world.criteria} | {"round": str(apps.world.round_id)}


def pairs(apps: Apps) -> Iterator[Pair]:
    """The jobs, each with its floor."""
    yield from public_pairs(apps)
    yield from judging_pairs(apps)


def public_pairs(apps: Apps) -> Iterator[Pair]:
    """What everyone reads."""
    floor, keeping = apps.floor, apps.keeping
    words, person = "Advanced Manufacturing Round", "Person 1"
    rows, need = "public list of rounds, 50 rows", f"/requirements/{apps.world.requirement}"
    results = f"/rounds/{apps.world.closed}/results"
    kept, floor_kept = Job(keeping, "/rounds", marker=words), Job(floor, "/rounds-kept", marker=words)
    for name, ours, theirs, target in (
        (f"{rows}, uncached, anonymous", *_both(apps, "/rounds", words), 2.0),
        (f"{rows}, uncached, signed in", *_both(apps, "/rounds", person, person=JUDGE), 2.5),
        (f"{rows}, cached by version", kept, floor_kept, 2.0),
        (f"{rows}, 304", Unchanged(keeping, "/rounds"), Unchanged(floor, "/rounds-kept"), 2.0),
        ("detail of a requirement, uncached", *_both(apps, need, "Low-light"), 2.0),
        ("public ranking, top 50, uncached", *_both(apps, results, "Polarised vision 50"), 2.0),
    ):
        yield Pair(name, ours, theirs, target, READ)


def _both(apps: Apps, path: str, marker: str, **values: Any) -> tuple[Job, Job]:
    return tuple(Job(app, path, marker=marker, **values) for app in (apps.product, apps.floor))  # type: ignore[return-value]


def judging_pairs(apps: Apps) -> Iterator[Pair]:
    """What judges and organizers do."""
    desk, form = f"/judge/{apps.world.assignment}", scores(apps)
    yield Pair("scoring page", *_both(apps, desk, "score-11", person=JUDGE), 2.5, READ)
    save = _both(apps, f"{desk}/save", "", person=JUDGE, form=form, status=302)
    yield Pair("save four scores, totals kept", *save, 2, WRITE)
    board = _both(apps, f"/organize/rounds/{apps.world.ranked}/ranking", "S-0000", person=ORGANIZER)
    yield Pair(f"organizer's ranking of {ENTRIES:,} submissions, 50 a page", *board, 3, READ)


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
    rows += [saving_all(apps), *submitting(apps)]
    rows.append(spike(apps))
    return rows


def submitting(apps: Apps) -> list[Row]:
    """Handing a submission in: its statements. It is done once, so that no ratio can be taken."""
    made = apps.world
    job = Job(apps.product, f"/solve/{made.draft}/submit", person=SOLVER, form={"sure": "1"}, status=302)
    with job.counting() as asked:
        job.once()
    return [Row("submit: statements", len(asked), "SQL", SUBMIT)]


def saving_all(apps: Apps) -> Row:
    """All cards of a judge saved at once: its statements. Saved again, nothing is written."""
    form = {
        f"task{n:08d}:{name}": "7.5"
        for n in range(1, QUEUE + 1)
        for name in scores(apps)
        if name.startswith("score-")
    }
    job = Job(apps.product, f"/judge/phases/{JUDGED}/save", person=JUDGE, form=form, status=302)
    with job.counting() as asked:
        job.once()
    return Row(f"save {QUEUE} scorecards at once: statements", len(asked), "SQL", WRITE)


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
