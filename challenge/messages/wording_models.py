"""The table of a programme's own words for letters."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key


class LetterWording(Base):
    """How a programme says a letter in one language; without a row it is said as the product says it."""

    __tablename__ = "letter_wording"
    __table_args__ = (sa.UniqueConstraint("programme_id", "template", "locale"),)

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"))
    template: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    label: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
