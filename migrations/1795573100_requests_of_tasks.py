"""Work knows the number of the request that led to it.

Revision ID: 1795573100
Revises: 1795576400
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795573100"
down_revision = "1795576400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('request_id', sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_column('request_id')
