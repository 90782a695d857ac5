"""Settings of judging, and comments of feedback by criterion.

Revision ID: 1795510000
Revises: 1795505000
"""

from __future__ import annotations

revision = '1795510000'
down_revision = '1795505000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
