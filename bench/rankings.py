"""What rankings are worth: published results reproduced to the cent, and calibration against a known truth.

`simulator.py` is used unchanged, seeds 0 to 19. The chances of the top ten are binned by tenths; from the
bottom up, neighbouring tenths are joined until a bin has `LEAST` entries, and what is left over at the top
joins the last: fewer would measure luck.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from bench import simulator, world
from bench.rows import Row
from challenge.engines.calibration import calibrate
from challenge.rules.calibration import Answer, Problem, Scale, prepare
from challenge.rules.scales import Criterion

DATA = Path(__file__).parent / "data" / "judged-scores.tar.xz"
SEEDS = range(20)
ENTRIES, JUDGES, TOP = 300, 30, 10
LEAST = 50
Judged = dict[str, dict[str, dict[str, Decimal]]]  # entry -> judge -> criterion -> score
PANEL_SCORES, TOTALS = 5_715, 1_143
OF_NINE, SMALLEST_ROUND, DRAWS = 3, 15, range(5)


def unpacked(folder: Path) -> Path:
    """The judged rounds as files."""
    target = folder / "judged-scores"
    if not target.exists():
        with tarfile.open(DATA, "r:xz") as archive:
            archive.extractall(folder, filter="data")
    return target


def published(folder: Path) -> list[Row]:
    """From our own import to our own export, and how long they take, held against what was published."""
    source, data = unpacked(folder), folder / "published"
    data.mkdir()
    url = f"sqlite:///{data / 'challenge.db'}"
    world.migrate(url, data)
    env = {**os.environ, "DATABASE_URL": url, "CHALLENGE_DATA": str(data), "CHALLENGE_MODE": "dev"}
    started = time.monotonic()
    _flask(env, "import", "scores", str(source))
    imported, started = time.monotonic() - started, time.monotonic()
    totals = {row[:2]: row[3] for row in _flask(env, "export", "ranking", "--all", "--format", "csv")}
    exported = time.monotonic() - started
    ours = {row[:3]: row[3] for row in _flask(env, "export", "panel-scores", "--all", "--format", "csv")}
    theirs = {row[:3]: row[3] for row in _read(source / "published.csv")}
    official = {row[:2]: row[4] for row in _read(source / "entries.csv")}
    return [
        Row("import of 51,435 scores", round(imported, 2), "s", 20),
        Row("export of all rankings", round(exported, 2), "s", 3),
        Row("published panel scores reproduced", _alike(ours, theirs), "scores", PANEL_SCORES, "eq"),
        Row("published totals reproduced", _alike(totals, official), "totals", TOTALS, "eq"),
    ]


def _flask(env: dict[str, str], *args: str) -> list[tuple[str, ...]]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *args]
    done = subprocess.run(command, cwd=world.ROOT, env=env, check=True, capture_output=True, text=True)
    return _rows(io.StringIO(done.stdout))


def _read(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return _rows(file)


def _rows(file: Iterable[str]) -> list[tuple[str, ...]]:
    reader = csv.reader(file)
    next(reader, None)
    return [tuple(row) for row in reader]


def _alike(ours: dict[tuple[str, ...], str], theirs: dict[tuple[str, ...], str]) -> int:
    """How many published figures we have to the cent."""
    return sum(key in ours and Decimal(ours[key]) == Decimal(value) for key, value in theirs.items())


def simulated() -> list[Row]:
    """Kendall's tau, recall of the top ten, coverage and chances on the simulator's rounds."""
    rounds = [simulator.simulate(seed) for seed in SEEDS]
    plain = [simulator.plain_mean(rows, ENTRIES) for _, rows in rounds]
    truths = [truth for truth, _ in rounds]
    found = [Row("simulator, seeds 0-19, plain mean: tau", _tau(truths, plain), "tau", 0.58, "ge")]
    for name, scale, tau, recall in (
        ("severity + noise", None, 0.690, 0.47),
        ("severity + scale + noise", Scale(1, 10, 1), 0.704, 0.475),
    ):
        answers = [
            calibrate(_problem(rows, seed, scale)) for seed, (_, rows) in zip(SEEDS, rounds, strict=True)
        ]
        values = [np.array([each.value for each in answer.entries]) for answer in answers]
        recalls = [simulator.top_recall(*pair) for pair in zip(truths, values, strict=True)]
        title = f"simulator, seeds 0-19, {name}"
        found += [
            Row(f"{title}: tau", _tau(truths, values), "tau", tau, "ge"),
            Row(f"{title}: top-10 recall", round(float(np.mean(recalls)), 3), "share", recall, "ge"),
            Row(f"{title}: 90 % intervals that cover", _coverage(truths, answers), "share", 0.85, "ge"),
            Row(f"{title}: P(top 10), worst bin", _worst_bin(truths, answers), "off by", 0.1),
        ]
    return found


def _problem(rows: np.ndarray, seed: int, scale: Scale | None) -> Problem:
    scores = tuple((int(entry), int(judge), float(value)) for entry, judge, value in rows)
    names = tuple(map(str, range(ENTRIES)))
    judges = tuple(map(str, range(JUDGES)))
    return Problem(names, judges, scores, (0.0,) * ENTRIES, TOP, scale, seed, 2_000)


def _tau(truths: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> float:
    taus = [simulator.kendall_tau(truth, value) for truth, value in zip(truths, values, strict=True)]
    return round(float(np.mean(taus)), 4)


def _coverage(truths: Sequence[np.ndarray], answers: Sequence[Answer]) -> float:
    """Of the truth on the simulator's scale: 5.5 + 1.6 x quality."""
    inside = [
        each.low <= 5.5 + 1.6 * quality <= each.high
        for truth, answer in zip(truths, answers, strict=True)
        for quality, each in zip(truth, answer.entries, strict=True)
    ]
    return round(float(np.mean(inside)), 4)


def _worst_bin(truths: Sequence[np.ndarray], answers: Sequence[Answer]) -> float:
    """How far the mean chance of a bin is from the share of its entries that are in the top ten."""
    tenths: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for truth, answer in zip(truths, answers, strict=True):
        best = set(np.argsort(-truth)[:TOP])
        for place, each in enumerate(answer.entries):
            tenths[min(9, int(each.top * 10))].append((each.top, place in best))
    bins: list[list[tuple[float, bool]]] = [[]]
    for tenth in tenths:
        bins[-1] += tenth
        if len(bins[-1]) >= LEAST:
            bins.append([])
    rest = bins.pop()
    bins[-1] += rest
    return round(max(abs(float(np.mean(each, axis=0) @ (1, -1))) for each in bins), 4)


def real(folder: Path) -> list[Row]:
    """Three of nine judges drawn for each entry of the larger rounds; the target is the mean of the others.

    Where the panels drawn share no judge there is no calibration, here as in the product: the mean stands.
    """
    rounds = [each for each in _judged(unpacked(folder)) if len(each[1]) >= SMALLEST_ROUND]
    taus = np.array([_drawn(seed, *each) for seed in DRAWS for each in rounds]).mean(0)
    title = f"{len(rounds)} real rounds of {SMALLEST_ROUND} entries or more, three of nine judges, seeds 0-4"
    return [
        Row(f"{title}, plain mean: tau", round(float(taus[0]), 4), "tau", 0.86, "ge"),
        Row(f"{title}, severity + noise: tau", round(float(taus[1]), 4), "tau", 0.872, "ge"),
    ]


def _drawn(seed: int, criteria: Sequence[Criterion], cards: Judged) -> tuple[float, float]:
    """Kendall's tau of the plain mean and of the calibrated values of one draw."""
    chance = np.random.default_rng([seed, len(cards)])
    drawn, target = {}, []
    for entry in sorted(cards):
        mine = cards[entry]
        chosen = set(chance.permutation(sorted(mine))[:OF_NINE].tolist())
        drawn[entry] = {judge: card for judge, card in mine.items() if judge in chosen}
        target.append(_mean(card for judge, card in mine.items() if judge not in chosen))
    mean = [_mean(mine.values()) for mine in drawn.values()]
    asked = prepare(drawn, criteria, model="severity", top=3, digest=f"{seed:08x}")
    found = [each.value for each in calibrate(asked).entries] if isinstance(asked, Problem) else mean
    return simulator.kendall_tau(target, mean), simulator.kendall_tau(target, found)


def _mean(cards: Iterable[dict[str, Decimal]]) -> float:
    """The mean of judges' totals; the weights of these rounds are equal."""
    return float(np.mean([float(sum(card.values())) for card in cards]))


def _judged(source: Path) -> list[tuple[list[Criterion], Judged]]:
    """Each round's criteria and its whole scorecards: entry -> judge -> criterion -> score."""
    criteria: dict[str, list[Criterion]] = defaultdict(list)
    for name, criterion, *figures in _read(source / "criteria.csv"):
        criteria[name].append(Criterion(criterion, *map(Decimal, figures)))
    rounds: dict[str, Judged] = {name: {} for name in criteria}
    for name, entry, judge, criterion, score in _read(source / "scores.csv"):
        if score:
            rounds[name].setdefault(entry, {}).setdefault(judge, {})[criterion] = Decimal(score)
    return [(criteria[name], cards) for name, cards in rounds.items()]


def measured(folder: Path) -> list[Row]:
    """All of it."""
    return [*published(folder), *simulated(), *real(folder)]
