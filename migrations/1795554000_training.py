"""Courses for brokers, certificates, the register.

Revision ID: 1795554000
Revises: 1795553000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795554000"
down_revision = "1795553000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
EXACT = challenge.base.db.Exact


def upgrade() -> None:
    _courses()
    _certificates()


def _courses() -> None:
    op.create_table('certificate_year',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_certificate_year'))
    )
    op.create_table('register_entry',
    sa.Column('user_id', KEY, autoincrement=False, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('organization', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_register_entry_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_register_entry')),
    sa.UniqueConstraint('ref', name=op.f('uq_register_entry_ref'))
    )
    op.create_table('course',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=True),
    sa.Column('title_en', sa.Text(), nullable=True),
    sa.Column('about_zh', sa.Text(), nullable=True),
    sa.Column('about_en', sa.Text(), nullable=True),
    sa.Column('hours', EXACT(), nullable=False),
    sa.Column('fee', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('online', sa.Text(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.Column('exam_least', EXACT(), nullable=True),
    sa.Column('valid_months', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') <= (reason IS NOT NULL)", name=op.f('ck_course_reason')),
    sa.CheckConstraint("level in ('primary','intermediate','senior')", name=op.f('ck_course_level')),
    sa.CheckConstraint("state in ('cancelled','draft','published')", name=op.f('ck_course_state')),
    sa.CheckConstraint('seats BETWEEN 1 AND 10000', name=op.f('ck_course_seats')),
    sa.CheckConstraint('share BETWEEN 0 AND 100', name=op.f('ck_course_share')),
    sa.CheckConstraint('title_zh IS NOT NULL OR title_en IS NOT NULL', name=op.f('ck_course_title')),
    sa.CheckConstraint('valid_months IS NULL OR valid_months BETWEEN 1 AND 600', name=op.f('ck_course_valid_months')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_course_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_course_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course')),
    sa.UniqueConstraint('ref', name=op.f('uq_course_ref'))
    )
    op.create_index(op.f('ix_course_programme_id'), 'course', ['programme_id'], unique=False)
    op.create_table('course_session',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('course_id', KEY, nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('starts_at', INSTANT(), nullable=False),
    sa.Column('ends_at', INSTANT(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_course_session_times')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_session_course_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_session')),
    sa.UniqueConstraint('course_id', 'starts_at', name=op.f('uq_course_session_course_id_starts_at')),
    sa.UniqueConstraint('ref', name=op.f('uq_course_session_ref'))
    )
    op.create_index(op.f('ix_course_session_starts_at'), 'course_session', ['starts_at'], unique=False)
    op.create_table('enrolment',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('course_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mark', EXACT(), nullable=True),
    sa.Column('queued_at', INSTANT(), nullable=False),
    sa.Column('moved_at', INSTANT(), nullable=False),
    sa.CheckConstraint("state in ('enrolled','left','waiting')", name=op.f('ck_enrolment_state')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_enrolment_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_enrolment_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('course_id', 'user_id', name=op.f('uq_enrolment_course_id_user_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_enrolment_ref'))
    )
    op.create_index(op.f('ix_enrolment_course_id_state_queued_at'), 'enrolment', ['course_id', 'state', 'queued_at'], unique=False)
    op.create_index(op.f('ix_enrolment_user_id'), 'enrolment', ['user_id'], unique=False)
    op.create_table('attendance',
    sa.Column('enrolment_id', KEY, autoincrement=False, nullable=False),
    sa.Column('session_id', KEY, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("source in ('organizer','code')", name=op.f('ck_attendance_source')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_attendance_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_attendance_enrolment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['course_session.id'], name=op.f('fk_attendance_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('enrolment_id', 'session_id', name=op.f('pk_attendance'))
    )
    op.create_index(op.f('ix_attendance_session_id'), 'attendance', ['session_id'], unique=False)


def _certificates() -> None:
    op.create_table('certificate',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('course_id', KEY, nullable=False),
    sa.Column('enrolment_id', KEY, nullable=True),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('issued_at', INSTANT(), nullable=False),
    sa.Column('valid_until', INSTANT(), nullable=True),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('revoked_at', INSTANT(), nullable=True),
    sa.Column('revoke_reason', sa.Text(), nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('revoked_by', KEY, nullable=True),
    sa.CheckConstraint("level in ('primary','intermediate','senior')", name=op.f('ck_certificate_level')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoke_reason IS NULL)', name=op.f('ck_certificate_revoked')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_certificate_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_certificate_course_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_certificate_enrolment_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['revoked_by'], ['user_account.id'], name=op.f('fk_certificate_revoked_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('number', name=op.f('uq_certificate_number'))
    )
    op.create_index(op.f('ix_certificate_course_id'), 'certificate', ['course_id'], unique=False)
    op.create_index('uq_certificate_standing', 'certificate', ['enrolment_id'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.create_table('certificate_holder',
    sa.Column('certificate_id', KEY, autoincrement=False, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('salt', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_holder_certificate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_certificate_holder_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificate_holder'))
    )
    op.create_index(op.f('ix_certificate_holder_user_id'), 'certificate_holder', ['user_id'], unique=False)
    op.create_table('certificate_print',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('certificate_id', KEY, nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate_holder.certificate_id'], name=op.f('fk_certificate_print_certificate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_certificate_print_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_print')),
    sa.UniqueConstraint('certificate_id', 'locale', name=op.f('uq_certificate_print_certificate_id_locale'))
    )
    op.create_index(op.f('ix_certificate_print_sha256'), 'certificate_print', ['sha256'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_certificate_print_sha256'), table_name='certificate_print')
    op.drop_table('certificate_print')
    op.drop_index(op.f('ix_certificate_holder_user_id'), table_name='certificate_holder')
    op.drop_table('certificate_holder')
    op.drop_index('uq_certificate_standing', table_name='certificate', sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
    op.drop_index(op.f('ix_certificate_course_id'), table_name='certificate')
    op.drop_table('certificate')
    op.drop_index(op.f('ix_attendance_session_id'), table_name='attendance')
    op.drop_table('attendance')
    op.drop_index(op.f('ix_enrolment_user_id'), table_name='enrolment')
    op.drop_index(op.f('ix_enrolment_course_id_state_queued_at'), table_name='enrolment')
    op.drop_table('enrolment')
    op.drop_index(op.f('ix_course_session_starts_at'), table_name='course_session')
    op.drop_table('course_session')
    op.drop_index(op.f('ix_course_programme_id'), table_name='course')
    op.drop_table('course')
    op.drop_table('register_entry')
    op.drop_table('certificate_year')
