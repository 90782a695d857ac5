"""Lists that are sent whole: which row of the page is which row that stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, replace
from typing import Any, ClassVar, Protocol, TypeVar


class Row(Protocol):
    """A row as written, a dataclass; `id` names the one that is changed, None adds one."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def id(self) -> int | None:
        """Of the row that stands."""


Facts = TypeVar("Facts", bound=Row)


def named(wanted: Sequence[Facts], before: Sequence[Facts]) -> list[Facts]:
    """Rows without an id that say what one says already are that one: sent twice, added once."""
    taken = {facts.id for facts in wanted}
    spare = [facts for facts in before if facts.id not in taken]
    found = []
    for facts in wanted:
        twins = (each for each in spare if facts.id is None and replace(each, id=None) == facts)
        same = next(twins, None)
        if same is not None:
            spare.remove(same)
        found.append(same or facts)
    return found
