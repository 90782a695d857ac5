"""Milestones, payments and handovers.

Revision ID: 1795565000
Revises: 1795564000
"""

from __future__ import annotations

revision = '1795565000'
down_revision = '1795564000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
