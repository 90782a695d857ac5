"""Terms before the confidential part of a need, and who opened it.

Revision ID: 1795551000
Revises: 1795550000
"""

from __future__ import annotations

revision = '1795551000'
down_revision = '1795550000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
