"""Other ways to judge.

Revision ID: 1795497000
Revises: 1795496000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795497000"
down_revision = "1795496000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('public_vote', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('public_vote', existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.add_column(sa.Column('way', sa.Text(), nullable=False, server_default='scores'))
        batch_op.add_column(sa.Column('seats', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('public_vote', sa.Text(), nullable=False, server_default='none'))
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.alter_column('way', existing_type=sa.Text(), server_default=None)
        batch_op.alter_column('public_vote', existing_type=sa.Text(), server_default=None)
        batch_op.create_check_constraint(op.f('ck_judging_phase_way'), "way in ('scores','ranked','pairwise')")
        batch_op.create_check_constraint(
            op.f('ck_judging_phase_public_vote'), "public_vote in ('none','changeable','final')"
        )
        batch_op.create_check_constraint(op.f('ck_judging_phase_seats'), "seats > 0")
    op.create_table('ballot',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('judge_id', KEY, nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('saved_at', INSTANT(), nullable=False),
    sa.Column('locked_at', INSTANT(), nullable=True),
    sa.CheckConstraint("state in ('draft','locked')", name=op.f('ck_ballot_state')),
    sa.CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name=op.f('ck_ballot_locked')),
    sa.ForeignKeyConstraint(['judge_id'], ['panel_judge.id'], name=op.f('fk_ballot_judge_id_panel_judge'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot')),
    sa.UniqueConstraint('judge_id', name=op.f('uq_ballot_judge_id'))
    )
    _pairs()
    op.create_table('ranking_working',
    sa.Column('ranking_id', KEY, nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['ranking_id'], ['ranking.id'], name=op.f('fk_ranking_working_ranking_id_ranking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ranking_id', name=op.f('pk_ranking_working'))
    )
    _vote()


def _pairs() -> None:
    op.create_table('judged_pair',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('judge_id', KEY, nullable=False),
    sa.Column('first_id', KEY, nullable=False),
    sa.Column('second_id', KEY, nullable=False),
    sa.Column('choice', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('shown_at', INSTANT(), nullable=False),
    sa.Column('chosen_at', INSTANT(), nullable=True),
    sa.CheckConstraint("choice in ('first','second','skip','void')", name=op.f('ck_judged_pair_choice')),
    sa.CheckConstraint("(choice = 'skip') <= (reason IS NOT NULL)", name=op.f('ck_judged_pair_reason')),
    sa.CheckConstraint('first_id <> second_id', name=op.f('ck_judged_pair_two')),
    sa.ForeignKeyConstraint(['judge_id'], ['panel_judge.id'], name=op.f('fk_judged_pair_judge_id_panel_judge'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_id'], ['submission.id'], name=op.f('fk_judged_pair_first_id_submission'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['submission.id'], name=op.f('fk_judged_pair_second_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judged_pair')),
    sa.UniqueConstraint('ref', name=op.f('uq_judged_pair_ref'))
    )
    for name in ('judge_id', 'first_id', 'second_id'):
        op.create_index(op.f(f'ix_judged_pair_{name}'), 'judged_pair', [name])
    op.create_index('uq_judged_pair_open', 'judged_pair', ['judge_id'], unique=True,
                    sqlite_where=sa.text('choice IS NULL'), postgresql_where=sa.text('choice IS NULL'))


def _vote() -> None:
    op.create_table('vote_entry',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_vote_entry_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_vote_entry_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'submission_id', name=op.f('pk_vote_entry'))
    )
    op.create_index(op.f('ix_vote_entry_submission_id'), 'vote_entry', ['submission_id'])
    op.create_table('public_vote',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('voted_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_public_vote_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_public_vote_user_id_user_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_public_vote_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'user_id', name=op.f('pk_public_vote'))
    )
    op.create_index(op.f('ix_public_vote_phase_id_submission_id'), 'public_vote', ['phase_id', 'submission_id'])
    op.create_index(op.f('ix_public_vote_user_id'), 'public_vote', ['user_id'])


def downgrade() -> None:
    for table in ('public_vote', 'vote_entry', 'ranking_working', 'judged_pair', 'ballot'):
        op.drop_table(table)
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('public_vote')
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        for name in ('way', 'public_vote', 'seats'):
            batch_op.drop_constraint(op.f(f'ck_judging_phase_{name}'), type_='check')
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        for name in ('way', 'public_vote', 'seats'):
            batch_op.drop_column(name)
