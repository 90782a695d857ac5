"""Administrators who look on as somebody, and each page that they saw.

Revision ID: 1795576000
Revises: 1795567000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795576000"
down_revision = "1795567000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "look_on",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("looker_id", KEY, nullable=True),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("until_at > begun_at", name=op.f("ck_look_on_until")),
        sa.ForeignKeyConstraint(["looker_id"], ["user_account.id"], name=op.f("fk_look_on_looker_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["user_account.id"], name=op.f("fk_look_on_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_on")),
        sa.UniqueConstraint("ref", name=op.f("uq_look_on_ref")),
    )
    op.create_index(op.f("ix_look_on_looker_id"), "look_on", ["looker_id"])
    op.create_index(op.f("ix_look_on_person_id"), "look_on", ["person_id"])
    op.create_table(
        "looked_at",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("look_on_id", KEY, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["look_on_id"], ["look_on.id"], name=op.f("fk_looked_at_look_on_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looked_at")),
    )
    op.create_index(op.f("ix_looked_at_look_on_id"), "looked_at", ["look_on_id"])


def downgrade() -> None:
    op.drop_table("looked_at")
    op.drop_table("look_on")
