"""Profiles of judges, ties between people, cases of conflict.

Revision ID: 1795493000
Revises: 1795492000
"""

from __future__ import annotations

revision = '1795493000'
down_revision = '1795492000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
