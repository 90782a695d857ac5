"""Tracks, resources, teammates, likeness, gallery.

Revision ID: 1795450000
Revises: 1795440000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = '1795450000'
down_revision = '1795440000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
