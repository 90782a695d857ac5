"""A centre's services: asked for, assigned, closed with a rating.

Revision ID: 1795553000
Revises: 1795552000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795553000"
down_revision = "1795552000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
KINDS = "'innovation','transfer','ip','finance','testing','other'"
STATES = "'accepted','asked','assigned','cancelled','closed','done','refused','running'"


def _references(table: str, *columns: tuple[str, str, str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f'{other}.id'], name=op.f(f'fk_{table}_{column}_{other}'), ondelete=rule)
        for column, other, rule in columns
    ]


def upgrade() -> None:
    op.create_table('service',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('centre_id', KEY, nullable=False),
    sa.Column('provider_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    *(sa.Column(f'{name}_{suffix}', sa.Text(), nullable=True) for name in ('name', 'text', 'fee', 'lasts') for suffix in ('zh', 'en')),
    sa.Column('quiet_days', sa.Integer(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.CheckConstraint("state in ('draft','offered','retired')", name=op.f('ck_service_state')),
    sa.CheckConstraint(f"kind in ({KINDS})", name=op.f('ck_service_kind')),
    sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name=op.f('ck_service_name')),
    sa.CheckConstraint("quiet_days BETWEEN 1 AND 365", name=op.f('ck_service_quiet_days')),
    *_references('service', ('centre_id', 'organization', 'CASCADE'), ('provider_id', 'organization', 'CASCADE'), ('author_id', 'user_account', 'SET NULL')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('ref', name=op.f('uq_service_ref')),
    )
    for columns in (['centre_id'], ['provider_id'], ['state', 'id']):
        op.create_index(op.f('ix_service_' + '_'.join(columns)), 'service', columns, unique=False)
    op.create_table('service_request',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('service_id', KEY, nullable=False),
    sa.Column('asker_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('asked_as', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=True),
    sa.Column('about_id', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('assigned_id', KEY, nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('rating_text', sa.Text(), nullable=False),
    sa.Column('asked_at', INSTANT(), nullable=False),
    *(sa.Column(f'{name}_at', INSTANT(), nullable=True) for name in ('accepted', 'assigned', 'begun', 'done', 'settled')),
    sa.Column('moved_at', INSTANT(), nullable=False),
    sa.Column('quiet_at', INSTANT(), nullable=False),
    sa.CheckConstraint(f"state in ({STATES})", name=op.f('ck_service_request_state')),
    sa.CheckConstraint("asked_as in ('seeker','broker','organizer')", name=op.f('ck_service_request_asked_as')),
    sa.CheckConstraint("about in ('requirement')", name=op.f('ck_service_request_about')),
    sa.CheckConstraint("(about IS NULL) = (about_id IS NULL)", name=op.f('ck_service_request_about_whole')),
    sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f('ck_service_request_rating')),
    sa.CheckConstraint("(state = 'closed') = (rating IS NOT NULL)", name=op.f('ck_service_request_rated')),
    sa.CheckConstraint("(state IN ('refused','cancelled')) <= (reason IS NOT NULL)", name=op.f('ck_service_request_reason')),
    *_references('service_request', ('service_id', 'service', 'CASCADE'), ('asker_id', 'organization', 'CASCADE'), ('author_id', 'user_account', 'SET NULL'), ('assigned_id', 'user_account', 'SET NULL')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_request')),
    sa.UniqueConstraint('ref', name=op.f('uq_service_request_ref')),
    )
    for columns in (['asker_id'], ['author_id'], ['assigned_id'], ['service_id', 'state'], ['about', 'about_id'], ['state', 'quiet_at']):
        op.create_index(op.f('ix_service_request_' + '_'.join(columns)), 'service_request', columns, unique=False)
    op.create_table('service_note',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('request_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('of_centre', sa.Boolean(), nullable=False),
    sa.Column('internal', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    *_references('service_note', ('request_id', 'service_request', 'CASCADE'), ('author_id', 'user_account', 'SET NULL')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_note')),
    )
    for columns in (['author_id'], ['request_id', 'id']):
        op.create_index(op.f('ix_service_note_' + '_'.join(columns)), 'service_note', columns, unique=False)


def downgrade() -> None:
    op.drop_table('service_note')
    op.drop_table('service_request')
    op.drop_table('service')
