"""Certificates of awards and offers anew.

Revision ID: 1795562000
Revises: 1795561000
"""

from __future__ import annotations

revision = '1795562000'
down_revision = '1795561000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
