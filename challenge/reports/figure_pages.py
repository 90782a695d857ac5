"""A page of figures, whole: the funnel of what is chosen, its parts, and what else can be chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.figures.models import FigureSum
from challenge.reports import figure_bases as bases
from challenge.reports import figure_lines
from challenge.reports.figure_bases import Asked, Base
from challenge.reports.figure_lines import Part
from challenge.rounds.models import Programme, Round
from challenge.rules.branches import Branch
from challenge.rules.figures import Figures
from challenge.rules.funnel import NO_FIELD
from challenge.rules.need_words import FIELDS

MOST_PARTS = 60  # programmes, rounds or years beside the whole, the newest first
DIMENSIONS = ("programme", "round", "branch", "field", "year")
_COLUMNS = (
    *(FigureSum.programme_id, FigureSum.round_id, FigureSum.branch_id),
    *(FigureSum.field, FigureSum.year),
)
Key = int | str


@dataclass(frozen=True, slots=True)
class Beside:
    """The parts of the whole along one filter: figures, and what each part is called; the newest first."""

    figures: dict[Key, Figures] = field(default_factory=dict)
    names: dict[Key, tuple[str, str | None, str | None]] = field(default_factory=dict)  # address, zh, en


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of figures shows. `groups`: title, and the parts of the whole along one filter."""

    base: Base
    asked: Asked
    figures: Figures
    groups: Sequence[tuple[str, Sequence[Part]]]
    choices: Mapping[str, Sequence[tuple[str, str]]]


def page(session: Session, base: Base, asked: Asked) -> Page:
    """Two statements, however many needs there are."""
    tree = bases.branches(session, base)
    by = ["year", "field", *(["branch"] if tree else [])]
    if base.kind in ("site", "branch"):
        by.append("programme")
    if base.kind != "round" and (base.programme_id or asked.programme):
        by.append("round")
    own, beside = _view(session, base, asked, tree, by)
    titled = {name: _titles(name, beside[name], tree) for name in by}
    groups = [
        (_title(name), _parts(name, asked, beside[name], titled[name]))
        for name in by
        if not getattr(asked, name) or name == "branch"
    ]
    choices = {name: list(titled[name].values()) for name in DIMENSIONS if name in by}
    return Page(base, asked, own, groups, choices)


def _view(
    session: Session, base: Base, asked: Asked, tree: Sequence[Branch], by: Sequence[str]
) -> tuple[Figures, dict[str, Beside]]:
    scope = bases.where(base, asked, tree)
    query = [_part("", scope, ())]
    query += [_part(name, scope, [each.id for each in tree]) for name in by]
    own: Figures = Counter()
    found = {name: Beside() for name in by}
    for name, *where, figures, address, zh, en in session.execute(sa.union_all(*query)):
        if not name:
            own = Counter(figures)
            continue
        key = where[DIMENSIONS.index(name)]
        found[name].figures[key] = Counter(figures)
        found[name].names[key] = (address, zh, en)
    return own, found


def _part(name: str, scope: Sequence[Any], branches: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    """The scope itself, or with every value along one dimension: with their names, where they have any."""
    model: Any = {"programme": Programme, "round": Round}.get(name)
    nothing = sa.cast(sa.null(), sa.Text)
    named = (model.slug, model.title_zh, model.title_en) if model else (nothing, nothing, nothing)
    labels = [column.label(label) for column, label in zip(named, ("address", "zh", "en"), strict=True)]
    query = sa.select(sa.literal(name).label("part"), *_COLUMNS, FigureSum.figures, *labels)
    same = dict(zip(DIMENSIONS, scope, strict=True))
    along = same.pop(name, None)
    if name == "programme":
        same["round"] = sa.literal(0)  # of whole programmes, whichever round is chosen
    columns = dict(zip(DIMENSIONS, _COLUMNS, strict=True))
    query = query.where(*(columns[each] == value for each, value in same.items()))
    if along is None:
        return query
    if model:
        query = query.join(model, model.id == columns[name])
    if name == "branch":
        return query.where(columns[name].in_(branches))
    query = query.where(columns[name] != ("" if name == "field" else 0))
    return sa.select(query.order_by(columns[name].desc()).limit(MOST_PARTS).subquery())


def _title(name: str) -> str:
    return {
        "year": _("By year"),
        "field": _("By field"),
        "branch": _("By branch"),
        "round": _("By round"),
        "programme": _("By programme"),
    }[name]


def _titles(name: str, beside: Beside, tree: Sequence[Branch]) -> dict[Key, tuple[str, str]]:
    """What can be chosen along a filter, in its order: how an address says it, and what it is called."""
    if name == "branch":
        return {each.id: (each.ref, "· " * each.level + i18n.organization_name(each)) for each in tree}
    if name == "field":
        return {code: (code, title) for code, title in field_titles().items() if code in beside.figures}
    if name == "year":
        return {year: (str(year), str(year)) for year in beside.figures}
    zh = i18n.reader().zh
    return {
        key: (address, str((title_zh or title_en) if zh else (title_en or title_zh)))
        for key, (address, title_zh, title_en) in beside.names.items()
    }


def _parts(name: str, asked: Asked, beside: Beside, titles: Mapping[Key, tuple[str, str]]) -> list[Part]:
    order = sorted(titles, key=int) if name == "year" else list(titles)
    chosen = query(asked)
    return figure_lines.parts(
        beside.figures,
        order,
        lambda key: titles[key][1],
        lambda key: urlencode(chosen | {name: titles[key][0]}),
    )


def field_titles() -> dict[str, str]:
    """The fields in the reader's words, and what stands for none."""
    place = 0 if i18n.reader().zh else 1
    return {code: both[place] for code, both in FIELDS.items()} | {NO_FIELD: _("no field")}


def query(asked: Asked) -> dict[str, str]:
    """The filters as an address takes them."""
    known = ((name, getattr(asked, name)) for name in DIMENSIONS)
    return {name: str(value) for name, value in known if value}
