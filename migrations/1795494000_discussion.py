"""Revised scorecards and the discussion after the lock.

Revision ID: 1795494000
Revises: 1795493000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795494000"
down_revision = "1795493000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
EXACT = challenge.base.db.Exact


def upgrade() -> None:
    with op.batch_alter_table('scorecard', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reopen_asked_at', INSTANT(), nullable=True))
        batch_op.add_column(sa.Column('reopen_reason', sa.Text(), nullable=True))
    op.create_table('scorecard_revision',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('scorecard_id', KEY, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('total', EXACT(), nullable=True),
    sa.Column('scores', sa.JSON(), nullable=False),
    sa.Column('comment_organizer', sa.Text(), nullable=False),
    sa.Column('comment_solver', sa.Text(), nullable=False),
    sa.Column('locked_at', INSTANT(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_scorecard_revision_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_scorecard_revision_author_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_revision')),
    sa.UniqueConstraint('scorecard_id', 'number', name=op.f('uq_scorecard_revision_scorecard_id_number')),
    )
    op.create_table('discussion_comment',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('judge_id', KEY, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_discussion_comment_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_discussion_comment_submission_id_submission'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['judge_id'], ['panel_judge.id'], name=op.f('fk_discussion_comment_judge_id_panel_judge'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discussion_comment')),
    sa.UniqueConstraint('judge_id', 'submission_id', 'digest', name=op.f('uq_discussion_comment_judge_id_submission_id_digest')),
    )
    op.create_index(op.f('ix_discussion_comment_phase_id_submission_id'), 'discussion_comment', ['phase_id', 'submission_id'], unique=False)
    op.create_index(op.f('ix_discussion_comment_submission_id'), 'discussion_comment', ['submission_id'], unique=False)


def downgrade() -> None:
    # What was said, and cards as they were before they were opened again, have no table in the older schema.
    op.drop_table('discussion_comment')
    op.drop_table('scorecard_revision')
    with op.batch_alter_table('scorecard', schema=None) as batch_op:
        batch_op.drop_column('reopen_reason')
        batch_op.drop_column('reopen_asked_at')
