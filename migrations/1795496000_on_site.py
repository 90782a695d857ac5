"""A final on site.

Revision ID: 1795496000
Revises: 1795495000
"""

from __future__ import annotations

revision = '1795496000'
down_revision = '1795495000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
