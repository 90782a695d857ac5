"""Agreements before the confidential part of a requirement, who may read it, and who did.

Revision ID: 1795551000
Revises: 1795550000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795551000"
down_revision = "1795550000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
PERSON = 'user_account.id'
INVITED = "'organizer','manager','judge','team','representative','broker','claim'"


def _invited(roles: str) -> None:
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_invitation_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_invitation_role'), f'role in ({roles})')


def upgrade() -> None:
    _invited(f"{INVITED},'confidential'")
    op.create_table('nda',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', KEY, nullable=False),
    sa.Column('requirement_id', KEY, nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=True),
    sa.Column('text_en', sa.Text(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('again', sa.Boolean(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint('requirement_id IS NOT NULL OR text_zh IS NOT NULL OR text_en IS NOT NULL', name=op.f('ck_nda_text')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_nda_round_id_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_nda_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], [PERSON], name=op.f('fk_nda_author_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nda')),
    sa.UniqueConstraint('ref', name=op.f('uq_nda_ref')),
    sa.UniqueConstraint('requirement_id', 'number', name=op.f('uq_nda_requirement_id_number')),
    )
    ours = sa.text('requirement_id IS NULL')
    op.create_index('uq_nda_of_round', 'nda', ['round_id', 'number'], unique=True, sqlite_where=ours, postgresql_where=ours)
    op.create_index(op.f('ix_nda_round_id_requirement_id_id'), 'nda', ['round_id', 'requirement_id', 'id'], unique=False)
    op.create_table('face',
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('marks', sa.JSON(), nullable=False),
    sa.CheckConstraint("opening in ('closed','decide','accept')", name=op.f('ck_face_opening')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_face_requirement_id_requirement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('requirement_id', name=op.f('pk_face')),
    )
    # What was handed in so far was written for the screeners alone: nobody may ask for it before its seeker says so.
    op.execute("INSERT INTO face (requirement_id, opening, marks) SELECT id, 'closed', '[]' FROM requirement WHERE state NOT IN ('draft','returned')")
    op.create_table('face_access',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('decided_by', KEY, nullable=True),
    sa.Column('decided_at', INSTANT(), nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("state in ('asked','granted','refused','revoked')", name=op.f('ck_face_access_state')),
    sa.CheckConstraint("origin in ('asked','invited','accepted')", name=op.f('ck_face_access_origin')),
    sa.CheckConstraint("(state in ('refused','revoked')) <= (reason IS NOT NULL)", name=op.f('ck_face_access_reason')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_face_access_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], [PERSON], name=op.f('fk_face_access_user_id_user_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['decided_by'], [PERSON], name=op.f('fk_face_access_decided_by_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_face_access')),
    sa.UniqueConstraint('ref', name=op.f('uq_face_access_ref')),
    sa.UniqueConstraint('requirement_id', 'user_id', name=op.f('uq_face_access_requirement_id_user_id')),
    )
    op.create_index(op.f('ix_face_access_user_id'), 'face_access', ['user_id'], unique=False)
    op.create_table('nda_acceptance',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('nda_id', KEY, nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('organization', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('part_sha256', sa.String(length=64), nullable=False),
    sa.Column('accepted_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['nda_id'], ['nda.id'], name=op.f('fk_nda_acceptance_nda_id_nda'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_nda_acceptance_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], [PERSON], name=op.f('fk_nda_acceptance_user_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nda_acceptance')),
    sa.UniqueConstraint('requirement_id', 'user_id', 'nda_id', name=op.f('uq_nda_acceptance_requirement_id_user_id_nda_id')),
    )
    op.create_table('face_opening',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('nda_id', KEY, nullable=False),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('opened_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_face_opening_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], [PERSON], name=op.f('fk_face_opening_user_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['nda_id'], ['nda.id'], name=op.f('fk_face_opening_nda_id_nda'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_face_opening')),
    )
    for table, columns in (
        ('nda_acceptance', ['nda_id']),
        ('nda_acceptance', ['user_id']),
        ('face_opening', ['requirement_id', 'id']),
        ('face_opening', ['requirement_id', 'user_id']),
        ('face_opening', ['user_id']),
        ('face_opening', ['nda_id']),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, unique=False)
    op.create_table('file_properties',
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_file_properties_sha256_blob'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_file_properties')),
    )
    op.create_table('redaction_mark',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('key', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_redaction_mark_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], [PERSON], name=op.f('fk_redaction_mark_author_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redaction_mark')),
    sa.UniqueConstraint('requirement_id', 'key', name=op.f('uq_redaction_mark_requirement_id_key')),
    )


def downgrade() -> None:
    for table in ('redaction_mark', 'file_properties', 'face_opening', 'nda_acceptance', 'face_access', 'face', 'nda'):
        op.drop_table(table)
    # The older tables know nobody who is invited to a confidential part.
    op.execute("DELETE FROM invitation WHERE role = 'confidential'")
    _invited(INVITED)
