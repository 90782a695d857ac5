"""Objections to a public notice.

Revision ID: 1795561000
Revises: 1795560000
"""

from __future__ import annotations

revision = '1795561000'
down_revision = '1795560000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
