"""One figure of a measurement: what, how much, against which target, and whether it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """A figure. `target` is read as `sense` says: "le", "ge" or "eq"."""

    job: str
    figure: float
    unit: str
    target: float
    sense: str = "le"

    @property
    def ok(self) -> bool:
        """Whether the figure meets its target; computed, never written by hand."""
        if self.sense == "eq":
            return self.figure == self.target
        return self.figure <= self.target if self.sense == "le" else self.figure >= self.target

    def as_json(self) -> dict[str, object]:
        """As it stands in the results file."""
        return {
            "job": self.job,
            "figure": self.figure,
            "unit": self.unit,
            "target": self.target,
            "ok": self.ok,
        }


def expected_missing(rows: Iterable[Row], path: Path) -> list[Row]:
    """A miss for every job that `path` lists and `rows` lack."""
    known = {row.job for row in rows}
    names: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return [Row(f"{name} (no row)", 0, "rows", 1, "ge") for name in names if name not in known]


def table(rows: Iterable[Row]) -> str:
    """The rows as lines of text."""
    signs = {"le": "<=", "ge": ">=", "eq": "="}
    return "\n".join(
        f"{'ok  ' if row.ok else 'MISS'} {row.job:<90} {row.figure:>10.3f} {row.unit:<10}"
        f" {signs[row.sense]} {row.target:g}"
        for row in rows
    )
