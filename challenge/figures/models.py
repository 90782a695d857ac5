"""Tables of the funnel's figures: all of them follow from other tables, and `flask figures recount` compares.

What they say of things is told to them from above; so they name those by number alone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Key, one_of
from challenge.rules.figures import DISTINCT

KINDS = ("need", "round")
CELL, FACT = "figure_cell.id", "figure_fact.id"


class FigureCell(Base):
    """Where facts belong: one row for all of the same round, branch, field and year.

    `path`: .3.17. for branch 17 of organization 3, as it was when the facts were taken.
    """

    __tablename__ = "figure_cell"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "path", "field", "year"),
        sa.Index(None, "programme_id", "year"),
    )

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(sa.BigInteger)
    round_id: Mapped[int] = mapped_column(sa.BigInteger)
    path: Mapped[str]
    field: Mapped[str]
    year: Mapped[int]


class FigureFact(Base):
    """What the funnel counts of one need, or of a round's solutions to no need; see `rules.figures.Fact`."""

    __tablename__ = "figure_fact"
    __table_args__ = (
        one_of("kind", *KINDS),
        sa.UniqueConstraint("kind", "thing_id"),
        sa.Index(None, "cell_id", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    thing_id: Mapped[int] = mapped_column(sa.BigInteger)
    cell_id: Mapped[int] = mapped_column(sa.ForeignKey(CELL))
    collected_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    docked_at: Mapped[dt.datetime | None]
    intent_at: Mapped[dt.datetime | None]
    contract_at: Mapped[dt.datetime | None]
    delivered_at: Mapped[dt.datetime | None]
    numbers: Mapped[dict[str, Any]]


class FigureMember(Base):
    """Somebody or something of a fact that counts once in a scope; `steps` are the bits of its steps."""

    __tablename__ = "figure_member"
    __table_args__ = (
        one_of("kind", *DISTINCT),
        sa.Index(None, "kind", "key", "cell_id", "steps"),
        sa.Index(None, "cell_id"),
    )

    fact_id: Mapped[int] = mapped_column(sa.ForeignKey(FACT, ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    cell_id: Mapped[int] = mapped_column(sa.ForeignKey(CELL))
    steps: Mapped[int]


class FigureSum(Base):
    """The figures of one scope; 0 and '' mean all. A page reads the row of its scope and counts nothing."""

    __tablename__ = "figure_sum"
    __table_args__ = (
        # What a page shows beside its scope: the same by year, by field, by branch, by round, by programme.
        sa.UniqueConstraint("programme_id", "round_id", "branch_id", "field", "year"),
        sa.Index(None, "round_id", "branch_id", "field", "year"),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)  # the five as one word
    programme_id: Mapped[int] = mapped_column(sa.BigInteger)
    round_id: Mapped[int] = mapped_column(sa.BigInteger)
    branch_id: Mapped[int] = mapped_column(sa.BigInteger)
    field: Mapped[str]
    year: Mapped[int]
    figures: Mapped[dict[str, Any]]
