"""Assignment runs and pinned pairs.

Revision ID: 1795492000
Revises: 1795491000
"""

from __future__ import annotations

revision = '1795492000'
down_revision = '1795491000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
