"""What pages read: the figures of a scope, and of those beside it. One statement, however much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.figures.models import FigureCell, FigureFact, FigureSum
from challenge.rules.figures import Figures, Scope

PLACES = ("programme", "round", "branch", "field", "year")
MOST_BESIDE = 60  # of one kind beside the scope; the newest first
_COLUMNS = (
    *(FigureSum.programme_id, FigureSum.round_id, FigureSum.branch_id),
    *(FigureSum.field, FigureSum.year),
)


@dataclass(frozen=True, slots=True)
class View:
    """The figures of a scope; and by dimension, those of the same scope with one more filter."""

    figures: Figures
    beside: Mapping[str, Mapping[int | str, Figures]]


def view(session: Session, scope: Scope, by: tuple[str, ...] = (), branches: tuple[int, ...] = ()) -> View:
    """The scope with its parts along `by`, in one statement; of branches, those that are named."""
    parts = [_part("", sa.and_(*_same(scope)))]
    for name in by:
        place = PLACES.index(name)
        same = [clause for at, clause in enumerate(_same(scope)) if at != place]
        part = _part(name, sa.and_(*same, _chosen(name, branches)))
        if name != "branch":
            part = sa.select(part.order_by(_COLUMNS[place].desc()).limit(MOST_BESIDE).subquery())
        parts.append(part)
    rows = session.execute(sa.union_all(*parts)).all()
    own: Figures = Counter()
    beside: dict[str, dict[int | str, Figures]] = {name: {} for name in by}
    for name, *where, figures in rows:
        if name:
            beside[name][where[PLACES.index(name)]] = Counter(figures)
        else:
            own = Counter(figures)
    return View(own, beside)


def _part(name: str, which: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    return sa.select(sa.literal(name).label("part"), *_COLUMNS, FigureSum.figures).where(which)


def _same(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [column == value for column, value in zip(_COLUMNS, scope, strict=True)]


def _chosen(name: str, branches: tuple[int, ...]) -> sa.ColumnElement[bool]:
    """Along one dimension: its values, without the row of all."""
    column = _COLUMNS[PLACES.index(name)]
    if name == "branch":
        return column.in_(branches)
    return column != ("" if name == "field" else 0)


def within(scope: Scope) -> sa.ColumnElement[bool]:
    """For a query over facts: those of a scope."""
    programme_id, round_id, branch_id, field, year = scope
    which: list[sa.ColumnElement[bool]] = []
    if programme_id:
        which.append(FigureCell.programme_id == programme_id)
    if round_id:
        which.append(FigureCell.round_id == round_id)
    if branch_id:
        which.append(FigureCell.path.contains(f".{branch_id}."))
    if field:
        which.append(FigureCell.field == field)
    if year:
        which.append(FigureCell.year == year)
    cells = sa.select(FigureCell.id).where(*which)
    return FigureFact.cell_id.in_(cells) if which else sa.true()
