"""Calibrated results and decisions about ties.

Revision ID: 1795491000
Revises: 1795490000
"""

from __future__ import annotations

revision = '1795491000'
down_revision = '1795490000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
