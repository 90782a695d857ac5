"""What pages read of the figures: those of one scope, and which facts are in it."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.figures.keeping import scope_key
from challenge.figures.models import FigureCell, FigureFact, FigureSum
from challenge.rules.figures import Figures, Scope


def of(session: Session, scope: Scope) -> Figures:
    """The figures of one scope, by its key (one statement)."""
    mine = sa.select(FigureSum.figures).where(FigureSum.scope == scope_key(scope))
    return Counter(session.scalar(mine) or {})


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
