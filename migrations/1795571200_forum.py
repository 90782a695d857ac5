"""The public discussion of a round.

Revision ID: 1795571200
Revises: 1795571100
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795571200"
down_revision = "1795571100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forum_name',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('own', sa.Boolean(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_forum_name_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_forum_name_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_name')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_forum_name_round_id_number')),
    sa.UniqueConstraint('round_id', 'user_id', name=op.f('uq_forum_name_round_id_user_id'))
    )
    with op.batch_alter_table('forum_name', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_name_user_id'), ['user_id'], unique=False)

    op.create_table('forum_thread',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('closed_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('last_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('posts', sa.Integer(), nullable=False),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_forum_thread_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_forum_thread_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_thread')),
    sa.UniqueConstraint('ref', name=op.f('uq_forum_thread_ref'))
    )
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.create_index('ix_forum_thread_newest', ['round_id', 'pinned', 'last_at', 'id'], unique=False)

    op.create_table('forum_follow',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['forum_thread.id'], name=op.f('fk_forum_follow_thread_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_forum_follow_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_follow')),
    sa.UniqueConstraint('thread_id', 'user_id', name=op.f('uq_forum_follow_thread_id_user_id'))
    )
    with op.batch_alter_table('forum_follow', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_follow_user_id'), ['user_id'], unique=False)

    op.create_table('forum_post',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('office', sa.Boolean(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('edited_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('hidden_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('hidden_reason', sa.Text(), nullable=True),
    sa.Column('hidden_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('(hidden_at IS NULL) = (hidden_reason IS NULL)', name=op.f('ck_forum_post_hidden')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_forum_post_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['hidden_by'], ['user_account.id'], name=op.f('fk_forum_post_hidden_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['thread_id'], ['forum_thread.id'], name=op.f('fk_forum_post_thread_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_post')),
    sa.UniqueConstraint('ref', name=op.f('uq_forum_post_ref')),
    sa.UniqueConstraint('thread_id', 'author_id', 'digest', name=op.f('uq_forum_post_thread_id_author_id_digest'))
    )
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_post_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_forum_post_thread_id_id'), ['thread_id', 'id'], unique=False)

    op.create_table('forum_report',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('settled_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['post_id'], ['forum_post.id'], name=op.f('fk_forum_report_post_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_forum_report_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forum_report')),
    sa.UniqueConstraint('post_id', 'user_id', name=op.f('uq_forum_report_post_id_user_id'))
    )
    with op.batch_alter_table('forum_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_forum_report_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('forum_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_report_user_id'))

    op.drop_table('forum_report')
    with op.batch_alter_table('forum_post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_post_thread_id_id'))
        batch_op.drop_index(batch_op.f('ix_forum_post_author_id'))

    op.drop_table('forum_post')
    with op.batch_alter_table('forum_follow', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_follow_user_id'))

    op.drop_table('forum_follow')
    with op.batch_alter_table('forum_thread', schema=None) as batch_op:
        batch_op.drop_index('ix_forum_thread_newest')

    op.drop_table('forum_thread')
    with op.batch_alter_table('forum_name', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_forum_name_user_id'))

    op.drop_table('forum_name')
