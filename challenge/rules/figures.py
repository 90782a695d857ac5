"""The figures of the funnel from its facts: of every programme, round, branch, field and year, and together.

What one need adds is said in `rules.funnel`. A need, a firm or a team that comes twice in a scope counts once
there; so figures of two scopes are never added up.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

# How far a need came. The order is that of the funnel and of the bits in `Member`.
STEPS = ("collected", "published", "answered", "docked", "intent", "contract", "delivered")
# What is counted once in a scope, however often it comes: for each step it has a figure of its own.
DISTINCT = ("need", "seeker", "team", "organization")
# What is counted as often as it comes.
NUMBERS = (
    *("solutions", "dockings", "intents", "intents_ended"),
    *("contracts", "contracts_ended", "contracts_completed"),
)
AMOUNT, AMOUNT_ENDED = "amount:", "amount_ended:"  # and a currency; in minor units
CONTRACTS_IN = "contracts:"  # and a currency: how many stand behind its amount
FEWEST_BEHIND = 3  # contracts: a sum of fewer would tell everyone what one of them says
WHOLE = 0  # in a scope: all of them

Figures = Counter[str]
# programme, round, branch (with all below it), field, year; 0 or '' where all are meant.
Scope = tuple[int, int, int, str, int]
EVERYTHING: Scope = (WHOLE, WHOLE, WHOLE, "", WHOLE)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a fact belongs; `path` is its branch and what that is a branch of, the highest first."""

    programme_id: int
    round_id: int
    path: tuple[int, ...]
    field: str
    year: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What counts of one need: when it first came to each step, what adds up, who is in it at which steps."""

    kind: str
    thing_id: int
    cell: Cell
    moments: Mapping[str, dt.datetime]
    numbers: Mapping[str, int]
    members: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, key) -> steps as bits


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody or something that counts once, in one cell, at these steps."""

    kind: str
    key: str
    steps: int
    cell: Cell


def bit(step: str) -> int:
    """The step as a bit."""
    return 1 << STEPS.index(step)


def distinct(step: str, kind: str) -> str:
    """The name of a figure: how many different ones came to that step."""
    return f"{step}.{kind}"


def scopes(cell: Cell) -> Iterator[Scope]:
    """Every scope that a cell is in."""
    places = ((WHOLE, WHOLE), (cell.programme_id, WHOLE), (cell.programme_id, cell.round_id))
    for (programme, round_), branch, name, year in product(
        places, (WHOLE, *cell.path), ("", cell.field), (WHOLE, cell.year)
    ):
        yield programme, round_, branch, name, year


def added(facts: Iterable[Fact]) -> dict[Scope, Figures]:
    """The figures that are sums, for every scope that these facts are in."""
    by_cell: dict[Cell, Figures] = defaultdict(Counter)
    for fact in facts:
        by_cell[fact.cell].update(fact.numbers)
    return _spread((cell, figures, 1) for cell, figures in by_cell.items())


def counted(members: Iterable[Member]) -> dict[Scope, Figures]:
    """How many different ones there are at each step, for every scope; all cells of each must be given."""
    where: dict[tuple[str, str], dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
    for member in members:
        where[member.kind, member.key][member.cell] |= member.steps
    # Most stand in one cell alone, thousands of them alike: what is alike is reckoned once.
    alike = Counter((kind, frozenset(cells.items())) for (kind, _key), cells in where.items())
    return _spread(
        (place, figures, times)
        for (kind, cells), times in alike.items()
        for place, figures in _one(kind, cells).items()
    )


def _one(kind: str, cells: Iterable[tuple[Cell, int]]) -> dict[Cell | Scope, Figures]:
    """What one such adds: to a cell, where it stands in one alone, else scope by scope."""
    held = list(cells)
    if len(held) == 1:
        return {held[0][0]: _steps(kind, held[0][1])}
    steps: dict[Scope, int] = defaultdict(int)
    for cell, bits in held:
        for scope in scopes(cell):
            steps[scope] |= bits
    return {scope: _steps(kind, bits) for scope, bits in steps.items()}


def _steps(kind: str, bits: int) -> Figures:
    return Counter({distinct(step, kind): 1 for step in STEPS if bits & bit(step)})


def _spread(parts: Iterable[tuple[Cell | Scope, Figures, int]]) -> dict[Scope, Figures]:
    by_cell: dict[Cell, Figures] = defaultdict(Counter)
    found: dict[Scope, Figures] = defaultdict(Counter)
    for place, figures, times in parts:
        into = by_cell[place] if isinstance(place, Cell) else found[place]
        for name, count in figures.items():
            into[name] += count * times
    for cell, figures in by_cell.items():
        for scope in scopes(cell):
            found[scope].update(figures)
    return found


def disclosed(counts: Mapping[Hashable, int], whole: int) -> frozenset[Hashable]:
    """Of parts of a published whole, those whose sums may be published: how many contracts are in each.

    A sum of one or two contracts would tell what they say; so would the rest, where too few are left out or
    stand in parts that are not listed.
    """
    shown = {key for key, count in counts.items() if count >= FEWEST_BEHIND}
    while shown and 0 < whole - sum(counts[key] for key in shown) < FEWEST_BEHIND:
        shown.discard(min(shown, key=lambda key: (counts[key], str(key))))
    return frozenset(shown)


def members_of(facts: Iterable[Fact]) -> Iterator[Member]:
    """Who is in these facts."""
    for fact in facts:
        for (kind, key), steps in fact.members.items():
            yield Member(kind, key, steps, fact.cell)


def tally(facts: Iterable[Fact]) -> dict[Scope, Figures]:
    """All figures of all scopes of these facts, which must be all there are."""
    known = list(facts)
    return total(added(known), counted(members_of(known)))


def total(*parts: Mapping[Scope, Figures]) -> dict[Scope, Figures]:
    """Figures put together; what comes to nothing is left out."""
    found: dict[Scope, Figures] = defaultdict(Counter)
    for part in parts:
        for scope, figures in part.items():
            found[scope].update(figures)
    clean = {scope: Counter({k: n for k, n in each.items() if n}) for scope, each in found.items()}
    return {scope: each for scope, each in clean.items() if each}


def change(before: Iterable[Fact], after: Iterable[Fact], others: Iterable[Member]) -> dict[Scope, Figures]:
    """What becomes of the figures when facts take the place of others.

    `others`: everything else of whoever is in them, before or after.
    """
    old, new, rest = list(before), list(after), list(others)
    less = total(added(old), counted([*rest, *members_of(old)]))
    more = total(added(new), counted([*rest, *members_of(new)]))
    found: dict[Scope, Figures] = defaultdict(Counter)
    for scope, figures in more.items():
        found[scope].update(figures)
    for scope, figures in less.items():
        found[scope].subtract(figures)
    return total(found)
