"""Uploads that go on where they broke off, files by field of the form, and what judges see of a file.

Revision ID: 1795430000
Revises: 1795386400
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795430000"
down_revision = "1795386400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('attachment', sa.Column('field', sa.Text(), server_default='files', nullable=False))
    op.add_column('round', sa.Column('max_total_mb', sa.Integer(), server_default='4096', nullable=False))
    op.create_table('upload',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('owner_kind', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attachment_ref', sa.String(length=12), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('expires_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint("owner_kind in ('submission')", name=op.f('ck_upload_owner_kind')),
    sa.CheckConstraint("state in ('open','done')", name=op.f('ck_upload_state')),
    sa.CheckConstraint("(state = 'done') = (attachment_ref IS NOT NULL)", name=op.f('ck_upload_done')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_upload_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sa.UniqueConstraint('ref', name=op.f('uq_upload_ref'))
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_owner_kind_owner_id'), ['owner_kind', 'owner_id'], unique=False)

    op.create_table('derivative',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('derived_sha256', sa.String(length=64), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind in ('clean','page')", name=op.f('ck_derivative_kind')),
    sa.CheckConstraint("state in ('done','none','failed')", name=op.f('ck_derivative_state')),
    sa.CheckConstraint("(state = 'done') = (derived_sha256 IS NOT NULL)", name=op.f('ck_derivative_done')),
    sa.CheckConstraint("(state = 'done') = (reason IS NULL)", name=op.f('ck_derivative_reason')),
    sa.ForeignKeyConstraint(['derived_sha256'], ['blob.sha256'], name=op.f('fk_derivative_derived_sha256')),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_derivative_sha256'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_derivative')),
    sa.UniqueConstraint('sha256', 'kind', 'page', name=op.f('uq_derivative_sha256_kind_page'))
    )
    with op.batch_alter_table('derivative', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_derivative_derived_sha256'), ['derived_sha256'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('derivative', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_derivative_derived_sha256'))

    op.drop_table('derivative')
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_owner_kind_owner_id'))
        batch_op.drop_index(batch_op.f('ix_upload_expires_at'))

    op.drop_table('upload')
    op.drop_column('round', 'max_total_mb')
    op.drop_column('attachment', 'field')
