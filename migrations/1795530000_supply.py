"""Achievements and experts.

Revision ID: 1795530000
Revises: 1795520000
"""

from __future__ import annotations

revision = '1795530000'
down_revision = '1795520000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
