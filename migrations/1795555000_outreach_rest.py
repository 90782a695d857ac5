"""What distribution still lacks.

Revision ID: 1795555000
Revises: 1795554000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795555000"
down_revision = "1795554000"
branch_labels = None
depends_on = None


FRESH = (
    ("saved_search", sa.Integer(), sa.text("0")),
    ("follow", sa.Boolean(), sa.false()),
)
STATES = "'declined','expired','forwarded','interested','opened','queued','sent'"


def _states(states: str) -> None:
    with op.batch_alter_table("dispatch", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_dispatch_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_dispatch_state"), f"state in ({states})")


def upgrade() -> None:
    _states(f"'bounced',{STATES}")
    op.add_column("need_book", sa.Column("offered", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("need_book", schema=None) as batch_op:
        batch_op.alter_column("offered", existing_type=sa.Integer(), server_default=None)


    for table, column, start in FRESH:
        op.add_column(table, sa.Column("fresh", column, server_default=start, nullable=False))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("fresh", existing_type=column, server_default=None)


def downgrade() -> None:
    for table, _column, _start in reversed(FRESH):
        op.drop_column(table, "fresh")
    op.drop_column("need_book", "offered")
    # The older table knows no bounces: what never arrived is over.
    op.execute("UPDATE dispatch SET state = 'expired' WHERE state = 'bounced'")
    _states(STATES)
