"""Ties that people and organizers state.

Revision ID: 1795511000
Revises: 1795510000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795511000"
down_revision = "1795510000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
ONE_END = "person_id IS NOT NULL OR organization_id IS NOT NULL"


def upgrade() -> None:
    op.create_table('tie_file',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("state in ('coming','done','refused','withdrawn')", name=op.f('ck_tie_file_state')),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_tie_file_sha256')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_tie_file_author_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tie_file')),
    sa.UniqueConstraint('ref', name=op.f('uq_tie_file_ref'))
    )
    with op.batch_alter_table('tie_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tie_file_programme_id'), ['programme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tie_file_sha256'), ['sha256'], unique=False)
    with op.batch_alter_table('tie', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person_email', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('note', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('file_id', KEY, nullable=True))
        batch_op.add_column(sa.Column('file_row', sa.Integer(), nullable=True))
    with op.batch_alter_table('tie', schema=None) as batch_op:
        batch_op.alter_column('person_email', existing_type=sa.Text(), server_default=None)
        batch_op.alter_column('note', existing_type=sa.Text(), server_default=None)
        batch_op.create_index(batch_op.f('ix_tie_person_email'), ['person_email'], unique=False)
        batch_op.create_index(batch_op.f('ix_tie_file_id'), ['file_id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_tie_file_id'), 'tie_file', ['file_id'], ['id'], ondelete='CASCADE'
        )
        batch_op.drop_constraint(batch_op.f('ck_tie_one_end'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_tie_one_end'), f"{ONE_END} OR person_email <> ''")
        batch_op.create_check_constraint(batch_op.f('ck_tie_source'), "source in ('person','product','file')")
        batch_op.create_check_constraint(batch_op.f('ck_tie_file'), "(source = 'file') = (file_id IS NOT NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM tie WHERE source = 'file'")
    with op.batch_alter_table('tie', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_tie_file'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_tie_source'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_tie_one_end'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_tie_one_end'), ONE_END)
        batch_op.drop_constraint(batch_op.f('fk_tie_file_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_tie_file_id'))
        batch_op.drop_index(batch_op.f('ix_tie_person_email'))
        batch_op.drop_column('file_row')
        batch_op.drop_column('file_id')
        batch_op.drop_column('note')
        batch_op.drop_column('person_email')
    op.drop_table('tie_file')
