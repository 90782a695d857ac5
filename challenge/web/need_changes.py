"""Versions of a need as pages draw them: what differs, in the reader's words, and an old version whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from challenge.base import amounts, i18n
from challenge.messages.need_changes import WHY, because, part
from challenge.requirements import versions
from challenge.requirements.content import Content
from challenge.requirements.version_models import RequirementVersion
from challenge.requirements.versions import Step
from challenge.rules.differences import Piece, words
from challenge.rules.needchange import CONFIDENTIAL, NEVER, Change, Difference, RowDifference
from challenge.web import faces
from challenge.web.faces import Face
from challenge.web.places import industry_name, region_name
from challenge.web.public import cards

# How values of codes are read.
_NAMED: Mapping[str, Callable[[Any], str]] = {
    "modes": cards.mode_names,
    "keywords": i18n.listed,
    "field": cards.field_name,
    "industry": industry_name,
    "region": region_name,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One part that differs: a text by its pieces, anything else as it was and as it is."""

    label: str
    lang: str
    pieces: Sequence[Piece]
    before: str
    after: str
    counts: bool
    why: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """An indicator that came, went or changed: as it was read, and as it is."""

    kind: str
    name: str
    lang: str | None
    before: str
    after: str
    cells: tuple[Line, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that differs."""

    lines: tuple[Line, ...]
    rows: tuple[RowLine, ...]
    secret: bool = False  # the confidential part says something else; what, nobody is told here
    secret_pieces: Sequence[Piece] = ()  # unless the reader may read it

    def __bool__(self) -> bool:
        return bool(self.lines or self.rows or self.secret)


def sheet_of(
    change: Change,
    content: Mapping[str, Any],
    zone: str,
    *,
    secret: bool = False,
    said: tuple[str, str] = ("", ""),
) -> Sheet:
    """The difference in the reader's words; `content` is the newer, `said` the confidential part twice."""
    lines = tuple(_line(each, content, zone) for each in change.parts if each.key != CONFIDENTIAL)
    rows = tuple(_row(each) for each in change.rows)
    return Sheet(lines, rows, secret, words(*said) if any(said) else ())


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with what it changed, why that counts, and the questions that led to it."""

    version: RequirementVersion
    step: Step
    sheet: Sheet
    why: list[str]


def editions(steps: Sequence[Step], zone: str, *, secrets: bool = False) -> list[Edition]:
    """Versions as their page lists them; `secrets`: with the confidential part, for those who may read it."""
    found = []
    for place, step in enumerate(steps):
        before = steps[place + 1].version if place + 1 < len(steps) else None
        said = ("", "")
        if secrets and step.confidential and before is not None:
            said = (before.confidential, step.version.confidential)
        sheet = sheet_of(step.change, step.version.content, zone, secret=step.confidential, said=said)
        found.append(Edition(step.version, step, sheet, because(step.version.reasons)))
    return found


def _line(each: Difference, content: Mapping[str, Any], zone: str) -> Line:
    said = (_value(each.key, value, content, zone) for value in (each.before, each.after))
    before, after = ("", "") if each.pieces else said
    lang = {"zh": "zh-CN", "en": "en"}.get(each.key.rpartition("_")[2], "")
    return Line(part(each.key), lang, each.pieces, before, after, each.weight != NEVER, str(WHY[each.why]))


def _value(key: str, value: Any, content: Mapping[str, Any], zone: str) -> str:
    if key == "anonymous":
        return _("anonymous") if value else _("named")
    if value in (None, "", []):
        return _("nothing given")
    if key in ("budget_min_minor", "budget_max_minor"):
        return amounts.money(value, content.get("currency") or "CNY")
    if key == "closes_at":
        return i18n.when(dt.datetime.fromisoformat(value), i18n.reader().zone or zone)
    return (_NAMED[key](value) if key in _NAMED else "") or str(value)


def _row(each: RowDifference) -> RowLine:
    row = SimpleNamespace(**each.row)
    name = i18n.t(row, "name")
    before, after = (_aim(side) for side in (each.before, each.after))
    cells = tuple(
        Line(part(cell.key), "", cell.pieces, "", "", cell.weight != NEVER, str(WHY[cell.why]))
        for cell in each.parts
        if cell.pieces
    )
    lang = i18n.t_lang(row, "name") if name else None
    return RowLine(each.kind, name or "–", lang, before, after, cells, each.weight != NEVER)


def _aim(row: Mapping[str, Any] | None) -> str:
    """What an indicator asks for, in one line: '≥ 99.2 %, must'."""
    if row is None:
        return ""
    line = faces.line_of(SimpleNamespace(**row), 0)
    level = _("must") if line.must else _("should")
    return f"{line.target} {line.unit}".strip() + (f"，{level}" if i18n.reader().zh else f", {level}")


def face_of(kept: Mapping[str, Any]) -> Face:
    """An old version as everyone read it; its seeker is not named here."""
    content = versions.told(kept)
    need = SimpleNamespace(**{name: getattr(content, name) for name in Content.__dataclass_fields__})
    places = enumerate(content.indicators, start=1)
    need.indicators = [SimpleNamespace(position=place, **asdict(row)) for place, row in places]
    return faces.face_of_version(need)
