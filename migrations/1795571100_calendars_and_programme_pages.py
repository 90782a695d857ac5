"""Addresses of calendars; pages, partners and frequent questions of a programme.

Revision ID: 1795571100
Revises: 1795571000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795571100"
down_revision = "1795571000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_digest', sa.Text(), nullable=False),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_calendar_link_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_link')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_calendar_link_token_digest')),
    sa.UniqueConstraint('user_id', name=op.f('uq_calendar_link_user_id'))
    )
    op.create_table('programme_answer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('question_zh', sa.Text(), nullable=True),
    sa.Column('question_en', sa.Text(), nullable=True),
    sa.Column('answer_zh', sa.Text(), nullable=True),
    sa.Column('answer_en', sa.Text(), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint('question_zh IS NOT NULL OR question_en IS NOT NULL', name=op.f('ck_programme_answer_question')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_answer_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_answer')),
    sa.UniqueConstraint('ref', name=op.f('uq_programme_answer_ref'))
    )
    with op.batch_alter_table('programme_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_answer_programme_id'), ['programme_id'], unique=False)

    op.create_table('programme_page',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published', sa.Integer(), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint('published IS NULL OR published <= version', name=op.f('ck_programme_page_published')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_page_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_page')),
    sa.UniqueConstraint('programme_id', 'slug', name=op.f('uq_programme_page_programme_id_slug')),
    sa.UniqueConstraint('ref', name=op.f('uq_programme_page_ref'))
    )
    op.create_table('programme_partner',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('logo', sa.String(length=64), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint("level in ('host','main','partner','supporter','media')", name=op.f('ck_programme_partner_level')),
    sa.CheckConstraint('name_zh IS NOT NULL OR name_en IS NOT NULL', name=op.f('ck_programme_partner_name')),
    sa.ForeignKeyConstraint(['logo'], ['blob.sha256'], name=op.f('fk_programme_partner_logo')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_partner_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_partner')),
    sa.UniqueConstraint('ref', name=op.f('uq_programme_partner_ref'))
    )
    with op.batch_alter_table('programme_partner', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_partner_programme_id'), ['programme_id'], unique=False)

    op.create_table('programme_page_version',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('page_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=True),
    sa.Column('title_en', sa.Text(), nullable=True),
    sa.Column('body_zh', sa.Text(), nullable=True),
    sa.Column('body_en', sa.Text(), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.CheckConstraint('title_zh IS NOT NULL OR title_en IS NOT NULL', name=op.f('ck_programme_page_version_title')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_programme_page_version_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['page_id'], ['programme_page.id'], name=op.f('fk_programme_page_version_page_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_page_version')),
    sa.UniqueConstraint('page_id', 'number', name=op.f('uq_programme_page_version_page_id_number'))
    )


def downgrade() -> None:
    op.drop_table('programme_page_version')
    with op.batch_alter_table('programme_partner', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_programme_partner_programme_id'))

    op.drop_table('programme_partner')
    op.drop_table('programme_page')
    with op.batch_alter_table('programme_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_programme_answer_programme_id'))

    op.drop_table('programme_answer')
    op.drop_table('calendar_link')
