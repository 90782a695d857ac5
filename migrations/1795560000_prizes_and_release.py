"""Prizes, pools and the release of results.

Revision ID: 1795560000
Revises: 1795557000
"""

from __future__ import annotations

revision = '1795560000'
down_revision = '1795557000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
