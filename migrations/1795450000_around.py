"""Tracks, resources, teammates, likeness, gallery.

Revision ID: 1795450000
Revises: 1795440000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795450000"
down_revision = "1795440000"
branch_labels = None
depends_on = None

# Tables that were there before and get a reference to a track, with the name of an index on it.
THEMED = {'prize': None, 'requirement': 'ix_requirement_theme_id', 'submission': None}


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def moment() -> sa.types.TypeEngine:
    return challenge.base.db.UtcDateTime()


def key(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    return (
        sa.Column('id', number(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    )


def refer(table: str, column: str, target: str, on_delete: str | None = 'CASCADE') -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}'), ondelete=on_delete)


def upgrade() -> None:
    _themes()
    _resources()
    _board()
    _likeness()
    op.create_table('gallery_entry',
    sa.Column('submission_id', number(), autoincrement=False, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', number(), nullable=False),
    sa.Column('version_id', number(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.Column('decided_at', moment(), nullable=False),
    sa.Column('decided_by', number(), nullable=True),
    refer('gallery_entry', 'submission_id', 'submission.id'),
    refer('gallery_entry', 'round_id', 'round.id'),
    refer('gallery_entry', 'version_id', 'submission_version.id'),
    refer('gallery_entry', 'decided_by', 'user_account.id', 'SET NULL'),
    sa.PrimaryKeyConstraint('submission_id', name=op.f('pk_gallery_entry')),
    sa.UniqueConstraint('ref', name=op.f('uq_gallery_entry_ref'))
    )
    op.create_index(op.f('ix_gallery_entry_round_id'), 'gallery_entry', ['round_id'])


def _themes() -> None:
    op.create_table('theme',
    *key('theme'),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', number(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('summary_zh', sa.Text(), nullable=True),
    sa.Column('summary_en', sa.Text(), nullable=True),
    sa.CheckConstraint('name_zh IS NOT NULL OR name_en IS NOT NULL', name=op.f('ck_theme_name')),
    refer('theme', 'round_id', 'round.id'),
    sa.UniqueConstraint('ref', name=op.f('uq_theme_ref'))
    )
    op.create_index(op.f('ix_theme_round_id'), 'theme', ['round_id'])
    for table, index in THEMED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('theme_id', number(), nullable=True))
            batch_op.create_foreign_key(op.f(f'fk_{table}_theme_id'), 'theme', ['theme_id'], ['id'])
            if index:
                batch_op.create_index(op.f(index), ['theme_id'])
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('teammates', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table('panel_judge_theme',
    sa.Column('judge_id', number(), nullable=False),
    sa.Column('theme_id', number(), nullable=False),
    refer('panel_judge_theme', 'judge_id', 'panel_judge.id'),
    refer('panel_judge_theme', 'theme_id', 'theme.id'),
    sa.PrimaryKeyConstraint('judge_id', 'theme_id', name=op.f('pk_panel_judge_theme'))
    )


def _resources() -> None:
    op.create_table('resource_terms',
    *key('resource_terms'),
    sa.Column('round_id', number(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=True),
    sa.Column('text_en', sa.Text(), nullable=True),
    sa.Column('author_id', number(), nullable=True),
    sa.Column('created_at', moment(), nullable=False),
    sa.CheckConstraint('text_zh IS NOT NULL OR text_en IS NOT NULL', name=op.f('ck_resource_terms_text')),
    refer('resource_terms', 'round_id', 'round.id'),
    refer('resource_terms', 'author_id', 'user_account.id', 'SET NULL'),
    sa.UniqueConstraint('round_id', 'version', name=op.f('uq_resource_terms_round_id_version'))
    )
    op.create_table('terms_acceptance',
    *key('terms_acceptance'),
    sa.Column('terms_id', number(), nullable=False),
    sa.Column('user_id', number(), nullable=True),
    sa.Column('accepted_at', moment(), nullable=False),
    refer('terms_acceptance', 'terms_id', 'resource_terms.id'),
    refer('terms_acceptance', 'user_id', 'user_account.id', 'SET NULL'),
    sa.UniqueConstraint('terms_id', 'user_id', name=op.f('uq_terms_acceptance_terms_id_user_id'))
    )
    op.create_index(op.f('ix_terms_acceptance_user_id'), 'terms_acceptance', ['user_id'])
    op.create_table('resource',
    *key('resource'),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', number(), nullable=False),
    *(sa.Column(name, sa.Text(), nullable=True) for name in ('title_zh', 'title_en', 'note_zh', 'note_en', 'url')),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('gated', sa.Boolean(), nullable=False),
    sa.Column('author_id', number(), nullable=True),
    sa.Column('created_at', moment(), nullable=False),
    sa.Column('removed_at', moment(), nullable=True),
    sa.CheckConstraint('title_zh IS NOT NULL OR title_en IS NOT NULL', name=op.f('ck_resource_title')),
    sa.CheckConstraint('(url IS NULL) <> (sha256 IS NULL)', name=op.f('ck_resource_kind')),
    sa.CheckConstraint('(file_name IS NULL) = (sha256 IS NULL)', name=op.f('ck_resource_file')),
    refer('resource', 'round_id', 'round.id'),
    refer('resource', 'sha256', 'blob.sha256', None),
    refer('resource', 'author_id', 'user_account.id', 'SET NULL'),
    sa.UniqueConstraint('ref', name=op.f('uq_resource_ref'))
    )
    op.create_index(op.f('ix_resource_round_id'), 'resource', ['round_id'])
    op.create_table('resource_opening',
    *key('resource_opening'),
    sa.Column('resource_id', number(), nullable=False),
    sa.Column('user_id', number(), nullable=True),
    sa.Column('opened_at', moment(), nullable=False),
    refer('resource_opening', 'resource_id', 'resource.id'),
    refer('resource_opening', 'user_id', 'user_account.id', 'SET NULL')
    )
    op.create_index(op.f('ix_resource_opening_resource_id'), 'resource_opening', ['resource_id'])


def _board() -> None:
    op.create_table('teammate_post',
    *key('teammate_post'),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', number(), nullable=False),
    sa.Column('author_id', number(), nullable=True),
    sa.Column('brings', sa.Text(), nullable=False),
    sa.Column('seeks', sa.Text(), nullable=False),
    sa.Column('skills', sa.JSON(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=True),
    sa.Column('created_at', moment(), nullable=False),
    sa.Column('updated_at', moment(), nullable=False),
    sa.CheckConstraint("state in ('open','closed','hidden')", name=op.f('ck_teammate_post_state')),
    sa.CheckConstraint("lang in ('zh','en','both')", name=op.f('ck_teammate_post_lang')),
    sa.CheckConstraint("(state = 'hidden') = (state_reason IS NOT NULL)", name=op.f('ck_teammate_post_reason')),
    refer('teammate_post', 'round_id', 'round.id'),
    refer('teammate_post', 'author_id', 'user_account.id', 'SET NULL'),
    sa.UniqueConstraint('ref', name=op.f('uq_teammate_post_ref')),
    sa.UniqueConstraint('round_id', 'author_id', name=op.f('uq_teammate_post_round_id_author_id'))
    )
    op.create_index(op.f('ix_teammate_post_author_id'), 'teammate_post', ['author_id'])
    op.create_table('teammate_message',
    *key('teammate_message'),
    sa.Column('post_id', number(), nullable=False),
    sa.Column('sender_id', number(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sent_at', moment(), nullable=False),
    refer('teammate_message', 'post_id', 'teammate_post.id'),
    refer('teammate_message', 'sender_id', 'user_account.id', 'SET NULL')
    )
    op.create_index(op.f('ix_teammate_message_post_id'), 'teammate_message', ['post_id'])
    op.create_index(op.f('ix_teammate_message_sender_id'), 'teammate_message', ['sender_id'])


def _likeness() -> None:
    op.create_table('likeness_sketch',
    sa.Column('version_id', number(), autoincrement=False, nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('fingerprints', sa.Text(), nullable=False),
    refer('likeness_sketch', 'version_id', 'submission_version.id'),
    sa.PrimaryKeyConstraint('version_id', name=op.f('pk_likeness_sketch'))
    )
    op.create_table('likeness_run',
    sa.Column('round_id', number(), autoincrement=False, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_at', moment(), nullable=False),
    sa.Column('done_at', moment(), nullable=True),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.CheckConstraint("state in ('waiting','done')", name=op.f('ck_likeness_run_state')),
    refer('likeness_run', 'round_id', 'round.id'),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_likeness_run'))
    )
    op.create_table('likeness_pair',
    *key('likeness_pair'),
    sa.Column('round_id', number(), nullable=False),
    sa.Column('version_id', number(), nullable=False),
    sa.Column('other_id', number(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.Column('common', sa.Integer(), nullable=False),
    sa.Column('same_team', sa.Boolean(), nullable=False),
    sa.Column('marks', sa.Text(), nullable=False),
    sa.Column('found_at', moment(), nullable=False),
    refer('likeness_pair', 'round_id', 'round.id'),
    refer('likeness_pair', 'version_id', 'submission_version.id'),
    refer('likeness_pair', 'other_id', 'submission_version.id'),
    sa.UniqueConstraint('round_id', 'version_id', 'other_id', name=op.f('uq_likeness_pair_round_id_version_id_other_id'))
    )
    op.create_index('ix_likeness_pair_order', 'likeness_pair', ['round_id', 'share', 'id'])
    op.create_index(op.f('ix_likeness_pair_version_id'), 'likeness_pair', ['version_id'])
    op.create_index(op.f('ix_likeness_pair_other_id'), 'likeness_pair', ['other_id'])


def downgrade() -> None:
    for table in (
        *('gallery_entry', 'likeness_pair', 'likeness_run', 'likeness_sketch', 'teammate_message'),
        *('teammate_post', 'resource_opening', 'resource', 'terms_acceptance', 'resource_terms'),
        'panel_judge_theme',
    ):
        op.drop_table(table)
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('teammates')
    for table, index in THEMED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            if index:
                batch_op.drop_index(op.f(index))
            batch_op.drop_constraint(op.f(f'fk_{table}_theme_id'), type_='foreignkey')
            batch_op.drop_column('theme_id')
    op.drop_table('theme')
