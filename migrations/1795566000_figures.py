"""Figures of the funnel, kept up to date.

Revision ID: 1795566000
Revises: 1795565000
"""

from __future__ import annotations

revision = '1795566000'
down_revision = '1795565000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
