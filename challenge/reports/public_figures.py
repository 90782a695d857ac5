"""The funnel as everyone reads it: of the whole site, of each programme, and of the editions of one.

Sums of money stand there only where enough contracts are behind them (`rules.figures.disclosed`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import amounts
from challenge.figures import reading
from challenge.figures.models import FigureSum
from challenge.reports import figure_lines
from challenge.requirements.models import FIELDS
from challenge.rounds.models import Programme, Round
from challenge.rules.figures import CONTRACTS_IN, EVERYTHING, FEWEST_BEHIND, Figures, disclosed

MOST = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A programme or an edition with its figures."""

    id: int
    slug: str
    title_zh: str | None
    title_en: str | None
    figures: Figures


def site(session: Session) -> Figures:
    """The figures of the whole site (one statement)."""
    return reading.of(session, EVERYTHING)


def by_field(session: Session) -> tuple[Figures, Mapping[str, int]]:
    """The figures of the whole site, and the needs ever published in each field (one statement)."""
    everywhere = (FigureSum.programme_id == 0, FigureSum.round_id == 0, FigureSum.branch_id == 0)
    query = sa.select(FigureSum.field, FigureSum.figures).where(*everywhere, FigureSum.year == 0)
    known: dict[str, Figures] = {field: Counter(figures) for field, figures in session.execute(query)}
    nothing: Figures = Counter()
    needs = {field: known.get(field, nothing)["published.need"] for field in FIELDS}
    return known.get("", nothing), needs


def programmes(session: Session) -> list[Row]:
    """Programmes that have a public round, the newest first (one statement)."""
    shown = sa.exists().where(Round.programme_id == Programme.id, Round.public)
    whole = (FigureSum.round_id == 0, FigureSum.branch_id == 0, FigureSum.field == "", FigureSum.year == 0)
    query = sa.select(Programme.id, Programme.slug, Programme.title_zh, Programme.title_en, FigureSum.figures)
    query = query.join(FigureSum, FigureSum.programme_id == Programme.id).where(*whole, shown)
    return _rows(session, query.order_by(Programme.id.desc()))


def rounds(session: Session, programme_id: int) -> list[Row]:
    """The public editions of a programme, the newest first (one statement)."""
    whole = (FigureSum.branch_id == 0, FigureSum.field == "", FigureSum.year == 0)
    query = sa.select(Round.id, Round.slug, Round.title_zh, Round.title_en, FigureSum.figures)
    mine = (FigureSum.programme_id == programme_id, FigureSum.round_id == Round.id)
    query = query.join(FigureSum, sa.and_(*mine)).where(*whole, Round.public)
    return _rows(session, query.order_by(Round.id.desc()))


def _rows(session: Session, query: sa.Select[*tuple[Any, ...]]) -> list[Row]:
    rows = session.execute(query.limit(MOST))
    return [Row(key, slug, zh, en, Counter(figures)) for key, slug, zh, en, figures in rows]


def told(figures: Figures) -> frozenset[str]:
    """The currencies in which enough contracts are behind the sum of the whole site."""
    known = [currency for currency, _sum in figure_lines.sums(figures)]
    return frozenset(each for each in known if figures[CONTRACTS_IN + each] >= FEWEST_BEHIND)


def told_of(rows: Sequence[Row], whole: Figures, currencies: Iterable[str]) -> dict[int, frozenset[str]]:
    """The same for each of these parts of a whole whose sums are told in these currencies.

    Where that of the whole is not told, its parts are not either: together they would tell it.
    """
    shown: dict[str, frozenset[Hashable]] = {}
    for currency in currencies:
        name = CONTRACTS_IN + currency
        shown[currency] = disclosed({row.id: row.figures[name] for row in rows}, whole[name])
    return {row.id: frozenset(each for each in shown if row.id in shown[each]) for row in rows}


def money(figures: Figures, currencies: Collection[str]) -> str:
    """The sum of the contracts in each of these currencies."""
    sums = [(currency, minor) for currency, minor in figure_lines.sums(figures) if currency in currencies]
    return "; ".join(amounts.money(minor, currency) for currency, minor in sums)
