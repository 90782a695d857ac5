"""Auditors' scopes, and what auditors read.

Revision ID: 1795577100
Revises: 1795577000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795577100"
down_revision = "1795577000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _person(table: str, column: str, then: str = "SET NULL") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{table}_{column}"), ondelete=then)


def upgrade() -> None:
    op.create_table(
        "audit_scope",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(12), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.CheckConstraint("scope in ('programme','round')", name=op.f("ck_audit_scope_scope")),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_audit_scope_times")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_audit_scope_reason")),
        _person("audit_scope", "user_id", "CASCADE"),
        _person("audit_scope", "author_id"),
        _person("audit_scope", "ended_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_scope")),
        sa.UniqueConstraint("ref", name=op.f("uq_audit_scope_ref")),
    )
    op.create_index(op.f("ix_audit_scope_user_id"), "audit_scope", ["user_id"])
    op.create_index(op.f("ix_audit_scope_scope_scope_id"), "audit_scope", ["scope", "scope_id"])
    op.create_table(
        "evidence_reading",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("reader_id", KEY, nullable=True),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("hour", UtcDateTime(), nullable=False),
        _person("evidence_reading", "reader_id"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_evidence_reading_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_reading")),
        sa.UniqueConstraint("reader_id", "round_id", "part", "hour", name="uq_evidence_reading_once"),
    )
    op.create_index(op.f("ix_evidence_reading_round_id_id"), "evidence_reading", ["round_id", "id"])


def downgrade() -> None:
    op.drop_table("evidence_reading")
    op.drop_table("audit_scope")
