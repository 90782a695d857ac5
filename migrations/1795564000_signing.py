"""Signatures of agreements and their papers.

Revision ID: 1795564000
Revises: 1795563000
"""

from __future__ import annotations

revision = '1795564000'
down_revision = '1795563000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
