"""Revised scorecards and the discussion after the lock.

Revision ID: 1795494000
Revises: 1795493000
"""

from __future__ import annotations

revision = '1795494000'
down_revision = '1795493000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
