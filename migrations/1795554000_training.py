"""Courses for brokers, certificates, the register.

Revision ID: 1795554000
Revises: 1795553000
"""

from __future__ import annotations

revision = '1795554000'
down_revision = '1795553000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
