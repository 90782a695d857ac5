"""Settings of judging, and comments of feedback by criterion.

Revision ID: 1795510000
Revises: 1795505000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795510000"
down_revision = "1795505000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.add_column(sa.Column('flag_percent', sa.Integer(), nullable=False, server_default='25'))
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.alter_column('flag_percent', existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(
            op.f('ck_judging_phase_flag_percent'), 'flag_percent BETWEEN 5 AND 100'
        )
    with op.batch_alter_table('phase_feedback', schema=None) as batch_op:
        batch_op.add_column(sa.Column('on_criteria', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('phase_feedback', schema=None) as batch_op:
        batch_op.alter_column('on_criteria', existing_type=sa.Boolean(), server_default=None)
    _checks("standing in ('none','band','tie','place')", 'NOT names OR comments OR on_criteria')
    op.create_table('criterion_ruling',
    sa.Column('scorecard_id', KEY, nullable=False),
    sa.Column('criterion_id', KEY, nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('decided_by', KEY, nullable=True),
    sa.Column('decided_at', INSTANT(), nullable=False),
    sa.CheckConstraint("verdict in ('as_written','redacted','hidden')", name=op.f('ck_criterion_ruling_verdict')),
    sa.CheckConstraint("(verdict = 'redacted') = (text IS NOT NULL)", name=op.f('ck_criterion_ruling_text')),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_criterion_ruling_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['criterion_id'], ['criterion.id'], name=op.f('fk_criterion_ruling_criterion_id_criterion'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_criterion_ruling_decided_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('scorecard_id', 'criterion_id', name=op.f('pk_criterion_ruling')),
    )


def downgrade() -> None:
    op.drop_table('criterion_ruling')
    # What an older version knows: no place in a tie band, and names beside comments alone.
    op.execute("UPDATE phase_feedback SET standing = 'none' WHERE standing = 'tie'")
    op.execute('UPDATE phase_feedback SET names = false WHERE NOT comments')
    _checks("standing in ('none','band','place')", 'NOT names OR comments')
    with op.batch_alter_table('phase_feedback', schema=None) as batch_op:
        batch_op.drop_column('on_criteria')
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_judging_phase_flag_percent'), type_='check')
        batch_op.drop_column('flag_percent')


def _checks(standing: str, names: str) -> None:
    """What may be chosen, and beside what a name may stand."""
    with op.batch_alter_table('phase_feedback', schema=None) as batch_op:
        for name in ('standing', 'names'):
            batch_op.drop_constraint(op.f(f'ck_phase_feedback_{name}'), type_='check')
        batch_op.create_check_constraint(op.f('ck_phase_feedback_standing'), standing)
        batch_op.create_check_constraint(op.f('ck_phase_feedback_names'), names)
