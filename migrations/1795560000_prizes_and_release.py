"""Prizes, pools and the release of results.

Revision ID: 1795560000
Revises: 1795557000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795560000"
down_revision = "1795557000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = sa.text("state <> 'stopped'")
APPROVED = sa.text("state = 'approved'")


def upgrade() -> None:
    _pools()
    _prizes()
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amount_minor", sa.BigInteger(), nullable=True))
    _release()


def _pools() -> None:
    op.create_table(
        "prize_pool",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("scope in ('round','requirement')", name=op.f("ck_prize_pool_scope")),
        sa.CheckConstraint("total_minor > 0", name=op.f("ck_prize_pool_total")),
        sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name=op.f("ck_prize_pool_name")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_prize_pool_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prize_pool")),
    )
    op.create_index(op.f("ix_prize_pool_round_id"), "prize_pool", ["round_id"])
    op.create_table(
        "prize_cap",
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("most_awards", sa.Integer(), nullable=True),
        sa.Column("most_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("per in ('entry','organization')", name=op.f("ck_prize_cap_per")),
        sa.CheckConstraint("most_awards IS NULL OR most_awards > 0", name=op.f("ck_prize_cap_awards")),
        sa.CheckConstraint("most_minor IS NULL OR most_minor > 0", name=op.f("ck_prize_cap_amount")),
        sa.CheckConstraint(
            "most_awards IS NOT NULL OR most_minor IS NOT NULL", name=op.f("ck_prize_cap_something")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_prize_cap_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "per", name=op.f("pk_prize_cap")),
    )


def _prizes() -> None:
    """What there is keeps its worth: a sum is money, without one it is in kind, with words beside it both."""
    with op.batch_alter_table("prize", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="money"))
        batch_op.add_column(sa.Column("pool_id", KEY, nullable=True))
        batch_op.create_foreign_key(op.f("fk_prize_pool_id"), "prize_pool", ["pool_id"], ["id"])
    op.execute("UPDATE prize SET kind = 'in_kind' WHERE amount_minor IS NULL")
    op.execute("UPDATE prize SET kind = 'both' WHERE amount_minor IS NOT NULL AND text <> ''")
    with op.batch_alter_table("prize", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        batch_op.create_check_constraint(op.f("ck_prize_kind"), "kind in ('money','in_kind','both')")
        batch_op.create_check_constraint(op.f("ck_prize_in_kind"), "kind <> 'in_kind' OR amount_minor IS NULL")


def _release() -> None:
    op.create_table(
        "result_release",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("prepared_at", UtcDateTime(), nullable=False),
        sa.Column("prepared_by", KEY, nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_by", KEY, nullable=True),
        sa.Column("stop_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state in ('approved','prepared','published','stopped')", name=op.f("ck_result_release_state")
        ),
        sa.CheckConstraint("delay_minutes > 0", name=op.f("ck_result_release_delay")),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_result_release_two_people")),
        sa.CheckConstraint(
            "state in ('prepared','stopped') OR (approved_at IS NOT NULL AND due_at IS NOT NULL)",
            name=op.f("ck_result_release_approved"),
        ),
        sa.CheckConstraint(
            "(state = 'stopped') = (stop_code IS NOT NULL)", name=op.f("ck_result_release_stopped")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_result_release_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["prepared_by"], ["user_account.id"], name=op.f("fk_result_release_prepared_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["approved_by"], ["user_account.id"], name=op.f("fk_result_release_approved_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["stopped_by"], ["user_account.id"], name=op.f("fk_result_release_stopped_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_release")),
        sa.UniqueConstraint("ref", name=op.f("uq_result_release_ref")),
    )
    op.create_index(op.f("ix_result_release_round_id"), "result_release", ["round_id"])
    op.create_index("uq_result_release_one", "result_release", ["round_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_result_release_due", "result_release", ["due_at"], sqlite_where=APPROVED, postgresql_where=APPROVED)


def downgrade() -> None:
    op.drop_table("result_release")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_column("amount_minor")
    with op.batch_alter_table("prize", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_prize_in_kind"), type_="check")
        batch_op.drop_constraint(op.f("ck_prize_kind"), type_="check")
        batch_op.drop_constraint(op.f("fk_prize_pool_id"), type_="foreignkey")
        batch_op.drop_column("pool_id")
        batch_op.drop_column("kind")
    op.drop_table("prize_cap")
    op.drop_table("prize_pool")
