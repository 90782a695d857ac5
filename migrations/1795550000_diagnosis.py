"""What experts say of a need before it is published.

Revision ID: 1795550000
Revises: 1795545000
"""

from __future__ import annotations

revision = '1795550000'
down_revision = '1795545000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
