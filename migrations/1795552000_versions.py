"""Versions of a published need, and what a change makes an organizer decide.

Revision ID: 1795552000
Revises: 1795551000
"""

from __future__ import annotations

revision = '1795552000'
down_revision = '1795551000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
