"""Kept vectors and matches.

Revision ID: 1795535000
Revises: 1795530000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795535000"
down_revision = "1795530000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'text_vector',
        sa.Column('digest', sa.String(64), nullable=False),
        sa.Column('model', sa.String(20), nullable=False),
        sa.Column('numbers', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('digest', 'model', name='pk_text_vector'),
    )
    op.create_table(
        'match_run',
        sa.Column('requirement_id', KEY, autoincrement=False, nullable=False),
        sa.Column('digest', sa.String(64), nullable=False),
        sa.Column('models', sa.JSON(), nullable=False),
        sa.Column('profiles', sa.JSON(), nullable=False),
        sa.Column('made_at', challenge.base.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['requirement_id'], ['requirement.id'], name='fk_match_run_requirement_id', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('requirement_id', name='pk_match_run'),
    )
    op.create_table(
        'requirement_match',
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('requirement_id', KEY, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('expert_id', KEY, nullable=True),
        sa.Column('achievement_id', KEY, nullable=True),
        sa.Column('organization_id', KEY, nullable=True),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.CheckConstraint("kind in ('expert','achievement','organization')", name='ck_requirement_match_kind'),
        sa.CheckConstraint(
            "(kind = 'expert') = (expert_id IS NOT NULL)"
            " AND (kind = 'achievement') = (achievement_id IS NOT NULL)"
            " AND (kind = 'organization') = (organization_id IS NOT NULL)",
            name='ck_requirement_match_subject',
        ),
        sa.ForeignKeyConstraint(
            ['achievement_id'], ['achievement.id'], name='fk_requirement_match_achievement_id', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['expert_id'], ['user_account.id'], name='fk_requirement_match_expert_id', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['organization_id'], ['organization.id'], name='fk_requirement_match_organization_id', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['requirement_id'], ['requirement.id'], name='fk_requirement_match_requirement_id', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_requirement_match'),
        sa.UniqueConstraint('requirement_id', 'kind', 'place', name='uq_requirement_match_requirement_id_kind_place'),
    )
    for column in ('expert_id', 'achievement_id', 'organization_id'):
        op.create_index(f'ix_requirement_match_{column}', 'requirement_match', [column])


def downgrade() -> None:
    op.drop_table('requirement_match')
    op.drop_table('match_run')
    op.drop_table('text_vector')
