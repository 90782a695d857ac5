"""Locked scorecards to a ranking: exact decimal arithmetic, the declared method, ties in the declared order.

Scores are turned into whole numbers once, so that every sum, trimming and rounding is integer
arithmetic: exact, and fast enough for thousands of entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal, cast, get_args

from challenge.rules.scales import EXACT, Criterion, ScoreFault, check_score, read_score
from challenge.rules.whole import digits_of, whole

__all__ = [
    "Basis",
    "CalibrationModel",
    "Card",
    "Cards",
    "Criterion",
    "Decisions",
    "Method",
    "PanelRule",
    "Placed",
    "ScoreFault",
    "TieStep",
    "TieTried",
    "check_score",
    "rank",
    "read_score",
]

PanelRule = Literal["mean", "median", "trimmed"]
Basis = Literal["criterion", "total"]
TieStep = Literal["weightiest", "median", "vote", "chair", "shared"]
CalibrationModel = Literal["severity", "scale"]
Card = Mapping[str, Decimal | None]
"""One judge's locked scores of one entry, by criterion; an absent score is None or missing."""
Cards = Mapping[str, Card]
"""All locked scorecards of one entry, by judge."""
Decisions = Mapping[TieStep, Mapping[str, int]]
"""What people decided about ties, by step ("vote", "chair") and entry: the higher figure goes first."""

TRIM_FROM = 5
"""Fewer scores than this are never trimmed: the plain mean speaks for them."""
MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Method:
    """How a phase turns scorecards into a ranking, declared before the judging begins.

    rule: what the panel says from its judges' figures. "trimmed" drops one highest and one lowest
    where at least TRIM_FROM are present, and is the plain mean below that.
    basis: the rule is applied to each criterion, or to each judge's weighted total.
    places: decimals kept, rounded half-up. ties: the steps asked in turn of entries with equal totals.
    calibration: what stands beside the result: judges' "severity" and noise, or their use of the "scale" too.
    """

    rule: PanelRule = "trimmed"
    basis: Basis = "criterion"
    places: int = 2
    ties: tuple[TieStep, ...] = ("weightiest", "median", "shared")
    calibration: CalibrationModel = "severity"

    def __post_init__(self) -> None:
        if self.rule not in get_args(PanelRule) or self.basis not in get_args(Basis):
            raise ValueError(f"no such panel rule or basis: {self.rule}, {self.basis}")
        if type(self.places) is not int or not 0 <= self.places <= MOST_PLACES:
            raise ValueError(f"places: 0 to {MOST_PLACES}, not {self.places}")
        if not set(self.ties) <= set(get_args(TieStep)) or len(set(self.ties)) != len(self.ties):
            raise ValueError(f"tie steps: each once, of {get_args(TieStep)}, not {self.ties}")
        if "shared" in self.ties[:-1]:
            raise ValueError("after a shared place no step can follow")
        if self.calibration not in get_args(CalibrationModel):
            raise ValueError(f"no such calibration: {self.calibration}")

    def to_json(self) -> dict[str, Any]:
        """The method as plain values in this order; the usual calibration goes unsaid: older digests hold."""
        stored = {"rule": self.rule, "basis": self.basis, "places": self.places, "ties": list(self.ties)}
        return stored if self.calibration == "severity" else {**stored, "calibration": self.calibration}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Method":
        """The method that `to_json` stored; ValueError where it names something this code does not know."""
        try:
            ties, model = tuple(stored["ties"]), stored.get("calibration", "severity")
            return cls(stored["rule"], stored["basis"], stored["places"], ties, model)
        except (KeyError, TypeError) as fault:
            raise ValueError(f"not a stored method: {fault}") from fault


@dataclass(frozen=True, slots=True)
class TieTried:
    """One tie step asked of an entry: the figure compared, and the entries level with it until then."""

    step: TieStep
    value: Decimal | None
    rivals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry in the ranking. Without a total (a criterion nobody scored) it has no place."""

    entry: str
    place: int | None
    total: Decimal | None
    panel: Mapping[str, Decimal | None]
    shared: bool
    tries: tuple[TieTried, ...]

    @property
    def settled_by(self) -> TieStep | None:
        """The step that settled this entry's tie, "shared" where none did, None where it had no tie."""
        return self.tries[-1].step if self.tries else None


def rank(
    entries: Mapping[str, Cards],
    method: Method,
    criteria: Sequence[Criterion],
    decisions: Decisions | None = None,
) -> tuple[Placed, ...]:
    """The entries in their order: best first, shared places as 1, 2, 2, 4, those without a total last.

    The order of the input never matters: entries that share a place stand by their id. ValueError
    where there is no criterion, one is named twice, or a score is not finite.
    """
    reckoner = _Reckoner(entries, method, criteria, decisions or {})
    totals = {entry: reckoner.total(entry) for entry in entries}
    placed: list[Placed] = []
    scored = [entry for entry in entries if totals[entry] is not None]
    scored.sort(key=lambda entry: cast("int", totals[entry]), reverse=True)
    for _, level in groupby(scored, key=totals.__getitem__):
        tries: dict[str, list[TieTried]] = {entry: [] for entry in level}
        for group in reckoner.settle(sorted(tries), method.ties, tries):
            place = len(placed) + 1
            placed += [
                Placed(
                    e, place, reckoner.shown(totals[e]), reckoner.panel(e), len(group) > 1, tuple(tries[e])
                )
                for e in group
            ]
    unscored = sorted(entry for entry in entries if totals[entry] is None)
    return (*placed, *(Placed(e, None, None, reckoner.panel(e), False, ()) for e in unscored))


class _Reckoner:
    """One ranking's arithmetic: scores, weights and panel scores as whole numbers of known digits."""

    def __init__(
        self,
        entries: Mapping[str, Cards],
        method: Method,
        criteria: Sequence[Criterion],
        decisions: Decisions,
    ) -> None:
        if not criteria or len({c.id for c in criteria}) != len(criteria):
            raise ValueError("a ranking needs its criteria, each once")
        self.method, self.decisions = method, decisions
        self.ids = [c.id for c in criteria]
        wanted = set(self.ids)
        seen = {
            score
            for cards in entries.values()
            for card in cards.values()
            for criterion, score in card.items()
            if score is not None and criterion in wanted
        }
        self.digits = digits_of(seen)
        units: dict[Decimal | None, int | None] = {score: whole(score, self.digits) for score in seen}
        units[None] = None
        self.weight_digits = digits_of(c.weight for c in criteria)
        self.weights = [whole(c.weight, self.weight_digits) for c in criteria]
        self.cards = {
            entry: [[units[card.get(i)] for i in self.ids] for card in cards.values()]
            for entry, cards in entries.items()
        }
        self.panels = {entry: self._panel(cards) for entry, cards in self.cards.items()}

    def _panel(self, cards: list[list[int | None]]) -> list[int | None]:
        """Per criterion what the panel says, in units of the last place; None where nobody scored.

        On the basis of totals only whole scorecards count, and these figures inform and break ties.
        """
        if self.method.basis == "total":
            cards = [card for card in cards if self._is_whole(card)]
        columns = zip(*cards, strict=True) if cards else ([] for _ in self.ids)
        return [self._say([s for s in column if s is not None], self.digits) for column in columns]

    def _is_whole(self, card: list[int | None]) -> bool:
        return all(score is not None or not weight for score, weight in zip(card, self.weights, strict=True))

    def _say(self, values: list[int], digits: int) -> int | None:
        """The panel rule on figures of so many digits, rounded half-up to the method's places."""
        if not values:
            return None
        share, parts = _condense(values, self.method.rule)
        return _half_up(share * 10**self.method.places, parts * 10**digits)

    def total(self, entry: str) -> int | None:
        """The entry's total in units of the last place; None while a criterion with weight has no score."""
        if self.method.basis == "total":
            return self._say(self._judge_totals(entry), self.digits + self.weight_digits)
        total = 0
        unit = 10**self.weight_digits
        for score, weight in zip(self.panels[entry], self.weights, strict=True):
            if score is not None:
                total += _half_up(score * weight, unit)
            elif weight:
                return None
        return total

    def _judge_totals(self, entry: str) -> list[int]:
        """Each judge's weighted total; a judge who left a criterion open has none."""
        return [
            sum((score or 0) * weight for score, weight in zip(card, self.weights, strict=True))
            for card in self.cards[entry]
            if self._is_whole(card)
        ]

    def panel(self, entry: str) -> dict[str, Decimal | None]:
        return {i: self.shown(score) for i, score in zip(self.ids, self.panels[entry], strict=True)}

    def shown(self, units: int | None) -> Decimal | None:
        return None if units is None else EXACT.scaleb(Decimal(units), -self.method.places)

    def settle(
        self, level: list[str], steps: tuple[TieStep, ...], tries: dict[str, list[TieTried]]
    ) -> list[list[str]]:
        """Split level entries by the steps in turn; what each step saw is added to their tries."""
        if len(level) == 1:
            return [level]
        step: TieStep = steps[0] if steps else "shared"
        values = {entry: self._asked(step, entry) for entry in level}
        for entry in level:
            rivals = tuple(other for other in level if other != entry)
            tries[entry].append(TieTried(step, values[entry], rivals))
        if step == "shared":
            return [level]
        if any(value is None for value in values.values()):  # a step decides between figures it has
            return self.settle(level, steps[1:], tries)
        level = sorted(level, key=lambda entry: cast("Decimal", values[entry]), reverse=True)
        groups = [list(group) for _, group in groupby(level, key=values.__getitem__)]
        return [group for part in groups for group in self.settle(part, steps[1:], tries)]

    def _asked(self, step: TieStep, entry: str) -> Decimal | None:
        if step == "weightiest":
            return self._weightiest(entry)
        if step == "median":
            return self._median(entry)
        decided = self.decisions.get(step, {}).get(entry)
        return None if decided is None else Decimal(decided)

    def _weightiest(self, entry: str) -> Decimal | None:
        """The panel score of the weightiest criterion; of several that weigh the same, their sum."""
        most = max(self.weights)
        scores = [s for s, weight in zip(self.panels[entry], self.weights, strict=True) if weight == most]
        return None if None in scores else self.shown(sum(cast("list[int]", scores)))

    def _median(self, entry: str) -> Decimal | None:
        """The exact median of the judges' weighted totals."""
        totals = self._judge_totals(entry)
        if not totals:
            return None
        share, parts = _condense(totals, "median")
        tenths = share * 10 // parts  # parts is 1 or 2, so one digit more is exact
        return EXACT.scaleb(Decimal(tenths), -(self.digits + self.weight_digits + 1))


def _condense(values: list[int], rule: PanelRule) -> tuple[int, int]:
    """What the rule makes of at least one figure, as an exact fraction: sum and number of parts."""
    count = len(values)
    if rule == "median":
        values = sorted(values)
        middle = values[(count - 1) // 2 : count // 2 + 1]
        return sum(middle), len(middle)
    if rule == "trimmed" and count >= TRIM_FROM:
        return sum(values) - max(values) - min(values), count - 2
    return sum(values), count


def _half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number; halves away from zero, as in decimal's ROUND_HALF_UP."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded
