"""What solvers get to read, and reminders to judges who lag.

Revision ID: 1795495000
Revises: 1795494000
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795495000"
down_revision = "1795494000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime

# What teams read already stays readable: until now publication released every comment.
READ = """
SELECT judging_phase.id, public_notice.published_at
FROM judging_phase JOIN public_notice ON public_notice.round_id = judging_phase.round_id
WHERE public_notice.published_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM assignment JOIN scorecard ON scorecard.assignment_id = assignment.id
  WHERE assignment.phase_id = judging_phase.id AND scorecard.state = 'locked' AND scorecard.comment_solver <> '')
"""


def upgrade() -> None:
    made = op.create_table('phase_feedback',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('scores', sa.Text(), nullable=False),
    sa.Column('standing', sa.Text(), nullable=False),
    sa.Column('comments', sa.Boolean(), nullable=False),
    sa.Column('names', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.Text(), nullable=False),
    sa.Column('released_at', INSTANT(), nullable=True),
    sa.Column('released_by', KEY, nullable=True),
    sa.CheckConstraint("scores in ('none','totals','criteria')", name=op.f('ck_phase_feedback_scores')),
    sa.CheckConstraint("standing in ('none','band','place')", name=op.f('ck_phase_feedback_standing')),
    sa.CheckConstraint('NOT names OR comments', name=op.f('ck_phase_feedback_names')),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_phase_feedback_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['released_by'], ['user_account.id'], name=op.f('fk_phase_feedback_released_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('phase_id', name=op.f('pk_phase_feedback')),
    )
    op.create_table('comment_ruling',
    sa.Column('scorecard_id', KEY, nullable=False),
    sa.Column('verdict', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('decided_by', KEY, nullable=True),
    sa.Column('decided_at', INSTANT(), nullable=False),
    sa.CheckConstraint("verdict in ('as_written','redacted','hidden')", name=op.f('ck_comment_ruling_verdict')),
    sa.CheckConstraint("(verdict = 'redacted') = (text IS NOT NULL)", name=op.f('ck_comment_ruling_text')),
    sa.ForeignKeyConstraint(['scorecard_id'], ['scorecard.id'], name=op.f('fk_comment_ruling_scorecard_id_scorecard'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_comment_ruling_decided_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('scorecard_id', name=op.f('pk_comment_ruling')),
    )
    op.create_table('judge_reminder',
    sa.Column('judge_id', KEY, nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('open_cards', sa.Integer(), nullable=False),
    sa.Column('sent_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['judge_id'], ['panel_judge.id'], name=op.f('fk_judge_reminder_judge_id_panel_judge'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('judge_id', 'mark', name=op.f('pk_judge_reminder')),
    )
    _release_what_is_read(made)


def _release_what_is_read(table: sa.Table) -> None:
    query = sa.text(READ).columns(id=KEY, published_at=INSTANT())
    rows = [
        {'phase_id': phase, 'scores': 'none', 'standing': 'none', 'comments': True, 'names': False,
         'seed': secrets.token_hex(6), 'released_at': at}
        for phase, at in op.get_bind().execute(query)
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    # What was chosen, redacted or hidden, and who was reminded, has no table before this one.
    op.drop_table('judge_reminder')
    op.drop_table('comment_ruling')
    op.drop_table('phase_feedback')
