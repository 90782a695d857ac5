"""Intake of requirements.

Revision ID: 1795520000
Revises: 1795511000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795520000"
down_revision = "1795511000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
TEXTS = ('contact_name', 'contact_phone', 'contact_email', 'partners')
DAYS = ('starts_on', 'ends_on')
PERIOD = 'starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on'
CONFIRMED = "state not in ('submitted','published','selected') OR NOT on_behalf OR confirmed_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        for name in TEXTS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('industry', sa.Text(), nullable=True))
        for name in DAYS:
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('on_behalf', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('confirmed_at', INSTANT(), nullable=True))
        batch_op.add_column(sa.Column('confirmed_by', KEY, nullable=True))
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        for name in TEXTS:
            batch_op.alter_column(name, existing_type=sa.Text(), server_default=None)
        batch_op.alter_column('on_behalf', existing_type=sa.Boolean(), server_default=None)
        batch_op.create_foreign_key(
            op.f('fk_requirement_confirmed_by_user_account'), 'user_account', ['confirmed_by'], ['id'], ondelete='SET NULL'
        )
        batch_op.create_check_constraint(op.f('ck_requirement_period'), PERIOD)
        batch_op.create_check_constraint(op.f('ck_requirement_confirmed'), CONFIRMED)
    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.add_column(sa.Column('legal_representative', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.alter_column('legal_representative', existing_type=sa.Text(), server_default=None)
    _roles('role_grant', "'organizer','judge','auditor','representative','broker'")
    _roles('invitation', "'organizer','judge','team','representative','broker','claim'")
    _need_book()
    _need_print()


def _need_book() -> None:
    op.create_table('need_book',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', KEY, nullable=False),
    sa.Column('seeker_id', KEY, nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('only_valid', sa.Boolean(), nullable=False),
    sa.Column('hand_in', sa.Boolean(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('good', sa.Integer(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("kind in ('template','form','needs')", name=op.f('ck_need_book_kind')),
    sa.CheckConstraint("state in ('coming','done','refused')", name=op.f('ck_need_book_state')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_need_book_round_id_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['seeker_id'], ['organization.id'], name=op.f('fk_need_book_seeker_id_organization'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_need_book_sha256_blob')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_need_book_author_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_book')),
    sa.UniqueConstraint('ref', name=op.f('uq_need_book_ref')),
    )
    op.create_index(op.f('ix_need_book_round_id_author_id_id'), 'need_book', ['round_id', 'author_id', 'id'], unique=False)
    op.create_index(op.f('ix_need_book_sha256'), 'need_book', ['sha256'], unique=False)


def _need_print() -> None:
    op.create_table('need_print',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('requirement_id', KEY, nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_need_print_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_need_print_sha256_blob')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need_print')),
    sa.UniqueConstraint('key', name=op.f('uq_need_print_key')),
    )
    op.create_index(op.f('ix_need_print_requirement_id'), 'need_print', ['requirement_id'], unique=False)
    op.create_index(op.f('ix_need_print_sha256'), 'need_print', ['sha256'], unique=False)


def _roles(table: str, codes: str) -> None:
    name = op.f(f'ck_{table}_role')
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_='check')
        batch_op.create_check_constraint(name, f'role in ({codes})')


def downgrade() -> None:
    op.drop_table('need_print')
    op.drop_table('need_book')
    op.execute("DELETE FROM invitation WHERE role in ('broker','claim')")
    op.execute("DELETE FROM role_grant WHERE role = 'broker'")
    _roles('invitation', "'organizer','judge','team','representative'")
    _roles('role_grant', "'organizer','judge','auditor','representative'")
    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.drop_column('legal_representative')
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_requirement_confirmed'), type_='check')
        batch_op.drop_constraint(op.f('ck_requirement_period'), type_='check')
        batch_op.drop_constraint(op.f('fk_requirement_confirmed_by_user_account'), type_='foreignkey')
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        for column in ('confirmed_by', 'confirmed_at', 'on_behalf', *DAYS, 'industry', *TEXTS):
            batch_op.drop_column(column)
