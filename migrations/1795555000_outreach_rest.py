"""What distribution still lacks.

Revision ID: 1795555000
Revises: 1795554000
"""

from __future__ import annotations

revision = '1795555000'
down_revision = '1795554000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
