"""Sealing, grace, extensions, drafts entered at the close.

Revision ID: 1795470000
Revises: 1795460000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795470000"
down_revision = "1795460000"
branch_labels = None
depends_on = None

CLOSING = 'live AND closed_at IS NULL'


def upgrade() -> None:
    op.add_column('round_window', sa.Column('grace_seconds', sa.Integer(), server_default='0', nullable=False))
    op.add_column('round_window', sa.Column('ends_at', challenge.base.db.UtcDateTime(), nullable=True))
    op.execute('UPDATE round_window SET ends_at = closes_at')
    op.drop_index('ix_round_window_to_close', table_name='round_window')
    with op.batch_alter_table('round_window', schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f('ck_round_window_grace_seconds'),
            "grace_seconds = 0 OR (grace_seconds > 0 AND stage = 'submission')",
        )
        batch_op.create_check_constraint(
            op.f('ck_round_window_ends'),
            '(closes_at IS NULL AND ends_at IS NULL) OR (grace_seconds = 0 AND ends_at = closes_at)'
            ' OR (grace_seconds > 0 AND ends_at > closes_at)',
        )
    op.create_index('ix_round_window_to_close', 'round_window', ['ends_at'], unique=False, sqlite_where=sa.text(CLOSING), postgresql_where=sa.text(CLOSING))

    op.add_column('round', sa.Column('sealed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('round', sa.Column('seal_key', sa.Text(), nullable=True))
    op.add_column('round', sa.Column('unsealed_at', challenge.base.db.UtcDateTime(), nullable=True))
    op.create_table('round_key',
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('wrapped', sa.Text(), nullable=True),
    sa.Column('wrapped_by', sa.Text(), nullable=False),
    sa.Column('private_key', sa.Text(), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('released_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('destroyed_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.CheckConstraint('(released_at IS NULL) = (private_key IS NULL)', name=op.f('ck_round_key_released')),
    sa.CheckConstraint('(destroyed_at IS NULL) = (wrapped IS NOT NULL)', name=op.f('ck_round_key_destroyed')),
    sa.CheckConstraint('released_at IS NULL OR destroyed_at IS NULL', name=op.f('ck_round_key_one_end')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_key_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_round_key'))
    )

    op.add_column('submission', sa.Column('sealed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('submission', sa.Column('extended_to', challenge.base.db.UtcDateTime(), nullable=True))
    op.add_column('submission', sa.Column('extended_at', challenge.base.db.UtcDateTime(), nullable=True))
    op.add_column('submission', sa.Column('extension_reason', sa.Text(), nullable=True))
    op.add_column('submission', sa.Column('submit_at_close', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('submission', sa.Column('enter_at', challenge.base.db.UtcDateTime(), nullable=True))
    op.create_index('ix_submission_to_enter', 'submission', ['enter_at'], unique=False, sqlite_where=sa.text('enter_at IS NOT NULL'), postgresql_where=sa.text('enter_at IS NOT NULL'))
    op.add_column('submission_version', sa.Column('admitted', sa.Text(), server_default='in_time', nullable=False))
    op.add_column('submission_version', sa.Column('sealed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('submission_version', sa.Column('envelope', sa.Text(), nullable=True))
    op.add_column('submission_version', sa.Column('seal_fault', sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ('seal_fault', 'envelope', 'sealed', 'admitted'):
        op.drop_column('submission_version', name)
    op.drop_index('ix_submission_to_enter', table_name='submission')
    for name in ('enter_at', 'submit_at_close', 'extension_reason', 'extended_at', 'extended_to', 'sealed'):
        op.drop_column('submission', name)
    op.drop_table('round_key')
    for name in ('unsealed_at', 'seal_key', 'sealed'):
        op.drop_column('round', name)
    op.drop_index('ix_round_window_to_close', table_name='round_window')
    with op.batch_alter_table('round_window', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_round_window_ends'), type_='check')
        batch_op.drop_constraint(op.f('ck_round_window_grace_seconds'), type_='check')
        batch_op.drop_column('ends_at')
        batch_op.drop_column('grace_seconds')
    op.create_index('ix_round_window_to_close', 'round_window', ['closes_at'], unique=False, sqlite_where=sa.text(CLOSING), postgresql_where=sa.text(CLOSING))
