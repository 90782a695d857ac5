"""Profiles of judges, ties between people, cases of conflict.

Revision ID: 1795493000
Revises: 1795492000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795493000"
down_revision = "1795492000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
STATES = "'accepted','completed','declined','invited','recused','replaced'"


def upgrade() -> None:
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('declined_at', INSTANT(), nullable=True))
        batch_op.add_column(sa.Column('decline_reason', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('facts', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.alter_column('facts', existing_type=sa.JSON(), server_default=None)
    _assignment("'abstained'," + STATES, "'abstained','declined','recused','replaced'")
    op.create_table('organization_alias',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('organization_id', KEY, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_organization_alias_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organization_alias')),
    sa.UniqueConstraint('organization_id', 'name_key', name=op.f('uq_organization_alias_organization_id_name_key')),
    )
    _tie()
    _case()


def _assignment(states: str, reasoned: str) -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_assignment_state'), type_='check')
        batch_op.drop_constraint(op.f('ck_assignment_reason'), type_='check')
        batch_op.create_check_constraint(op.f('ck_assignment_state'), f'state in ({states})')
        batch_op.create_check_constraint(
            op.f('ck_assignment_reason'), f'(state in ({reasoned})) <= (reason IS NOT NULL)'
        )


def _tie() -> None:
    op.create_table('tie',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('person_id', KEY, nullable=True),
    sa.Column('other_id', KEY, nullable=True),
    sa.Column('other_name', sa.Text(), nullable=False),
    sa.Column('other_email', sa.Text(), nullable=False),
    sa.Column('organization_id', KEY, nullable=True),
    sa.Column('organization_name', sa.Text(), nullable=False),
    sa.Column('other_organization_id', KEY, nullable=True),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("kind in ('agreement','co_author','co_team','equity','family','former_employer')", name=op.f('ck_tie_kind')),
    sa.CheckConstraint('person_id IS NOT NULL OR organization_id IS NOT NULL', name=op.f('ck_tie_one_end')),
    sa.CheckConstraint('since <= until', name=op.f('ck_tie_time')),
    sa.ForeignKeyConstraint(['person_id'], ['user_account.id'], name=op.f('fk_tie_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_id'], ['user_account.id'], name=op.f('fk_tie_other_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_tie_organization_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['other_organization_id'], ['organization.id'], name=op.f('fk_tie_other_organization_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tie')),
    sa.UniqueConstraint('ref', name=op.f('uq_tie_ref')),
    )
    for column in ('person_id', 'other_id', 'organization_id', 'other_organization_id', 'other_email'):
        op.create_index(op.f(f'ix_tie_{column}'), 'tie', [column], unique=False)


def _case() -> None:
    op.create_table('conflict_case',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('judge_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('evidence_digest', sa.Text(), nullable=False),
    sa.Column('found_at', INSTANT(), nullable=False),
    sa.Column('gone_at', INSTANT(), nullable=True),
    sa.Column('decided_at', INSTANT(), nullable=True),
    sa.Column('decided_by', KEY, nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint("state in ('confirmed','dismissed','open','overridden','standing')", name=op.f('ck_conflict_case_state')),
    sa.CheckConstraint("(state in ('confirmed','dismissed','overridden')) <= (decided_at IS NOT NULL)", name=op.f('ck_conflict_case_decided')),
    sa.CheckConstraint("(state in ('dismissed','overridden')) <= (reason IS NOT NULL)", name=op.f('ck_conflict_case_reason')),
    sa.ForeignKeyConstraint(['judge_id'], ['panel_judge.id'], name=op.f('fk_conflict_case_judge_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_conflict_case_submission_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_conflict_case_decided_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict_case')),
    sa.UniqueConstraint('judge_id', 'submission_id', 'kind', name=op.f('uq_conflict_case_judge_id_submission_id_kind')),
    sa.UniqueConstraint('ref', name=op.f('uq_conflict_case_ref')),
    )
    op.create_index(op.f('ix_conflict_case_submission_id'), 'conflict_case', ['submission_id'], unique=False)


def downgrade() -> None:
    # What people decided about conflicts, and what they said of their ties, has no column in the older tables.
    op.drop_table('conflict_case')
    op.drop_table('tie')
    op.drop_table('organization_alias')
    # A judge who abstained gives no scorecard; the nearest that the older tables know is a decline.
    op.execute(sa.text("UPDATE assignment SET state = 'declined' WHERE state = 'abstained'"))
    _assignment(STATES, "'declined','recused','replaced'")
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        for name in ('facts', 'decline_reason', 'declined_at'):
            batch_op.drop_column(name)
