"""A final on site.

Revision ID: 1795496000
Revises: 1795495000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795496000"
down_revision = "1795495000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime


def upgrade() -> None:
    op.create_table('on_site',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('presentation_seconds', sa.Integer(), nullable=False),
    sa.Column('question_seconds', sa.Integer(), nullable=False),
    sa.Column('chair_id', KEY, nullable=True),
    sa.Column('screen_key', sa.Text(), nullable=False),
    sa.Column('screen_public', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.Text(), nullable=True),
    sa.Column('seed_digest', sa.Text(), nullable=True),
    sa.Column('committed_at', INSTANT(), nullable=True),
    sa.Column('word', sa.Text(), nullable=False),
    sa.Column('drawn_at', INSTANT(), nullable=True),
    sa.Column('current_id', KEY, nullable=True),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('running_since', INSTANT(), nullable=True),
    sa.Column('spent_ms', sa.Integer(), nullable=False),
    sa.Column('reveal', sa.Text(), nullable=False),
    sa.Column('board', sa.JSON(), nullable=False),
    sa.Column('withheld', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("part in ('presentation','questions')", name=op.f('ck_on_site_part')),
    sa.CheckConstraint("reveal in ('hidden','total','ranking','places')", name=op.f('ck_on_site_reveal')),
    sa.CheckConstraint('presentation_seconds > 0', name=op.f('ck_on_site_presentation_seconds')),
    sa.CheckConstraint('question_seconds >= 0', name=op.f('ck_on_site_question_seconds')),
    sa.CheckConstraint('(committed_at IS NULL) = (seed IS NULL)', name=op.f('ck_on_site_committed')),
    sa.CheckConstraint('(seed IS NULL) = (seed_digest IS NULL)', name=op.f('ck_on_site_digest')),
    sa.CheckConstraint('(drawn_at IS NOT NULL) <= (committed_at IS NOT NULL)', name=op.f('ck_on_site_drawn')),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_on_site_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['chair_id'], ['user_account.id'], name=op.f('fk_on_site_chair_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['current_id'], ['submission.id'], name=op.f('fk_on_site_current_id_submission'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('phase_id', name=op.f('pk_on_site')),
    )
    op.create_index(op.f('ix_on_site_chair_id'), 'on_site', ['chair_id'], unique=False)
    op.create_table('stage_turn',
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('on_stage_at', INSTANT(), nullable=True),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_stage_turn_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_stage_turn_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('phase_id', 'submission_id', name=op.f('pk_stage_turn')),
    sa.UniqueConstraint('phase_id', 'position', name=op.f('uq_stage_turn_phase_id_position')),
    )
    op.create_index(op.f('ix_stage_turn_submission_id'), 'stage_turn', ['submission_id'], unique=False)
    op.create_table('score_book',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('phase_id', KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('only_valid', sa.Boolean(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("kind in ('template','scores')", name=op.f('ck_score_book_kind')),
    sa.CheckConstraint("state in ('coming','done','refused')", name=op.f('ck_score_book_state')),
    sa.ForeignKeyConstraint(['phase_id'], ['judging_phase.id'], name=op.f('fk_score_book_phase_id_judging_phase'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_score_book_sha256_blob')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_score_book_author_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_book')),
    sa.UniqueConstraint('ref', name=op.f('uq_score_book_ref')),
    )
    op.create_index(op.f('ix_score_book_phase_id_id'), 'score_book', ['phase_id', 'id'], unique=False)
    op.create_index(op.f('ix_score_book_sha256'), 'score_book', ['sha256'], unique=False)
    with op.batch_alter_table('scorecard', schema=None) as batch_op:
        batch_op.add_column(sa.Column('entered_by', KEY, nullable=True))
        batch_op.add_column(sa.Column('from_paper', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('scorecard', schema=None) as batch_op:
        batch_op.alter_column('from_paper', existing_type=sa.Boolean(), server_default=None)
        batch_op.create_foreign_key(
            op.f('fk_scorecard_entered_by_user_account'), 'user_account', ['entered_by'], ['id'], ondelete='SET NULL'
        )


def downgrade() -> None:
    # That a card came from paper has no column in the older tables; the audit trail keeps it.
    with op.batch_alter_table('scorecard', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_scorecard_entered_by_user_account'), type_='foreignkey')
        batch_op.drop_column('from_paper')
        batch_op.drop_column('entered_by')
    op.drop_table('score_book')
    op.drop_table('stage_turn')
    op.drop_table('on_site')
