"""What administrators do to accounts, with reasons; roles that end at a time.

Revision ID: 1795576100
Revises: 1795570000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795576100"
down_revision = "1795570000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "admin_act",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_admin_act_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_admin_act_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_admin_act_organization_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_act")),
    )
    op.create_index(op.f("ix_admin_act_user_id"), "admin_act", ["user_id"])
    op.create_index(op.f("ix_admin_act_organization_id"), "admin_act", ["organization_id"])
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until_at", UtcDateTime(), nullable=True))
        batch_op.create_index(op.f("ix_role_grant_until_at"), ["until_at"])


def downgrade() -> None:
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_role_grant_until_at"))
        batch_op.drop_column("until_at")
    op.drop_table("admin_act")
