"""One shape for everything that has a life: its states, and the steps between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from challenge.rules.errors import WrongState


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """States and the steps between them. `steps` holds (from, verb, to)."""

    name: str
    start: str
    steps: frozenset[tuple[str, str, str]]

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        return frozenset({self.start} | {a for a, _, _ in self.steps} | {b for _, _, b in self.steps})

    @property
    def verbs(self) -> frozenset[str]:
        """Every verb that the table names."""
        return frozenset(verb for _, verb, _ in self.steps)

    def allows(self, state: str, verb: str) -> bool:
        """Whether the verb has a row from this state."""
        return any(a == state and v == verb for a, v, _ in self.steps)

    def step(self, state: str, verb: str) -> str:
        """The state after the verb; raises `WrongState` naming the thing, its state and the verb."""
        for source, name, target in self.steps:
            if source == state and name == verb:
                return target
        raise WrongState("wrong_state", thing=self.name, state=state, verb=verb)


def table(name: str, start: str, rows: Iterable[tuple[str, str, str]]) -> Lifecycle:
    """A lifecycle of rows (from, verb, to); several states a verb leads on from are written as `a|b`."""
    steps = {(source, verb, target) for sources, verb, target in rows for source in sources.split("|")}
    return Lifecycle(name, start, frozenset(steps))
