"""What experts say of a need before it is published.

Revision ID: 1795550000
Revises: 1795545000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795550000"
down_revision = "1795545000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
OPEN = sa.text("state IN ('asked','accepted')")
WHOLE = (
    "state <> 'handed_in' OR (handed_in_at IS NOT NULL AND verdict IS NOT NULL AND feasible IS NOT NULL"
    " AND clear IS NOT NULL AND novel IS NOT NULL AND budget IS NOT NULL)"
)
CODES = {
    'state': ('accepted', 'asked', 'called_off', 'declined', 'handed_in'),
    'verdict': ('accept', 'rework', 'reject'),
    'feasible': ('yes', 'hard', 'no', 'open'),
    'clear': ('yes', 'partly', 'no'),
    'novel': ('new', 'adapted', 'known', 'open'),
    'budget': ('fits', 'low', 'high', 'open'),
}
WORDED = ('title_zh', 'title_en', 'summary_zh', 'summary_en', 'problem_zh', 'problem_en', 'goals', 'indicators')


def _one_of(table: str, column: str, codes: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ','.join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f'{column} in ({listed})', name=op.f(f'ck_{table}_{column}'))


def upgrade() -> None:
    op.create_table('diagnosis',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('expert_id', KEY, nullable=True),
    sa.Column('asked_by', KEY, nullable=True),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('due_at', INSTANT(), nullable=False),
    sa.Column('with_closed', sa.Boolean(), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('feasible', sa.Text(), nullable=True),
    sa.Column('clear', sa.Text(), nullable=True),
    sa.Column('novel', sa.Text(), nullable=True),
    sa.Column('budget', sa.Text(), nullable=True),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('advice', sa.Text(), nullable=False),
    sa.Column('wording', sa.JSON(), nullable=False),
    sa.Column('seen', sa.JSON(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.Column('answered_at', INSTANT(), nullable=True),
    sa.Column('handed_in_at', INSTANT(), nullable=True),
    sa.Column('given_at', INSTANT(), nullable=True),
    *(_one_of('diagnosis', column, codes) for column, codes in CODES.items()),
    sa.CheckConstraint(WHOLE, name=op.f('ck_diagnosis_whole')),
    sa.CheckConstraint('given_at IS NULL OR handed_in_at IS NOT NULL', name=op.f('ck_diagnosis_given')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_diagnosis_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['expert_id'], ['user_account.id'], name=op.f('fk_diagnosis_expert_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_diagnosis_asked_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_diagnosis')),
    sa.UniqueConstraint('ref', name=op.f('uq_diagnosis_ref')),
    )
    op.create_index('uq_diagnosis_open', 'diagnosis', ['requirement_id', 'expert_id'], unique=True, postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index(op.f('ix_diagnosis_requirement_id'), 'diagnosis', ['requirement_id'], unique=False)
    op.create_index(op.f('ix_diagnosis_expert_id_id'), 'diagnosis', ['expert_id', 'id'], unique=False)
    op.create_index(op.f('ix_diagnosis_state_due_at'), 'diagnosis', ['state', 'due_at'], unique=False)
    op.create_table('diagnosis_opening',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('diagnosis_id', KEY, nullable=False),
    sa.Column('reader_id', KEY, nullable=True),
    sa.Column('at', INSTANT(), nullable=False),
    sa.Column('hour', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['diagnosis_id'], ['diagnosis.id'], name=op.f('fk_diagnosis_opening_diagnosis_id_diagnosis'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reader_id'], ['user_account.id'], name=op.f('fk_diagnosis_opening_reader_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_diagnosis_opening')),
    sa.UniqueConstraint('diagnosis_id', 'reader_id', 'hour', name=op.f('uq_diagnosis_opening_diagnosis_id_reader_id_hour')),
    )
    op.create_index(op.f('ix_diagnosis_opening_reader_id'), 'diagnosis_opening', ['reader_id'], unique=False)
    op.create_table('wording_taken',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('diagnosis_id', KEY, nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('taken_by', KEY, nullable=True),
    sa.Column('taken_at', INSTANT(), nullable=False),
    _one_of('wording_taken', 'field', WORDED),
    sa.ForeignKeyConstraint(['diagnosis_id'], ['diagnosis.id'], name=op.f('fk_wording_taken_diagnosis_id_diagnosis'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['taken_by'], ['user_account.id'], name=op.f('fk_wording_taken_taken_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wording_taken')),
    )
    op.create_index(op.f('ix_wording_taken_diagnosis_id'), 'wording_taken', ['diagnosis_id'], unique=False)


def downgrade() -> None:
    op.drop_table('wording_taken')
    op.drop_table('diagnosis_opening')
    op.drop_table('diagnosis')
