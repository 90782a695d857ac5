"""A round's requirements of a field are found without reading those of all rounds.

Revision ID: 1795505000
Revises: 1795497000
"""

from __future__ import annotations

from alembic import op

revision = "1795505000"
down_revision = "1795497000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_requirement_round_field', 'requirement', ['round_id', 'field', 'state'])


def downgrade() -> None:
    op.drop_index('ix_requirement_round_field', 'requirement')
