"""Limits, eligibility, links into a team, screening with a reply, conflicts that come up later.

Revision ID: 1795480000
Revises: 1795470000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795480000"
down_revision = "1795470000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STATES = "state in ('answered','dismissed','escalated','open','upheld')"


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('max_members', sa.Integer(), nullable=False, server_default='20'))
        batch_op.add_column(sa.Column('max_per_solver', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('max_per_organization', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('max_per_requirement', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('eligibility', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('reply_days', sa.Integer(), nullable=False, server_default='3'))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('max_members', existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column('eligibility', existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column('reply_days', existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('entered_organization_id', KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f('fk_submission_entered_organization_id_organization'),
            'organization', ['entered_organization_id'], ['id'],
        )
    op.execute("UPDATE submission SET entered_organization_id = organization_id WHERE state <> 'draft'")
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('conflict', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('conflict_at', challenge.base.db.UtcDateTime(), nullable=True))
    _links()
    _cases()


def _links() -> None:
    op.create_table('team_link',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('token_digest', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('created_by', KEY, nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('expires_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('accepted_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('accepted_by', KEY, nullable=True),
    sa.Column('revoked_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['accepted_by'], ['user_account.id'], name=op.f('fk_team_link_accepted_by_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_team_link_created_by_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_team_link_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_link')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_team_link_token_digest')),
    )
    op.create_index(op.f('ix_team_link_submission_id'), 'team_link', ['submission_id'], unique=False)


def _cases() -> None:
    op.create_table('screening_case',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('opened_by', KEY, nullable=True),
    sa.Column('reply_until', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('reply', sa.Text(), nullable=True),
    sa.Column('replied_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('replied_by', KEY, nullable=True),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('decided_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('decided_by', KEY, nullable=True),
    sa.CheckConstraint("kind in ('correction','rule_out')", name=op.f('ck_screening_case_kind')),
    sa.CheckConstraint(STATES, name=op.f('ck_screening_case_state')),
    sa.CheckConstraint("(state = 'answered') <= (replied_at IS NOT NULL)", name=op.f('ck_screening_case_reply')),
    sa.CheckConstraint("(state in ('open','answered')) = (decided_at IS NULL)", name=op.f('ck_screening_case_decided')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_screening_case_decided_by_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['opened_by'], ['user_account.id'], name=op.f('fk_screening_case_opened_by_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['replied_by'], ['user_account.id'], name=op.f('fk_screening_case_replied_by_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_screening_case_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_case')),
    )
    op.create_index(op.f('ix_screening_case_submission_id'), 'screening_case', ['submission_id'], unique=False)
    op.create_index(
        'uq_screening_case_live', 'screening_case', ['submission_id'], unique=True,
        sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'),
    )


def downgrade() -> None:
    # A place that waits for whoever opens a link, and an open case, have no column in the older tables.
    op.drop_table('screening_case')
    op.drop_table('team_link')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('conflict_at')
        batch_op.drop_column('conflict')
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_submission_entered_organization_id_organization'), type_='foreignkey')
        batch_op.drop_column('entered_organization_id')
    with op.batch_alter_table('round', schema=None) as batch_op:
        for name in ('reply_days', 'eligibility', 'max_per_requirement', 'max_per_organization',
                     'max_per_solver', 'max_members'):
            batch_op.drop_column(name)
