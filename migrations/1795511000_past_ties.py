"""Ties that people and organizers state.

Revision ID: 1795511000
Revises: 1795510000
"""

from __future__ import annotations

revision = '1795511000'
down_revision = '1795510000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
