"""What the entries of a round are worth once the judges' differences are taken out, with its uncertainty.

A mixed model, sampled by Gibbs' method: score = entry + severity of the judge + noise of the judge's own
(Henderson's BLUP with a variance for each judge; Geman & Geman 1984 for the sampling). The option multiplies
the entry by the judge's use of the scale, and takes a score for what it is: rounded to a step and cut off at
both ends of the scale (Albert & Chib 1993). Intervals, chances and places are read off the samples, so they
carry the uncertainty of all parts at once. The same seed gives the same numbers.
"""

from __future__ import annotations

import json
import math
import sys
from functools import cache
from typing import Any

import numpy as np

from challenge.engines import child
from challenge.engines.calibrating import NO_MEMORY
from challenge.rules.calibration import SURE, Answer, Estimated, JudgeEffect, Problem, Scale

SETTLING = 300
FREEDOM = 8.0  # how alike the judges' noises are thought to be before any score is seen
PRIOR = 0.01  # the weight of a variance's prior, as a share of the variance of all scores
ENGINE = f"numpy {np.__version__}"


def calibrate(problem: Problem) -> Answer:
    """The calibrated values of a problem's entries; with its `scale`, by the option.

    Every entry and judge has a score, and who scored what hangs together: `prepare` has seen to it.
    """
    state = _State(problem, np.random.default_rng(problem.seed))
    entries, judges = len(problem.entries), len(problem.judges)
    carried = np.array(problem.carried)
    kept = np.empty((problem.sweeps, entries), np.float32)
    sums = np.zeros((3, judges))
    severities = np.empty((problem.sweeps, judges), np.float32)
    for sweep in range(-SETTLING, problem.sweeps):
        state.sweep()
        if sweep >= 0:
            kept[sweep] = state.centre + state.entry + carried
            effect = state.severity + (state.use - 1) * state.entry.mean()
            sums += np.array([effect, state.use, np.sqrt(state.variance)])
            severities[sweep] = effect - effect.mean()
    effects = (sums / problem.sweeps).T
    effects[:, 0] -= effects[:, 0].mean()
    ends = np.quantile(severities, [0.05, 0.95], axis=0).T
    rows = np.hstack([effects[:, :1], ends, effects[:, 1:]]).tolist()
    found = tuple(JudgeEffect(*(round(each, 4) for each in row)) for row in rows)
    return Answer(_estimates(kept, problem.top), found, ENGINE)


class _State:
    """One state of the sampler; a sweep draws every part given all others."""

    def __init__(self, problem: Problem, rng: np.random.Generator) -> None:
        self.rng, self.scale = rng, problem.scale
        self.entries, self.judges = len(problem.entries), len(problem.judges)
        self.e = np.array([entry for entry, _, _ in problem.scores])
        self.j = np.array([judge for _, judge, _ in problem.scores])
        given = np.array([value for _, _, value in problem.scores], float)
        self.centre = float(given.mean())
        self.given = given - self.centre
        self.y = self.given.copy()
        spread = float(self.given.var()) or 1.0
        self.unit = spread
        self.of_judge = np.bincount(self.j, minlength=self.judges)
        self.entry = np.bincount(self.e, self.y, self.entries) / np.bincount(self.e, minlength=self.entries)
        self.severity = np.zeros(self.judges)
        self.use = np.ones(self.judges)
        self.variance = np.full(self.judges, spread / 2)
        self.between, self.harshness, self.stretch = spread / 2, spread * 0.3, 0.1
        self.usual = spread * 0.4
        self.least = spread * 1e-4

    def sweep(self) -> None:
        """Draw everything once."""
        if self.scale is not None:
            self._unround(self.scale)
        weight = 1 / self.variance[self.j]
        use = self.use[self.j]
        precision = np.bincount(self.e, weight * use * use, self.entries) + 1 / self.between
        mean = np.bincount(self.e, weight * use * (self.y - self.severity[self.j]), self.entries) / precision
        self.entry = self._normal(mean, precision)
        self._draw_judges()
        self._draw_noise()
        self.harshness = self._variance_of(self.severity, self.unit * PRIOR)
        self.between = self._variance_of(self.entry, self.unit * PRIOR)

    def _draw_judges(self) -> None:
        rest = self.y - self.use[self.j] * self.entry[self.e]
        precision = self.of_judge / self.variance + 1 / self.harshness
        mean = np.bincount(self.j, rest, self.judges) / self.variance / precision
        self.severity = self._normal(mean, precision)
        if self.scale is None:
            return
        value = self.entry[self.e]
        rest = self.y - self.severity[self.j]
        precision = np.bincount(self.j, value * value, self.judges) / self.variance + 1 / self.stretch
        mean = np.bincount(self.j, value * rest, self.judges) / self.variance + 1 / self.stretch
        self.use = self._normal(mean / precision, precision)
        self.stretch = max(self._variance_of(self.use - 1, 0.05), 1e-4)

    def _draw_noise(self) -> None:
        rest = self.y - self.use[self.j] * self.entry[self.e] - self.severity[self.j]
        squares = np.bincount(self.j, rest * rest, self.judges)
        shape = (FREEDOM + self.of_judge) / 2
        self.variance = (FREEDOM * self.usual + squares) / (2 * self.rng.gamma(shape)) + self.least
        rate = FREEDOM / 2 * float((1 / self.variance).sum())
        self.usual = float(self.rng.gamma(self.judges * FREEDOM / 2 + 1)) / rate

    def _normal(self, mean: Any, precision: Any) -> Any:
        return mean + self.rng.normal(size=len(mean)) / np.sqrt(precision)

    def _variance_of(self, values: Any, least: float) -> float:
        """A variance given its draws, with a prior so weak that two judges may still be alike."""
        return (float(values @ values) + 2 * least) / (2 * float(self.rng.gamma((len(values) + 1) / 2)))

    def _unround(self, scale: Scale) -> None:
        """What a rounded and cut-off score may have been before."""
        half = scale.step / 2
        low = np.where(self.given + self.centre <= scale.low + half / 2, -np.inf, self.given - half)
        high = np.where(self.given + self.centre >= scale.high - half / 2, np.inf, self.given + half)
        mean = self.use[self.j] * self.entry[self.e] + self.severity[self.j]
        deviation = np.sqrt(self.variance[self.j])
        below, above = _below((low - mean) / deviation), _below((high - mean) / deviation)
        drawn = mean + deviation * _quantile(below + (above - below) * self.rng.random(len(mean)))
        reach = 6 * deviation + half
        self.y = np.clip(
            drawn, np.where(np.isinf(low), high - reach, low), np.where(np.isinf(high), low + reach, high)
        )


@cache
def _table() -> tuple[Any, Any]:
    """The normal distribution at 24,001 places: finer than any score."""
    places = np.linspace(-6, 6, 24_001)
    return places, np.array([0.5 * (1 + math.erf(each / math.sqrt(2))) for each in places])


def _below(value: Any) -> Any:
    places, chances = _table()
    return np.interp(value, places, chances, left=0.0, right=1.0)


def _quantile(chance: Any) -> Any:
    places, chances = _table()
    return np.interp(chance, chances, places)


def _estimates(kept: Any, top: int) -> tuple[Estimated, ...]:
    value = kept.mean(0)
    low, high = np.quantile(kept, [0.05, 0.95], axis=0)
    places = np.empty(kept.shape, np.int32)
    for row, out in zip(kept, places, strict=True):
        out[np.argsort(-row, kind="stable")] = np.arange(1, len(row) + 1, dtype=np.int32)
    first, last = np.quantile(places, [0.05, 0.95], axis=0, method="nearest")
    chance = (places <= top).mean(0)
    order = np.argsort(-value, kind="stable")
    place = np.empty(len(value), np.int64)
    place[order] = np.arange(1, len(value) + 1)
    bands = _bands(kept, order)
    rows = zip(value, low, high, chance, first, last, bands, place, strict=True)
    return tuple(_estimated(*row) for row in rows)


def _estimated(
    value: Any, low: Any, high: Any, chance: Any, first: Any, last: Any, band: Any, place: Any
) -> Estimated:
    value, low, high, chance = (round(float(each), 4) for each in (value, low, high, chance))
    return Estimated(value, low, high, chance, int(first), int(last), int(band), int(place))


def _bands(kept: Any, order: Any) -> Any:
    """From the best down: an entry belongs to a band unless the band's first is surely before it.

    Compared with its neighbour alone, each entry would join the one above, and all would be one band.
    """
    bands = np.empty(len(order), np.int64)
    band, head = 1, order[0]
    for each in order:
        if float((kept[:, head] > kept[:, each]).mean()) >= SURE:
            band, head = band + 1, each
        bands[each] = band
    return bands


def main() -> int:
    """A problem comes in as JSON, its calibration goes out: one child process."""
    child.limit()
    problem = Problem.from_json(json.load(sys.stdin))
    try:
        answer = calibrate(problem)
    except MemoryError:
        return NO_MEMORY
    json.dump(answer.to_json(), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
