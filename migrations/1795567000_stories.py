"""Stories and services of agreements.

Revision ID: 1795567000
Revises: 1795566000
"""

from __future__ import annotations

revision = '1795567000'
down_revision = '1795566000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
