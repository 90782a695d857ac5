"""The table of what administrators did to accounts and organizations, with their reasons."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from challenge.base.db import Base
from challenge.base.types import Created, Key


class AdminAct(Base):
    """An administrator did something that wants a reason. The audit entry names this row, never its words."""

    __tablename__ = "admin_act"

    id: Mapped[Key]
    action: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    reason: Mapped[str]
    created_at: Mapped[Created]
