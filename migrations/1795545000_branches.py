"""Branches, and what a seeker notes on offers.

Revision ID: 1795545000
Revises: 1795540000
"""

from __future__ import annotations

revision = '1795545000'
down_revision = '1795540000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
