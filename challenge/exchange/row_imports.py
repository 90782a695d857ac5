"""The one importer of rows: looked at first, taken in when confirmed, and the same rows again change nothing.

A kind of rows says its columns and what becomes of each row. To look is to take in and to take it all back:
so the look tells everything that the services would say. Confirmed, all rows are right or none is kept,
unless only the right ones are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.base.db import fresh_session
from challenge.rules import row_files
from challenge.rules.permissions import Action, Actor
from challenge.rules.row_files import NEW, WRONG, Column, Finding


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows go: a round, one of its phases (None: the one at hand), the language of who brings them."""

    round_id: int
    phase: int | None = None
    locale: str = "zh_CN"


Line = tuple[int, Mapping[str, str]]  # its number in the file, and what it says by key


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows. `bring` takes the right ones in, leaves the others, and tells what became of each."""

    name: str
    action: Action
    columns: Callable[[Session, Place], Sequence[Column]]
    bring: Callable[[Session, Actor, Place, Sequence[Line]], list[Finding]]
    plain: Sequence[str] = ()  # how a list without heads goes on after its mail address


@dataclass(frozen=True, slots=True)
class Look:
    """What would happen, row by row."""

    columns: Sequence[Column]
    heads: Sequence[str]
    places: Mapping[str, int]
    findings: Sequence[Finding]

    def count(self, state: str) -> int:
        """How many rows stand so."""
        return sum(each.state == state for each in self.findings)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong and something is new."""
        return not self.count(WRONG) and self.count(NEW) > 0


class Withheld(Exception):
    """Rows were wrong, so none is kept."""

    def __init__(self, look: Look) -> None:
        super().__init__("rows are wrong")
        self.look = look


def look(kind: Kind, actor: Actor, place: Place, text: str, chosen: Mapping[str, int]) -> Look:
    """What would happen; nothing stays. Raises `Invalid` for a text that is no table."""
    with fresh_session() as session:
        found = _bring(session, kind, actor, place, text, chosen)
        session.rollback()
    return found


def take(
    session: Session,
    kind: Kind,
    actor: Actor,
    place: Place,
    text: str,
    chosen: Mapping[str, int],
    *,
    only_right: bool = False,
) -> Look:
    """Take the rows in; raises `Withheld` where one is wrong, unless only the right ones are wanted."""
    found = _bring(session, kind, actor, place, text, chosen)
    if found.count(WRONG) and not only_right:
        raise Withheld(found)
    return found


def _bring(
    session: Session, kind: Kind, actor: Actor, place: Place, text: str, chosen: Mapping[str, int]
) -> Look:
    table = row_files.read(text, kind.plain)
    columns = kind.columns(session, place)
    places = row_files.mapped(table.heads, columns, chosen)
    lines = [(number, row_files.values_of(cells, places)) for number, cells in table.rows]
    short = {
        number: faults
        for (number, row), (_number, cells) in zip(lines, table.rows, strict=True)
        if (faults := [*row_files.lacking(row, columns), *row_files.beyond(cells, table.heads)])
    }
    brought = kind.bring(session, actor, place, [line for line in lines if line[0] not in short])
    told = {each.number: each for each in brought}
    return Look(
        columns,
        table.heads,
        places,
        [
            told.get(number) or Finding(number, row, WRONG, tuple(short.get(number, ())))
            for number, row in lines
        ],
    )


def corrections(
    kind: Kind, text: str, found: Look, say: Callable[[Finding], str], head: str
) -> list[list[str]]:
    """The wrong rows as they came, with what is wrong behind each: to be mended and brought again."""
    table = row_files.read(text, kind.plain)
    wrong = {each.number: say(each) for each in found.findings if each.state == WRONG}
    lines = [(cells, wrong[at]) for at, cells in table.rows if at in wrong]
    width = max(len(cells) for cells in (table.heads, *(cells for cells, _said in lines)))
    return [_filled(table.heads, width, head), *(_filled(cells, width, said) for cells, said in lines)]


def _filled(cells: Sequence[str], width: int, last: str) -> list[str]:
    return [*cells, *[""] * (width - len(cells)), last]
