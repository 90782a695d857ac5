"""Receipts as papers, who read what.

Revision ID: 1795460000
Revises: 1795450000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = '1795460000'
down_revision = '1795450000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
