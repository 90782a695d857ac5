"""Assignment runs and pinned pairs.

Revision ID: 1795492000
Revises: 1795491000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795492000"
down_revision = "1795491000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pinned', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.alter_column('pinned', existing_type=sa.Boolean(), server_default=None)
    op.create_table('assignment_run',
    sa.Column('id', KEY, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('world', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('asked_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("kind in ('search','import','export')", name=op.f('ck_assignment_run_kind')),
    sa.CheckConstraint(
        "state in ('waiting','proposed','applied','aside','failed','ready')", name=op.f('ck_assignment_run_state')
    ),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_assignment_run_sha256_blob')),
    sa.ForeignKeyConstraint(
        ['author_id'], ['user_account.id'], name=op.f('fk_assignment_run_author_id_user_account'), ondelete='SET NULL'
    ),
    sa.ForeignKeyConstraint(
        ['phase_id'], ['judging_phase.id'], name=op.f('fk_assignment_run_phase_id_judging_phase'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_run')),
    sa.UniqueConstraint('ref', name=op.f('uq_assignment_run_ref')),
    )
    with op.batch_alter_table('assignment_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_run_phase_id_id'), ['phase_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_run_sha256'), ['sha256'], unique=False)
    op.create_table('assignment_fit',
    sa.Column('run_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('fits', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(
        ['run_id'], ['assignment_run.id'], name=op.f('fk_assignment_fit_run_id_assignment_run'), ondelete='CASCADE'
    ),
    sa.ForeignKeyConstraint(
        ['submission_id'], ['submission.id'], name=op.f('fk_assignment_fit_submission_id_submission'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('run_id', 'submission_id', name=op.f('pk_assignment_fit')),
    )
    with op.batch_alter_table('assignment_fit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_fit_submission_id'), ['submission_id'], unique=False)


def downgrade() -> None:
    op.drop_table('assignment_fit')
    op.drop_table('assignment_run')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_column('pinned')
