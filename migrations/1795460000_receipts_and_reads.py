"""Receipts as papers, letters with what is attached to them, who read what.

Revision ID: 1795460000
Revises: 1795450000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795460000"
down_revision = "1795450000"
branch_labels = None
depends_on = None


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def refer(table: str, column: str, target: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}'), ondelete=on_delete)


def upgrade() -> None:
    op.create_table('paper',
    sa.Column('id', number(), autoincrement=True, nullable=False),
    sa.Column('version_id', number(), nullable=True),
    sa.Column('late_id', number(), nullable=True),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint('(version_id IS NULL) <> (late_id IS NULL)', name=op.f('ck_paper_one_statement')),
    refer('paper', 'version_id', 'submission_version.id', 'CASCADE'),
    refer('paper', 'late_id', 'late_arrival.id', 'CASCADE'),
    refer('paper', 'sha256', 'blob.sha256'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('late_id', 'locale', 'zone', name=op.f('uq_paper_late_id_locale_zone')),
    sa.UniqueConstraint('version_id', 'locale', 'zone', name=op.f('uq_paper_version_id_locale_zone'))
    )
    op.create_index(op.f('ix_paper_sha256'), 'paper', ['sha256'], unique=False)

    op.create_table('access_log',
    sa.Column('id', number(), autoincrement=True, nullable=False),
    sa.Column('submission_id', number(), nullable=False),
    sa.Column('reader_id', number(), nullable=True),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('phase_id', number(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('hour', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint("role in ('organizer','seeker','judge','admin')", name=op.f('ck_access_log_role')),
    sa.CheckConstraint("what in ('version','file','receipt')", name=op.f('ck_access_log_what')),
    refer('access_log', 'submission_id', 'submission.id', 'CASCADE'),
    refer('access_log', 'reader_id', 'user_account.id', 'SET NULL'),
    refer('access_log', 'phase_id', 'judging_phase.id', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_log')),
    sa.UniqueConstraint(
        'submission_id', 'reader_id', 'role', 'version', 'what', 'place', 'hour',
        name='uq_access_log_once',
    )
    )
    op.create_index(op.f('ix_access_log_reader_id'), 'access_log', ['reader_id'], unique=False)
    op.create_index(op.f('ix_access_log_phase_id'), 'access_log', ['phase_id'], unique=False)

    op.add_column('letter', sa.Column('attachments', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.alter_column('attachments', existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_column('attachments')
    op.drop_table('access_log')
    op.drop_table('paper')
