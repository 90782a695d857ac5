"""Certificates of awards and offers anew.

Revision ID: 1795562000
Revises: 1795561000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795562000"
down_revision = "1795561000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
EXACT = challenge.base.db.Exact


def upgrade() -> None:
    _certificates()
    _anew()


def _certificates() -> None:
    op.create_table('certificate_run',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('round_id', KEY, nullable=False),
    sa.Column('kinds', sa.JSON(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_certificate_run_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_certificate_run_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_run'))
    )
    op.create_index(op.f('ix_certificate_run_round_id'), 'certificate_run', ['round_id'], unique=False)
    op.create_table('certificate_wish',
    sa.Column('submission_id', KEY, autoincrement=False, nullable=False),
    sa.Column('user_id', KEY, autoincrement=False, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_certificate_wish_submission_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_certificate_wish_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', 'user_id', name=op.f('pk_certificate_wish'))
    )
    op.create_index(op.f('ix_certificate_wish_user_id'), 'certificate_wish', ['user_id'], unique=False)
    op.create_table('award_certificate',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('run_id', KEY, nullable=False),
    sa.Column('round_id', KEY, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('award_id', KEY, nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('issued_at', INSTANT(), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('revoked_at', INSTANT(), nullable=True),
    sa.Column('revoke_reason', sa.Text(), nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('revoked_by', KEY, nullable=True),
    sa.CheckConstraint("(kind = 'award') = (award_id IS NOT NULL)", name=op.f('ck_award_certificate_award')),
    sa.CheckConstraint("kind in ('award','finalist','participation')", name=op.f('ck_award_certificate_kind')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoke_reason IS NULL)', name=op.f('ck_award_certificate_revoked')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_award_certificate_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_award_certificate_award_id')),
    sa.ForeignKeyConstraint(['revoked_by'], ['user_account.id'], name=op.f('fk_award_certificate_revoked_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_award_certificate_round_id')),
    sa.ForeignKeyConstraint(['run_id'], ['certificate_run.id'], name=op.f('fk_award_certificate_run_id')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_award_certificate_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award_certificate')),
    sa.UniqueConstraint('code', name=op.f('uq_award_certificate_code'))
    )
    op.create_index(op.f('ix_award_certificate_award_id'), 'award_certificate', ['award_id'], unique=False)
    op.create_index(op.f('ix_award_certificate_round_id_id'), 'award_certificate', ['round_id', 'id'], unique=False)
    op.create_index(op.f('ix_award_certificate_run_id'), 'award_certificate', ['run_id'], unique=False)
    op.create_index(op.f('ix_award_certificate_submission_id'), 'award_certificate', ['submission_id'], unique=False)
    op.create_index('uq_award_certificate_standing', 'award_certificate', ['subject'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.create_table('award_certificate_holder',
    sa.Column('certificate_id', KEY, autoincrement=False, nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['award_certificate.id'], name=op.f('fk_award_certificate_holder_certificate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_award_certificate_holder_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_award_certificate_holder'))
    )
    op.create_index(op.f('ix_award_certificate_holder_user_id'), 'award_certificate_holder', ['user_id'], unique=False)
    op.create_table('award_certificate_print',
    sa.Column('certificate_id', KEY, autoincrement=False, nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['award_certificate_holder.certificate_id'], name=op.f('fk_award_certificate_print_certificate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_award_certificate_print_sha256')),
    sa.PrimaryKeyConstraint('certificate_id', 'locale', name=op.f('pk_award_certificate_print'))
    )
    op.create_index(op.f('ix_award_certificate_print_sha256'), 'award_certificate_print', ['sha256'], unique=False)


def _anew() -> None:
    op.create_table('anew_search',
    sa.Column('round_id', KEY, autoincrement=False, nullable=False),
    sa.Column('bar', sa.Text(), nullable=False),
    sa.Column('least', EXACT(), nullable=False),
    sa.Column('asked_at', INSTANT(), nullable=False),
    sa.Column('found_at', INSTANT(), nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.CheckConstraint("bar in ('share','total')", name=op.f('ck_anew_search_bar')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_anew_search_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_anew_search_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_anew_search'))
    )
    op.create_table('anew_consent',
    sa.Column('submission_id', KEY, autoincrement=False, nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('decided_at', INSTANT(), nullable=False),
    sa.Column('decided_by', KEY, nullable=True),
    sa.CheckConstraint("part in ('summary','whole')", name=op.f('ck_anew_consent_part')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_anew_consent_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_anew_consent_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_anew_consent'))
    )
    op.create_table('anew_match',
    sa.Column('submission_id', KEY, autoincrement=False, nullable=False),
    sa.Column('requirement_id', KEY, autoincrement=False, nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_anew_match_requirement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_anew_match_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', 'requirement_id', name=op.f('pk_anew_match'))
    )
    op.create_index(op.f('ix_anew_match_requirement_id'), 'anew_match', ['requirement_id'], unique=False)
    op.create_table('anew_offer',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('pair_id', KEY, nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('answered_at', INSTANT(), nullable=True),
    sa.Column('answered_by', KEY, nullable=True),
    sa.CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name=op.f('ck_anew_offer_reason')),
    sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name=op.f('ck_anew_offer_answered')),
    sa.CheckConstraint("state in ('declined','ended','interested','offered')", name=op.f('ck_anew_offer_state')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_anew_offer_answered_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_anew_offer_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['pair_id'], ['docking_pair.id'], name=op.f('fk_anew_offer_pair_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_anew_offer_requirement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_anew_offer_submission_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anew_offer')),
    sa.UniqueConstraint('ref', name=op.f('uq_anew_offer_ref')),
    sa.UniqueConstraint('submission_id', 'requirement_id', name=op.f('uq_anew_offer_submission_id_requirement_id'))
    )
    op.create_index(op.f('ix_anew_offer_requirement_id'), 'anew_offer', ['requirement_id'], unique=False)


def downgrade() -> None:
    op.drop_table('anew_offer')
    op.drop_table('anew_match')
    op.drop_table('anew_consent')
    op.drop_table('anew_search')
    op.drop_table('award_certificate_print')
    op.drop_table('award_certificate_holder')
    op.drop_table('award_certificate')
    op.drop_table('certificate_wish')
    op.drop_table('certificate_run')
