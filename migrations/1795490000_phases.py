"""Phases of judging: windows, cuts, what is carried on.

Revision ID: 1795490000
Revises: 1795485000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795490000"
down_revision = "1795485000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
EXACT = challenge.base.db.Exact
ADDED = ('kind', 'name_zh', 'name_en', 'opens_at', 'closes_at', 'closed_at', 'cut', 'cut_value', 'begun_at',
         'announced_at', 'moved_for', 'carries_comments', 'panel_public')


def upgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('phase_count', sa.Integer(), nullable=False, server_default='1'))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('phase_count', existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.Text(), nullable=False, server_default='final'))
        batch_op.add_column(sa.Column('name_zh', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('name_en', sa.Text(), nullable=True))
        for name in ('opens_at', 'closes_at', 'closed_at', 'begun_at', 'announced_at'):
            batch_op.add_column(sa.Column(name, INSTANT(), nullable=True))
        batch_op.add_column(sa.Column('cut', sa.Text(), nullable=False, server_default='none'))
        batch_op.add_column(sa.Column('cut_value', EXACT(), nullable=True))
        batch_op.add_column(sa.Column('moved_for', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('carries_comments', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('panel_public', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        for name, kind in (('kind', sa.Text()), ('cut', sa.Text()), ('carries_comments', sa.Boolean()),
                           ('panel_public', sa.Boolean())):
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.create_check_constraint(op.f('ck_judging_phase_kind'), "kind in ('screening','shortlist','final')")
        batch_op.create_check_constraint(op.f('ck_judging_phase_cut'), "cut in ('none','top','threshold','hand')")
        batch_op.create_check_constraint(op.f('ck_judging_phase_window'), 'opens_at < closes_at')
        batch_op.create_check_constraint(
            op.f('ck_judging_phase_cut_value'), "(cut in ('top','threshold')) = (cut_value IS NOT NULL)"
        )
    with op.batch_alter_table('criterion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carried', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('criterion', schema=None) as batch_op:
        batch_op.alter_column('carried', existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table('panel_judge', schema=None) as batch_op:
        batch_op.add_column(sa.Column('capacity', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(op.f('ck_panel_judge_capacity'), 'capacity > 0')
    _expertise()
    op.create_table('phase_entry',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('carried', EXACT(), nullable=True),
    sa.Column('carried_at', INSTANT(), nullable=False),
    sa.CheckConstraint("by in ('cut','hand')", name=op.f('ck_phase_entry_by')),
    sa.CheckConstraint("(by = 'hand') <= (reason IS NOT NULL)", name=op.f('ck_phase_entry_reason')),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_phase_entry_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_phase_entry_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'submission_id', name=op.f('pk_phase_entry')),
    )
    op.create_index(op.f('ix_phase_entry_submission_id'), 'phase_entry', ['submission_id'], unique=False)


def _expertise() -> None:
    op.create_table('judge_profile',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_judge_profile_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_judge_profile')),
    )
    op.create_table('judge_document',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_judge_document_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judge_document')),
    sa.UniqueConstraint('ref', name=op.f('uq_judge_document_ref')),
    )
    op.create_index(op.f('ix_judge_document_user_id'), 'judge_document', ['user_id'], unique=False)


def downgrade() -> None:
    # Which entries a later phase judged, and the points it carried, have no column in the older tables.
    op.drop_table('phase_entry')
    op.drop_table('judge_document')
    op.drop_table('judge_profile')
    with op.batch_alter_table('panel_judge', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_panel_judge_capacity'), type_='check')
        batch_op.drop_column('capacity')
    op.execute(sa.text('DELETE FROM criterion WHERE carried'))
    with op.batch_alter_table('criterion', schema=None) as batch_op:
        batch_op.drop_column('carried')
    with op.batch_alter_table('judging_phase', schema=None) as batch_op:
        for name in ('ck_judging_phase_cut_value', 'ck_judging_phase_window', 'ck_judging_phase_cut',
                     'ck_judging_phase_kind'):
            batch_op.drop_constraint(op.f(name), type_='check')
        for name in reversed(ADDED):
            batch_op.drop_column(name)
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('phase_count')
