"""What a calibration is given and what it gives, and whether these judges can be compared at all.

The arithmetic is in `engines/calibration.py`. Here are its question (`Problem`), why it is not asked
(`Refusal`), and its answer, all as plain values that a child process and a database can take.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any

from challenge.rules import assignment
from challenge.rules.scales import Criterion, ends
from challenge.rules.scoring import CalibrationModel, Card, Cards

SURE = 0.9
"""Two entries whose order is less certain than this share a tie band."""
TOSS = (0.4, 0.6)
"""A chance of being above the cut between these is called a coin toss."""
SWEEPS, LEAST_SWEEPS, MOST_DRAWS = 2_000, 500, 10_000_000


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of a judge's total and its step, where the model is to know that scores are rounded."""

    low: float
    high: float
    step: float


@dataclass(frozen=True, slots=True)
class Problem:
    """Judges' totals of entries: (entry, judge, total) by their place in `entries` and `judges`.

    `carried` is added to each entry afterwards: points of the phase before, which no judge of this one gave.
    """

    entries: tuple[str, ...]
    judges: tuple[str, ...]
    scores: tuple[tuple[int, int, float], ...]
    carried: tuple[float, ...]
    top: int
    scale: Scale | None
    seed: int
    sweeps: int

    def to_json(self) -> dict[str, Any]:
        """As plain values, for a child process."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Problem:
        """What `to_json` wrote."""
        scale = stored["scale"]
        return cls(
            tuple(stored["entries"]),
            tuple(stored["judges"]),
            tuple((entry, judge, value) for entry, judge, value in stored["scores"]),
            tuple(stored["carried"]),
            stored["top"],
            None if scale is None else Scale(**scale),
            stored["seed"],
            stored["sweeps"],
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """Judges and entries that share nothing with the rest."""

    judges: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no calibration: `too_few_entries`, `one_judge`, or `pieces` with what they are."""

    reason: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimated:
    """An entry: calibrated value, 90 % interval, chance of the top K, its places (5 % to 95 %), tie band.

    `place` is that of the value among all values.
    """

    value: float
    low: float
    high: float
    top: float
    first_place: int
    last_place: int
    band: int
    place: int


@dataclass(frozen=True, slots=True)
class JudgeEffect:
    """A judge: points above the panel (harsh below zero) with their 90 % interval, use of the scale, noise.

    A use of the scale of 1 is the panel's.
    """

    severity: float
    low: float
    high: float
    scale: float
    noise: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer, in the order of the problem's lists; `engine` names what drew the random numbers."""

    entries: tuple[Estimated, ...]
    judges: tuple[JudgeEffect, ...]
    engine: str

    def to_json(self) -> dict[str, Any]:
        """As plain values, for the parent process."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Answer:
        """What `to_json` wrote."""
        return cls(
            tuple(Estimated(**each) for each in stored["entries"]),
            tuple(JudgeEffect(**each) for each in stored["judges"]),
            stored["engine"],
        )


def is_toss(chance: float | Decimal) -> bool:
    """Whether this chance of being above the cut is a coin toss; as it is stored, or as it was reckoned."""
    return TOSS[0] <= float(chance) <= TOSS[1]


def prepare(
    entries: Mapping[str, Cards],
    criteria: Sequence[Criterion],
    *,
    model: CalibrationModel,
    top: int,
    digest: str,
    carried: Collection[str] = (),
) -> Problem | Refusal:
    """The question that these locked scorecards ask, or why they ask none.

    Only whole scorecards count. The seed is the start of the inputs' digest: nobody picks it, and the same
    inputs give the same answer. `carried` names the criteria that no judge of this phase scores.
    """
    own = [each for each in criteria if each.id not in carried]
    brought = [each for each in criteria if each.id in carried]
    totals = {
        code: {judge: total for judge, card in cards.items() if (total := _total(card, own)) is not None}
        for code, cards in entries.items()
    }
    codes = sorted(code for code, mine in totals.items() if mine)
    judges = sorted({judge for mine in totals.values() for judge in mine}, key=lambda each: (len(each), each))
    if len(codes) < 2:
        return Refusal("too_few_entries")
    if len(judges) < 2:
        return Refusal("one_judge")
    pieces = pieces_of({code: totals[code].keys() for code in codes})
    if len(pieces) > 1:
        return Refusal("pieces", pieces)
    number = {judge: place for place, judge in enumerate(judges)}
    scores = [
        (place, number[judge], float(total))
        for place, code in enumerate(codes)
        for judge, total in sorted(totals[code].items(), key=lambda pair: number[pair[0]])
    ]
    extra = [float(_total(next(iter(entries[code].values())), brought) or 0) for code in codes]
    scale = _scale(own) if model == "scale" else None
    sweeps = _sweeps(len(codes) if scale is None else len(scores) // 2)
    top, seed = min(top, len(codes)), int(digest[:8], 16)
    return Problem(tuple(codes), tuple(judges), tuple(scores), tuple(extra), top, scale, seed, sweeps)


def pieces_of(entries: Mapping[str, Collection[str]]) -> tuple[Piece, ...]:
    """Entries and their judges, parted into what hangs together by shared judges; the largest first."""
    parted = assignment.pieces((judge, code) for code, judges in entries.items() for judge in judges)
    found = [Piece(tuple(sorted(judges)), tuple(sorted(codes))) for judges, codes in parted]
    return tuple(sorted(found, key=lambda piece: (-len(piece.entries), piece.entries)))


def _sweeps(drawn: int) -> int:
    """So many that it ends in time, by what one sweep draws: the option draws every score too."""
    return max(LEAST_SWEEPS, min(SWEEPS, MOST_DRAWS // max(drawn, 1)))


def _total(card: Card, criteria: Sequence[Criterion]) -> Decimal | None:
    """A judge's weighted total; None where a criterion has no score."""
    total = Decimal(0)
    for each in criteria:
        score = card.get(each.id)
        if score is None:
            return None
        total += score * each.weight
    return total


def _scale(criteria: Sequence[Criterion]) -> Scale:
    """Where a judge's total begins and ends, and the step it goes in."""
    low, high = ends(criteria)
    step = Fraction(0)
    for each in criteria:
        other = Fraction(each.step * each.weight)
        step = Fraction(
            gcd(step.numerator * other.denominator, other.numerator * step.denominator),
            step.denominator * other.denominator,
        )
    return Scale(float(low), float(high), float(step))
