"""What solvers get to read.

Revision ID: 1795495000
Revises: 1795494000
"""

from __future__ import annotations

revision = '1795495000'
down_revision = '1795494000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
