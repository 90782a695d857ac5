"""Services asked for agreements too.

Revision ID: 1795567000
Revises: 1795566000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1795567000"
down_revision = "1795566000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _about("'requirement','agreement'")


def downgrade() -> None:
    # What was asked for an agreement stays with whoever asked: of the older tables it is about nothing.
    op.execute(sa.text("UPDATE service_request SET about = NULL, about_id = NULL WHERE about = 'agreement'"))
    _about("'requirement'")


def _about(things: str) -> None:
    with op.batch_alter_table('service_request', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_service_request_about'), type_='check')
        batch_op.create_check_constraint(op.f('ck_service_request_about'), f'about in ({things})')
