"""What each page costs at 100,000 rows against 1,000: nearly the same, with the same statements."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from bench import funnel, searching
from bench.jobs import JUDGE, ORGANIZER, Apps, open_apps, scores
from bench.measure import RATIOS, Job, least
from bench.rows import Row

MOST = 1.2


def growth(folder: Path, small: int, large: int, seed: int) -> list[Row]:
    """For each page: the ratio of its costs, and the difference of its statements."""
    (folder / f"world-{small}.db").unlink(missing_ok=True)
    for part in ("-wal", "-shm"):
        (folder / f"world-{small}.db{part}").unlink(missing_ok=True)
    few, many = open_apps(folder, small, seed), open_apps(folder, large, seed)
    rows = []
    for (name, one), (_name, two) in zip(pages(few), pages(many), strict=True):
        one.batch(3)
        two.batch(3)
        found = [least(one, two, 8) for _ in range(RATIOS)]
        figure = statistics.median(high / low for low, high in found)
        rows.append(Row(f"{name}: growth from {small:,} to {large:,} rows", round(figure, 2), "x", MOST))
        more = two.statements() - one.statements()
        rows.append(Row(f"{name}: statements more at {large:,} rows", more, "SQL", 0, "eq"))
    return rows + searching.against_floor(many) + funnel.against_floor(many)


def pages(apps: Apps) -> Iterator[tuple[str, Job]]:
    """The pages that must not grow, drawn anew each time."""
    made, product = apps.world, apps.product
    yield "public list of rounds", Job(product, "/rounds", marker="Advanced Manufacturing Round")
    yield "list of requirements", Job(product, "/requirements", marker="Low-light")
    yield "detail of a requirement", Job(product, f"/requirements/{made.requirement}", marker="Low-light")
    yield "page of a round", Job(product, "/rounds/round-100", marker="Advanced Manufacturing Round 100")
    yield "public ranking", Job(product, f"/rounds/{made.closed}/results", marker="Polarised vision 50")
    yield "scoring page", Job(product, f"/judge/{made.assignment}", person=JUDGE, marker="score-11")
    path = f"/judge/{made.assignment}/save"
    yield "save four scores", Job(product, path, person=JUDGE, form=scores(apps), status=302)
    board = f"/organize/rounds/{made.ranked}/ranking"
    yield "organizer's ranking", Job(product, board, person=ORGANIZER, marker="S-0000")
    fixed = f"/organize/rounds/{made.closed}/ranking"  # as many entries as the world is large
    yield "organizer's fixed ranking", Job(product, fixed, person=ORGANIZER, marker="Polarised vision 50")
    beside = f"{fixed}?view=calibrated"
    yield "organizer's calibrated ranking", Job(product, beside, person=ORGANIZER, marker="a tie band")
