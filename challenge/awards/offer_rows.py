"""A comparison as rows: a line for each thing compared, a cell for each offer, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from challenge.awards.offers import MODE_KEYS, Comparison, Offer
from challenge.base import amounts, i18n
from challenge.requirements.models import Indicator
from challenge.rules.formspec import Field

SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}
TONES = {"met": ("good", "check"), "partly": ("info", "half"), "no": ("", "x")}
# Rows of their own above what else a form asks.
FIRST = ("quote", "trl_now", "trl_delivery", *MODE_KEYS, "schedule")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one offer says: a short text with its look, longer words below it, and files by their place.

    `written`: it is in the solver's own words, in whatever language.
    """

    text: str = ""
    tone: str | None = None  # of a badge
    icon: str = ""
    more: str = ""
    files: tuple[tuple[int, str, int], ...] = ()
    written: bool = False

    @property
    def plain(self) -> str:
        """All of it as one text, for a workbook."""
        files = [name for _place, name, _size in self.files]
        return "\n".join(each for each in (self.text, self.more, *files) if each)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is compared; `hint` stands under its name (a target, a scale)."""

    label: str
    lang: str | None
    hint: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading."""

    key: str
    title: str
    rows: tuple[Row, ...]


def groups(about: Comparison, offers: Sequence[Offer]) -> list[Group]:
    """The chosen offers line by line: panel, indicators, terms, team, whatever else the form asks, files."""
    rest = list(_fields(offers))
    terms = [field for key in FIRST for field in rest if field.key == key]
    others = [field for field in rest if field not in terms and field.key not in ("title", "files")]
    made = (
        Group("panel", _("The panel"), tuple(_panel(about, offers))),
        Group("indicators", _("Indicators"), tuple(_indicators(about, offers))),
        Group("terms", _("Terms"), tuple(_field_row(about, each, offers) for each in terms)),
        Group("team", _("Team"), tuple(_team(offers))),
        Group("answers", _("The solution"), tuple(_field_row(about, each, offers) for each in others)),
        Group("files", _("Files"), tuple(_files(offers))),
    )
    return [each for each in made if each.rows]


def _row(label: str, say: Callable[[Offer], Cell], offers: Sequence[Offer], **more: Any) -> Row:
    return Row(label, more.get("lang"), more.get("hint", ""), tuple(say(each) for each in offers))


def _panel(about: Comparison, offers: Sequence[Offer]) -> Iterator[Row]:
    if not about.scored:
        return
    yield _row(_("Place and total"), _placed, offers)
    for criterion in about.criteria:
        key, most = str(criterion.id), f"/ {criterion.maximum.normalize():f}"
        yield _row(
            i18n.t(criterion, "name"), _scored(key), offers, lang=i18n.t_lang(criterion, "name"), hint=most
        )


def _placed(offer: Offer) -> Cell:
    score = offer.score
    place = "–" if score.place is None else f"{score.place}{'=' if score.shared else ''}"
    total = _("no total") if score.total is None else f"{score.total:.2f}"
    return Cell(f"{place} · {total}")


def _scored(key: str) -> Callable[[Offer], Cell]:
    return lambda offer: Cell(str((offer.score.panel or {}).get(key, "–")))


def _indicators(about: Comparison, offers: Sequence[Offer]) -> Iterator[Row]:
    for asked in about.requirement.indicators:
        level = _("Must") if asked.level == "must" else _("Should")
        yield _row(
            i18n.t(asked, "name"),
            _answered(asked),
            offers,
            lang=i18n.t_lang(asked, "name"),
            hint=f"{_target(asked)} · {level}",
        )


def _target(asked: Indicator) -> str:
    if asked.comparison == "yes":
        return _("required")
    return f"{SIGNS.get(asked.comparison, '')} {asked.target or ''} {asked.unit}".strip()


def _answered(asked: Indicator) -> Callable[[Offer], Cell]:
    words = {"met": _("met"), "partly": _("partly"), "no": _("not met")}

    def say(offer: Offer) -> Cell:
        answer = offer.answer_to(asked)
        met = str(answer.get("met") or "")
        tone, icon = TONES.get(met, ("warn", "info"))
        evidence = str(answer.get("evidence") or "")
        return Cell(words.get(met, _("no answer")), tone, icon, evidence, written=True)

    return say


def _fields(offers: Sequence[Offer]) -> Iterator[Field]:
    """Every field that some offer answers, in the order of the forms; a key counts once."""
    seen: set[str] = set()
    for offer in offers:
        for part in offer.parts:
            for item in part.items:
                if item.field.kind != "indicators" and item.field.key not in seen:
                    seen.add(item.field.key)
                    yield item.field


def _field_row(about: Comparison, field: Field, offers: Sequence[Offer]) -> Row:
    own = field.label.zh if i18n.reader().zh else field.label.en
    lang = None if own else ("en" if i18n.reader().zh else "zh-CN")
    if field.kind == "files":
        return Row(
            field.label.say(i18n.reader().zh), lang, "", tuple(_files_of(each, field) for each in offers)
        )
    need = about.requirement
    hint = ""
    if field.key == "quote":
        hint = amounts.money_range(need.budget_min_minor, need.budget_max_minor, need.currency)
        hint = _("Budget: %(range)s", range=hint)
    label = field.label.say(i18n.reader().zh)
    return Row(label, lang, hint, tuple(_value(field, each) for each in offers))


def _value(field: Field, offer: Offer) -> Cell:
    value = offer.values.get(field.key)
    if field.kind == "consent":
        return Cell(_("accepted") if value else _("not accepted"))
    if value is None or value in ("", []):
        return Cell("–")
    if field.kind == "long":
        return Cell(more=str(value), written=True)
    if field.kind == "table":
        return Cell(more="\n".join(" | ".join(map(str, row)) for row in value), written=True)
    return Cell(_short(field, value, offer), written=field.kind in ("text", "link"))


def _short(field: Field, value: Any, offer: Offer) -> str:
    zh = i18n.reader().zh
    if field.kind == "money":
        return amounts.money(value, offer.currency)
    if field.kind == "trl":
        return f"TRL {value}"
    if field.kind == "number":
        return f"{value} {field.unit.say(zh)}".strip()
    if field.kind in ("choice", "choices"):
        chosen = [value] if isinstance(value, str) else list(value)
        return i18n.listed([each.label.say(zh) for each in field.options if each.key in chosen])
    return str(value)


def _team(offers: Sequence[Offer]) -> Iterator[Row]:
    yield _row(_("On behalf of"), lambda offer: Cell(offer.who or "–", written=True), offers)
    yield _row(_("Members"), lambda offer: Cell(more="\n".join(_members(offer.team)), written=True), offers)


def _members(team: Mapping[str, Any]) -> Iterator[str]:
    for each in team.get("members") or ():
        named = each.get("name") or _("without a name")
        yield f"{named} · {each['affiliation']}" if each.get("affiliation") else named


def _files(offers: Sequence[Offer]) -> Iterator[Row]:
    """What no field of the form that was answered names stands here, with the usual attachments."""
    cells = tuple(_files_of(each, None) for each in offers)
    if any(cell.files for cell in cells):
        yield Row(_("Attachments"), None, "", cells)


def _files_of(offer: Offer, field: Field | None) -> Cell:
    key = "files" if field is None else field.key
    named = {item.field.key for part in offer.parts for item in part.items if item.field.kind == "files"}
    lines = enumerate(offer.manifest, start=1)
    found = [
        (place, str(line["name"]), int(line["size"]))
        for place, line in lines
        if line.get("field", "files") == key or (field is None and line.get("field", "files") not in named)
    ]
    return Cell(files=tuple(found)) if found else Cell("–")
