"""The figures of the funnel as a file: asked for by one person, made by `flask work`."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of

BASES = ("site", "programme", "round", "branch")
FORMS = ("xlsx", "pdf")


class FigureBook(Base):
    """Figures as a workbook or a paper, for the one person who asked for it.

    `base` with its number says of whose figures, and so who may have them; `scope` says which filters.
    """

    __tablename__ = "figure_book"
    __table_args__ = (
        one_of("base", *BASES),
        one_of("form", *FORMS),
        one_of("state", "coming", "done", "refused"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    base: Mapped[str]
    base_id: Mapped[int] = mapped_column(sa.BigInteger)
    scope: Mapped[str]
    form: Mapped[str]
    state: Mapped[str] = mapped_column(default="coming")
    locale: Mapped[str]
    zone: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[Created]
    done_at: Mapped[dt.datetime | None]
