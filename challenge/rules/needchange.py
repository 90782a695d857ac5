"""What differs between two versions of a published need, and which differences are material.

The rule, `need-change/1`, as docs/guide/organizer.md publishes it. Plain values in, plain values out.

Always material: an indicator that came, went, or has another comparison, target, unit or level; the budget
and its currency; the modes of cooperation; when the work starts and ends; the own close; the region; the wish
about intellectual property. Texts (title, summary, problem, goals, wished partners, an indicator's name, the
confidential part) are material when they changed beyond typography, unless an organizer calls the change
editorial and says why. Never material: typography, a number written otherwise (99.2 for 99.20), a translation
that came or went beside a text that stays, keywords, field, industry, and whether the seeker is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from challenge.rules.differences import Piece, words

RULE = "need-change/1"
SPOKEN = ("title", "summary", "problem")  # given in two languages
TEXTS = tuple(f"{name}_{lang}" for name in SPOKEN for lang in ("zh", "en"))
PLAIN = ("goals", "partners")
FRAME = (
    *("budget_min_minor", "budget_max_minor", "currency", "modes", "starts_on", "ends_on"),
    *("closes_at", "region", "ip_wish"),
)
FINDING = ("field", "industry", "keywords", "anonymous")
# Every part that a version keeps, in the order of the form.
KEYS = (*TEXTS, "goals", *FINDING[:3], *FRAME, "partners", "anonymous")
CONFIDENTIAL = "confidential_part"
ROW = ("name_zh", "name_en", "unit", "comparison", "target", "level")

# What a difference comes to.
ALWAYS, WORDS, NEVER = "always", "words", "never"

_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SAME = {
    **_FULL,
    **dict.fromkeys(map(ord, "“”„‟「」『』"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None),
    ord("。"): ".",
    ord("、"): ",",
    ord("…"): "...",
}
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A blank that says nothing: beside Chinese, beside punctuation, between a figure and its unit, at the ends.
_IDLE = re.compile(
    rf"(?<=[{_CJK}]) | (?=[{_CJK}])|(?<=[,.;:!?()\[\]\"'%‰/°℃℉]) | (?=[,.;:!?()\[\]\"'%‰/°℃℉])"
    r"|(?<=\d) (?=[^\W\d_])"
)


def plain(text: str) -> str:
    """A text without what is only typography: width and kind of signs, kinds of blanks and line ends."""
    return _IDLE.sub("", " ".join(text.translate(_SAME).split()))


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs: texts have `pieces`; `weight` is ALWAYS, WORDS or NEVER; `why` a code."""

    key: str
    before: Any
    after: Any
    weight: str
    why: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class RowDifference:
    """An indicator that `added`, `removed` or `changed`, with the parts of it that differ."""

    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    parts: tuple[Difference, ...]
    weight: str
    why: str

    @property
    def row(self) -> Mapping[str, Any]:
        """The row as it is now; as it was, where it is gone."""
        return self.after or self.before or {}


@dataclass(frozen=True, slots=True)
class Change:
    """All that differs between two versions."""

    parts: tuple[Difference, ...] = ()
    rows: tuple[RowDifference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.rows)

    @property
    def weight(self) -> str:
        """The heaviest of its differences."""
        found = {each.weight for each in self.parts} | {each.weight for each in self.rows}
        return ALWAYS if ALWAYS in found else WORDS if WORDS in found else NEVER

    def reasons(self, *, editorial: bool = False) -> list[list[str]]:
        """Why it is material, as (part, code); empty where it is not."""
        counted = (ALWAYS,) if editorial else (ALWAYS, WORDS)
        found = [[each.key, each.why] for each in self.parts if each.weight in counted]
        rows = {each.why: ["indicators", each.why] for each in self.rows if each.weight in counted}
        return found + list(rows.values())


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """What differs between two contents (see KEYS, and `indicators` with its rows)."""
    found = [_part(key, before, after) for key in KEYS if _said(before, key) != _said(after, key)]
    rows = paired(before.get("indicators") or (), after.get("indicators") or ())
    return Change(tuple(found), tuple(_rows(rows)))


def confidential(before: str, after: str) -> Difference | None:
    """The difference of the confidential part: what it says is told to nobody, that it changed is."""
    if before == after:
        return None
    same = plain(before) == plain(after)
    return Difference(CONFIDENTIAL, None, None, NEVER if same else WORDS, "typography" if same else "text")


def _said(content: Mapping[str, Any], key: str) -> Any:
    """What a part says; nothing is nothing, however it is written, and the order of modes says nothing."""
    value = content.get(key)
    if key == "modes":
        return sorted(value or ())
    return None if value is False or value == "" or value == [] else value


def _part(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    old, new = before.get(key), after.get(key)
    if key in TEXTS:
        return _text(key, old or "", new or "", *_others(key, before, after))
    if key in (*PLAIN, "ip_wish"):
        return _text(key, old or "", new or "", weight=ALWAYS if key == "ip_wish" else WORDS)
    if key in FINDING:
        return Difference(key, old, new, NEVER, "finding")
    return Difference(key, old, new, ALWAYS, "frame")


def _others(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """The same text in the other language, before and after."""
    stem, lang = key.rsplit("_", 1)
    other = f"{stem}_{'en' if lang == 'zh' else 'zh'}"
    return before.get(other) or "", after.get(other) or ""


def _text(
    key: str, old: str, new: str, other_old: str = "", other_new: str = "", *, weight: str = WORDS
) -> Difference:
    pieces = words(old, new)
    if plain(old) == plain(new):
        return Difference(key, old, new, NEVER, "typography", pieces)
    if bool(old) != bool(new) and other_old and plain(other_old) == plain(other_new):
        return Difference(key, old, new, NEVER, "translation", pieces)
    return Difference(key, old, new, weight, "text" if weight == WORDS else "frame", pieces)


Pair = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]


def paired(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """Which row became which, in the order of the newer; rows that went come last.

    Rows that say the same belong together, then those of one name in either language, then what is left over
    where only the name differs. Anything else came or went.
    """
    left = dict(enumerate(before))
    found: dict[int, Mapping[str, Any]] = {}
    for alike in (_identical, _same_name, _same_measure):
        for place, row in enumerate(after):
            if place not in found:
                twin = next((key for key, each in left.items() if alike(each, row)), None)
                if twin is not None:
                    found[place] = left.pop(twin)
    pairs: list[Pair] = [(found.get(place), row) for place, row in enumerate(after)]
    return pairs + [(row, None) for row in left.values()]


def _identical(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all((one.get(key) or "") == (other.get(key) or "") for key in ROW)


def _same_name(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    names = [
        (plain(one.get(key) or "").casefold(), plain(other.get(key) or "").casefold())
        for key in ("name_zh", "name_en")
    ]
    return any(left and left == right for left, right in names)


def _same_measure(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    same = all((one.get(key) or "") == (other.get(key) or "") for key in ("unit", "comparison", "level"))
    return same and _number(one.get("target")) == _number(other.get("target"))


def _number(text: Any) -> Decimal | str | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return str(text)


def _rows(pairs: Sequence[Pair]) -> list[RowDifference]:
    found = []
    for old, new in pairs:
        if old is None or new is None:
            kind = "added" if old is None else "removed"
            found.append(RowDifference(kind, old, new, (), ALWAYS, f"row_{kind}"))
            continue
        parts = tuple(each for key in ROW if (each := _cell(key, old, new)) is not None)
        if parts:
            weight = Change(parts).weight
            heavy = next(each for each in parts if each.weight == weight)
            why = "row_changed" if weight == ALWAYS else heavy.why
            found.append(RowDifference("changed", old, new, parts, weight, why))
    return found


def _cell(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference | None:
    before, after = old.get(key) or "", new.get(key) or ""
    if before == after:
        return None
    if key in ("name_zh", "name_en"):
        return _text(key, before, after, *_others(key, old, new))
    if key == "target" and _number(before) == _number(after):
        return Difference(key, before, after, NEVER, "typography")
    if key == "unit" and plain(before) == plain(after):
        return Difference(key, before, after, NEVER, "typography")
    return Difference(key, before, after, ALWAYS, "row_changed")
