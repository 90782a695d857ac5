"""A centre's services: asked for, assigned, closed with a rating.

Revision ID: 1795553000
Revises: 1795552000
"""

from __future__ import annotations

revision = '1795553000'
down_revision = '1795552000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
