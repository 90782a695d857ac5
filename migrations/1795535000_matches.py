"""Kept vectors and matches.

Revision ID: 1795535000
Revises: 1795530000
"""

from __future__ import annotations

revision = '1795535000'
down_revision = '1795530000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
