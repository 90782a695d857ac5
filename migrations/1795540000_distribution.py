"""Dispatches and their answers.

Revision ID: 1795540000
Revises: 1795535000
"""

from __future__ import annotations

revision = '1795540000'
down_revision = '1795535000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
