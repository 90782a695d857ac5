"""Calibrated results and decisions about ties.

Revision ID: 1795491000
Revises: 1795490000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795491000"
down_revision = "1795490000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
EXACT = challenge.base.db.Exact


def upgrade() -> None:
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.add_column(sa.Column('decisions', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.alter_column('decisions', existing_type=sa.JSON(), server_default=None)
    op.create_table('calibration',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('ranking_id', KEY, nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('input_digest', sa.Text(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('sweeps', sa.Integer(), nullable=False),
    sa.Column('top', sa.Integer(), nullable=False),
    sa.Column('engine', sa.Text(), nullable=False),
    sa.Column('judges', sa.JSON(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("state in ('done','refused','failed')", name=op.f('ck_calibration_state')),
    sa.CheckConstraint("model in ('severity','scale')", name=op.f('ck_calibration_model')),
    sa.CheckConstraint("(state = 'done') = (reason IS NULL)", name=op.f('ck_calibration_reason')),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_calibration_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ranking_id'], ['ranking.id'], name=op.f('fk_calibration_ranking_id_ranking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calibration')),
    sa.UniqueConstraint('ranking_id', name=op.f('uq_calibration_ranking_id')),
    )
    op.create_index('uq_calibration_live', 'calibration', ['phase_id'], unique=True,
                    sqlite_where=sa.text('ranking_id IS NULL'), postgresql_where=sa.text('ranking_id IS NULL'))
    op.create_table('estimate',
    sa.Column('calibration_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('value', EXACT(), nullable=False),
    sa.Column('low', EXACT(), nullable=False),
    sa.Column('high', EXACT(), nullable=False),
    sa.Column('top', EXACT(), nullable=False),
    sa.Column('first_place', sa.Integer(), nullable=False),
    sa.Column('last_place', sa.Integer(), nullable=False),
    sa.Column('band', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['calibration_id'], ['calibration.id'], name=op.f('fk_estimate_calibration_id_calibration'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_estimate_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('calibration_id', 'submission_id', name=op.f('pk_estimate')),
    )
    op.create_index(op.f('ix_estimate_calibration_id_place'), 'estimate', ['calibration_id', 'place'], unique=False)
    op.create_index(op.f('ix_estimate_submission_id'), 'estimate', ['submission_id'], unique=False)
    op.create_table('tie_decision',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('figure', sa.Integer(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_at', INSTANT(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.CheckConstraint("step in ('vote','chair')", name=op.f('ck_tie_decision_step')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_tie_decision_author_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_tie_decision_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_tie_decision_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'submission_id', 'step', name=op.f('pk_tie_decision')),
    )
    op.create_index(op.f('ix_tie_decision_submission_id'), 'tie_decision', ['submission_id'], unique=False)


def downgrade() -> None:
    # A calibration can be reckoned anew; what people decided of ties stands in the audit trail alone then.
    op.drop_table('tie_decision')
    op.drop_table('estimate')
    op.drop_table('calibration')
    with op.batch_alter_table('ranking', schema=None) as batch_op:
        batch_op.drop_column('decisions')
