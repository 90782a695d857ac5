"""Erasing people, and legal holds on that.

Revision ID: 1795577000
Revises: 1795573100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795577000"
down_revision = "1795571200"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GOES_ON = sa.text("state in ('prepared','waiting','doing')")


def _person(table: str, column: str, then: str = "SET NULL") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["user_account.id"], name=op.f(f"fk_{table}_{column}"), ondelete=then
    )


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(12), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", KEY, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name=op.f("ck_legal_hold_lifted")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_legal_hold_reason")),
        _person("legal_hold", "user_id", "RESTRICT"),
        _person("legal_hold", "author_id"),
        _person("legal_hold", "lifted_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("ref", name=op.f("uq_legal_hold_ref")),
    )
    op.create_index(op.f("ix_legal_hold_user_id"), "legal_hold", ["user_id"])
    op.create_table(
        "erasure",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(12), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prepared_by", KEY, nullable=True),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state in ('cancelled','doing','done','prepared','waiting')", name=op.f("ck_erasure_state")
        ),
        sa.CheckConstraint("origin in ('person','office')", name=op.f("ck_erasure_origin")),
        sa.CheckConstraint("(state = 'prepared') <= (origin = 'office')", name=op.f("ck_erasure_prepared")),
        sa.CheckConstraint(
            "(state in ('waiting','doing','done')) <= (due_at IS NOT NULL)", name=op.f("ck_erasure_due")
        ),
        sa.CheckConstraint(
            "(state in ('done','cancelled')) = (ended_at IS NOT NULL)", name=op.f("ck_erasure_ended")
        ),
        _person("erasure", "user_id", "RESTRICT"),
        _person("erasure", "prepared_by"),
        _person("erasure", "approved_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("ref", name=op.f("uq_erasure_ref")),
    )
    op.create_index(op.f("ix_erasure_user_id"), "erasure", ["user_id"])
    op.create_index(
        "uq_erasure_going_on",
        "erasure",
        ["user_id"],
        unique=True,
        sqlite_where=GOES_ON,
        postgresql_where=GOES_ON,
    )


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("legal_hold")
