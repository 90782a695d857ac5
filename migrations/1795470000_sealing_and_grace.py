"""Sealing, grace, extensions, drafts entered at the close.

Revision ID: 1795470000
Revises: 1795460000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = '1795470000'
down_revision = '1795460000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
