"""What changed between two versions: texts word by word, values old and new, rows, people and files.

Plain values in, plain values out. Chinese is compared character by character, other writing word by word. The
cost is bounded whatever was written: lines are compared first, then the sentences of those that differ, then
their words, and where a stretch differs too much for that, it counts as replaced as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# How many pairs of equal elements one comparison may look at, and all of a text: about half a second.
MOST_PAIRS, BUDGET = 300_000, 1_500_000
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_SENTENCES = re.compile(r"[^。！？；.!?;]*[。！？；.!?;]+\s*|[^。！？；.!?;]+")
_WORDS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|\d+(?:[.,]\d+)*|\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: `same`, `removed` or `added`."""

    kind: str
    text: str


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one: what stayed, what went, what came. Removed before added, where both."""
    return _joined(_within(before, after, (_LINES, _SENTENCES, _WORDS), _Purse(BUDGET)))


class _Purse:
    """What may still be spent on one text."""

    def __init__(self, budget: int) -> None:
        self.left = budget

    def pays(self, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether these two may be compared; the price is the number of their equal pairs."""
        counts = Counter(new)
        price = sum(counts[each] for each in old) + len(old) + len(new)
        if price > min(MOST_PAIRS, self.left):
            return False
        self.left -= price
        return True


def _within(before: str, after: str, grains: Sequence[re.Pattern[str]], purse: _Purse) -> list[Piece]:
    """Compare at the first grain; what differs there at the next one."""
    if before == after:
        return [Piece("same", before)]
    if not grains or not before or not after:
        return [Piece("removed", before), Piece("added", after)]
    old, new = grains[0].findall(before), grains[0].findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [Piece("same", "".join(old[:head]))]
    for kind, one, other in _blocks(middle_old, middle_new, purse):
        if kind == "same":
            found.append(Piece("same", "".join(one)))
        else:
            found += _within("".join(one), "".join(other), grains[1:], purse)
    return [*found, Piece("same", "".join(old[len(old) - tail :]))]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _blocks(
    old: Sequence[str], new: Sequence[str], purse: _Purse
) -> list[tuple[str, Sequence[str], Sequence[str]]]:
    if not purse.pays(old, new):
        return [("differs", old, new)]
    found: list[tuple[str, Sequence[str], Sequence[str]]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", old[a:b], new[c:d]))
        elif b - a == d - c:  # as many lines as before: each stands against its own
            found += [("differs", old[a + n : a + n + 1], new[c + n : c + n + 1]) for n in range(b - a)]
        else:
            found.append(("differs", old[a:b], new[c:d]))
    return found


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours of one kind as one; between two stretches that stayed, first what went, then what came.

    A blank that stayed between two changes belongs to both: words are read, not blanks.
    """
    found: list[Piece] = []
    gone = come = blank = ""
    for piece in pieces:
        if piece.kind == "removed":
            gone, come, blank = gone + blank + piece.text, come + blank, ""
        elif piece.kind == "added":
            gone, come, blank = gone + blank, come + blank + piece.text, ""
        elif piece.text.isspace() and "\n" not in piece.text and (gone or come):
            blank += piece.text
        elif piece.text:
            found += _change(gone, come)
            found.append(Piece("same", blank + piece.text))
            gone = come = blank = ""
    found += [*_change(gone, come), *([Piece("same", blank)] if blank else [])]
    merged: list[Piece] = []
    for piece in found:
        if merged and merged[-1].kind == piece.kind:
            merged[-1] = Piece(piece.kind, merged[-1].text + piece.text)
        else:
            merged.append(piece)
    return tuple(merged)


def _change(gone: str, come: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("removed", gone), ("added", come)) if text]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: a text has `pieces`, any other value is told as it was and as it is."""

    key: str
    before: Any
    after: Any
    pieces: tuple[Piece, ...] = ()


def fields(before: Mapping[str, Any], after: Mapping[str, Any], texts: Callable[[str], bool]) -> list[Change]:
    """The fields whose answers differ, in the order of the newer; `texts` tells which are written texts."""
    found = []
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        if (old or None) == (new or None) and not (_figure(old) or _figure(new)):
            continue
        if old == new:
            continue
        if texts(key):
            pieces = words(str(old or ""), str(new or ""))
            found.append(Change(key, old, new, pieces))
        else:
            found.append(Change(key, old, new))
    return found


def _figure(value: Any) -> bool:
    """Zero is an answer where a sum is asked, nothing is none."""
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class RowChange:
    """An answer to an indicator: the row as the newer version asks, `met` before and after, the evidence."""

    row: Mapping[str, Any]
    before: str | None
    after: str | None
    evidence: tuple[Piece, ...]


def indicators(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[RowChange]:
    """Answers that differ, rows that came and rows that went; `None` where a version has no such row."""
    old = {row["indicator"]: row for row in before}
    new = {row["indicator"]: row for row in after}
    found = []
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key), new.get(key)
        said = tuple((each or {}).get("evidence") or "" for each in (was, now))
        met = tuple(each.get("met") if each is not None else None for each in (was, now))
        if met[0] != met[1] or said[0] != said[1]:
            found.append(RowChange(now or was or {}, met[0], met[1], words(said[0], said[1])))
    return found


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A member who came (`before` none), went (`after` none), or is named otherwise now."""

    name: str
    before: str | None
    after: str | None


def people(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[PersonChange]:
    """Who came and went, by name; affiliations that changed."""
    old, new = (
        {each["name"]: each.get("affiliation") or "" for each in team.get("members", ())}
        for team in (before, after)
    )
    return [
        PersonChange(name, old.get(name), new.get(name))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    ]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that was `added`, `removed`, `replaced` (other bytes, same name) or `renamed` (`was`)."""

    kind: str
    file: Mapping[str, Any]
    was: Mapping[str, Any] | None = None


def files(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[FileChange]:
    """What happened to the files, told by their digests."""
    gone = [each for each in before if _key(each) not in {_key(file) for file in after}]
    come = [each for each in after if _key(each) not in {_key(file) for file in before}]
    found = []
    for file in come:
        known = next((each for each in gone if each["name"] == file["name"]), None)
        kind = "replaced"
        if known is None:
            known = next((each for each in gone if each["sha256"] == file["sha256"]), None)
            kind = "renamed"
        if known is not None:
            gone.remove(known)
        found.append(FileChange(kind if known else "added", file, known))
    return found + [FileChange("removed", each) for each in gone]


def _key(file: Mapping[str, Any]) -> tuple[str, str, str]:
    return file["name"], file["sha256"], file.get("field") or ""
