"""What an import says when it is done: how many of what, and a line for each guess and each loss."""

from __future__ import annotations

from dataclasses import dataclass, field

from challenge.base import csvs


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know: which item, which field, a guess, a loss or a fault, its code, and the piece."""

    item: str
    field: str
    kind: str
    code: str
    text: str = ""


@dataclass
class Report:
    """Counts and lines of one import."""

    created: int = 0
    unchanged: int = 0
    lines: list[Line] = field(default_factory=list)

    def guess(self, item: str, name: str, code: str, text: str = "") -> None:
        """Something the source does not say and the import assumes."""
        self.lines.append(Line(item, name, "guess", code, text))

    def loss(self, item: str, name: str, code: str, text: str = "") -> None:
        """Something the source says and the import does not keep."""
        self.lines.append(Line(item, name, "loss", code, text))

    def count(self, kind: str) -> int:
        """Lines of one kind."""
        return sum(1 for line in self.lines if line.kind == kind)

    def as_csv(self) -> str:
        """The lines as CSV with a head line."""
        head = ("item", "field", "kind", "code", "text")
        lines = [(line.item, line.field, line.kind, line.code, line.text) for line in self.lines]
        return csvs.written([head, *lines], end="\n")


class Faulty(ValueError):
    """The file cannot be imported; nothing was written. `lines` says where and why."""

    def __init__(self, lines: list[Line]) -> None:
        super().__init__(f"{len(lines)} faults")
        self.lines = lines

    @classmethod
    def one(cls, item: str, name: str, code: str, text: str = "") -> Faulty:
        """A single fault."""
        return cls([Line(item, name, "fault", code, text)])
