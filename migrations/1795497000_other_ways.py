"""Other ways to judge.

Revision ID: 1795497000
Revises: 1795496000
"""

from __future__ import annotations

revision = '1795497000'
down_revision = '1795496000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
