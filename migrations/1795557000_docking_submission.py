"""A pair names no solution: nobody wrote it, and the timeline asks whose people handed one in.

Revision ID: 1795557000
Revises: 1795555000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795557000"
down_revision = "1795555000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("docking_pair", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_docking_pair_submission_id"))
        batch_op.drop_constraint(op.f("fk_docking_pair_submission_id"), type_="foreignkey")
        batch_op.drop_column("submission_id")


def downgrade() -> None:
    with op.batch_alter_table("docking_pair", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch_op.create_foreign_key(
            op.f("fk_docking_pair_submission_id"), "submission", ["submission_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(op.f("ix_docking_pair_submission_id"), ["submission_id"])
