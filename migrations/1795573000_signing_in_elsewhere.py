"""Accounts elsewhere by which people sign in.

Revision ID: 1795573000
Revises: 1795572000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795573000"
down_revision = "1795572000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = challenge.base.db.UtcDateTime()


def upgrade() -> None:
    op.create_table(
        'external_identity',
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('user_id', KEY, nullable=False),
        sa.Column('provider', sa.Text(), nullable=False),
        sa.Column('issuer', sa.Text(), nullable=False),
        sa.Column('subject', sa.String(255), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('last_used_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ['user_id'], ['user_account.id'], name=op.f('fk_external_identity_user_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_external_identity')),
        sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_external_identity_issuer_subject')),
        sa.UniqueConstraint('user_id', 'provider', name=op.f('uq_external_identity_user_id_provider')),
    )
    op.create_table(
        'identity_letter',
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('token_digest', sa.Text(), nullable=False),
        sa.Column('provider', sa.Text(), nullable=False),
        sa.Column('issuer', sa.Text(), nullable=False),
        sa.Column('subject', sa.String(255), nullable=False),
        sa.Column('told', sa.Text(), nullable=False),
        sa.Column('address', sa.Text(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_letter')),
        sa.UniqueConstraint('token_digest', name=op.f('uq_identity_letter_token_digest')),
    )


def downgrade() -> None:
    op.drop_table('identity_letter')
    op.drop_table('external_identity')
