"""Intake of requirements.

Revision ID: 1795520000
Revises: 1795511000
"""

from __future__ import annotations

revision = '1795520000'
down_revision = '1795511000'
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
