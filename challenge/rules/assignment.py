"""Who reads what: what may be asked of a search, what its outcome means, which panels hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from challenge.rules.errors import Invalid
from challenge.rules.lifecycles import READING

Name = TypeVar("Name", int, str)
Pair = tuple[int, int]
"""A judge and an entry, by their numbers."""

MOST_JUDGES = 20  # an entry
MOST_ENTRIES = 10_000  # a judge


@dataclass(frozen=True, slots=True)
class Options:
    """How many judges an entry, the least and the most entries a judge, what affinity weighs (percent).

    With `move`, judges who have not answered yet may be given other entries, where that covers more.
    """

    per_entry: int
    least: int = 0
    most: int | None = None
    weight: int = 50
    move: bool = True

    def faults(self) -> Iterator[Invalid]:
        """What cannot be asked for, by field."""
        bounds: tuple[tuple[str, int | None, int, int], ...] = (
            ("per_entry", self.per_entry, 1, MOST_JUDGES),
            ("least", self.least, 0, MOST_ENTRIES),
            ("most", self.most, 1, MOST_ENTRIES),
            ("weight", self.weight, 0, 100),
        )
        for name, value, minimum, maximum in bounds:
            if value is not None and not minimum <= value <= maximum:
                yield Invalid(name, "out_of_range", minimum=minimum, maximum=maximum)
        if self.most is not None and self.least > self.most:
            yield Invalid("most", "below_least")


@dataclass(frozen=True, slots=True)
class World:
    """What an assignment depends on: entries and their codes, judges and their capacity, what stands.

    `states` has every assignment there ever was, `pinned` those of them that nobody moves; `obstacles` are
    conflicts of interest, and entries of other tracks.
    """

    entries: Mapping[int, str]
    judges: Mapping[int, int | None]
    states: Mapping[Pair, str]
    pinned: Collection[Pair]
    obstacles: Mapping[Pair, str]

    @property
    def reading(self) -> list[Pair]:
        """The pairs that promise a scorecard, of entries and judges that are there."""
        return [pair for pair, state in self.states.items() if state in READING and pair[1] in self.entries]

    @property
    def movable(self) -> set[Pair]:
        """Those of them that nobody has answered or pinned."""
        return {pair for pair in self.reading if self.states[pair] == "invited" and pair not in self.pinned}

    def most(self, judge: int, options: Options) -> int | None:
        """How many entries the judge takes at most; None without a limit."""
        limits = [limit for limit in (self.judges[judge], options.most) if limit is not None]
        return min(limits, default=None)

    def as_text(self) -> str:
        """The same text for the same world, for its digest. An answer of a judge changes nothing in it."""
        stands = sorted((*pair, state in READING) for pair, state in self.states.items())
        return repr((sorted(self.entries), sorted(self.judges.items()), stands, sorted(self.obstacles)))


def outcome(world: World, options: Options, add: Collection[Pair], take: Collection[Pair]) -> dict[str, Any]:
    """What the assignment would look like with `add` and without `take`, as plain values.

    `loads`; `short`: entry -> how many judges it lacks, and in whose way what stands; `idle`: judge -> how
    many they lack of the least; `pieces` of the panel; `wanted` places and the `room` that judges have.
    """
    pairs = (set(world.reading) - set(take)) | set(add)
    loads = Counter(dict.fromkeys(world.judges, 0) | Counter(judge for judge, _ in pairs))
    readers: dict[int, set[int]] = {entry: set() for entry in world.entries}
    for judge, entry in pairs:
        readers[entry].add(judge)
    short = {
        entry: {"lacking": lacking, "reasons": _reasons(world, options, entry, readers[entry], loads)}
        for entry in world.entries
        if (lacking := options.per_entry - len(readers[entry])) > 0
    }
    idle = {
        judge: lacking
        for judge in world.judges
        if (lacking := min(options.least, world.most(judge, options) or options.least) - loads[judge]) > 0
    }
    limits = [world.most(judge, options) for judge in world.judges]
    return {
        "loads": dict(loads),
        "short": short,
        "idle": idle,
        "pieces": [sorted(judges) for judges, _ in pieces(pairs)],
        "wanted": options.per_entry * len(world.entries),
        "room": None if None in limits else sum(limit for limit in limits if limit is not None),
    }


def _reasons(
    world: World, options: Options, entry: int, readers: Collection[int], loads: Mapping[int, int]
) -> dict[str, int]:
    """Why each judge who does not read the entry cannot; "panel" where simply nobody is left."""
    counts: Counter[str] = Counter()
    for judge in world.judges:
        state = world.states.get((judge, entry))
        limit = world.most(judge, options)
        if judge in readers:
            continue
        if (judge, entry) in world.obstacles:
            counts[world.obstacles[judge, entry]] += 1
        elif state is not None and state not in READING:
            counts[state] += 1
        elif limit is not None and loads[judge] >= limit:
            counts["full"] += 1
    return dict(counts) or {"panel": 0}


def pieces(pairs: Iterable[tuple[Name, Name]]) -> list[tuple[frozenset[Name], frozenset[Name]]]:
    """What hangs together by shared entries, the largest first: (judges, entries) of each piece."""
    above: dict[tuple[bool, Name], tuple[bool, Name]] = {}

    def root(node: tuple[bool, Name]) -> tuple[bool, Name]:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for judge, entry in pairs:
        above[root((True, entry))] = root((False, judge))
    found: dict[tuple[bool, Name], tuple[set[Name], set[Name]]] = {}
    for node in list(above):
        found.setdefault(root(node), (set(), set()))[node[0]].add(node[1])
    whole = [(frozenset(judges), frozenset(entries)) for judges, entries in found.values()]
    return sorted(whole, key=lambda piece: (-len(piece[0]), -len(piece[1]), min(piece[0])))
