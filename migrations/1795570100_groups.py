"""Messages of organizers to a group.

Revision ID: 1795570100
Revises: 1795573100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795570100"
down_revision = "1795573100"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'group_message',
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.Column('ref', sa.String(length=12), nullable=False),
        sa.Column('round_id', NUMBER, nullable=False),
        sa.Column('author_id', NUMBER, nullable=True),
        sa.Column('parts', sa.JSON(), nullable=False),
        sa.Column('phase_number', sa.Integer(), nullable=True),
        sa.Column('subject_zh', sa.Text(), nullable=True),
        sa.Column('subject_en', sa.Text(), nullable=True),
        sa.Column('body_zh', sa.Text(), nullable=True),
        sa.Column('body_en', sa.Text(), nullable=True),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('goes_at', UtcDateTime(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('stopped_by', NUMBER, nullable=True),
        sa.CheckConstraint("state in ('waiting','sent','stopped')", name=op.f('ck_group_message_state')),
        sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_group_message_author_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_group_message_round_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['stopped_by'], ['user_account.id'], name=op.f('fk_group_message_stopped_by'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_group_message')),
        sa.UniqueConstraint('ref', name=op.f('uq_group_message_ref')),
    )
    with op.batch_alter_table('group_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_message_round_id'), ['round_id'], unique=False)
    op.create_table(
        'group_reader',
        sa.Column('message_id', NUMBER, nullable=False),
        sa.Column('user_id', NUMBER, nullable=False),
        sa.ForeignKeyConstraint(['message_id'], ['group_message.id'], name=op.f('fk_group_reader_message_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_group_reader_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('message_id', 'user_id', name=op.f('pk_group_reader')),
    )
    with op.batch_alter_table('group_reader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_reader_user_id'), ['user_id'], unique=False)


def downgrade() -> None:
    op.drop_table('group_reader')
    op.drop_table('group_message')
