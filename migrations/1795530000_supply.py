"""Achievements and experts, and the search index.

What judges said they know about (judge_profile, judge_document) becomes the profile of an expert: one place.

Revision ID: 1795530000
Revises: 1795520000
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795530000"
down_revision = "1795520000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
NEW = ('achievement', 'achievement_opening', 'expert', 'expert_document', 'supply_book', 'search_entry',
       'saved_search', 'follow')
VECTOR = ("(setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', body_words), 'B')"
          " || setweight(to_tsvector('simple', codes), 'C'))")
WORDS = 'title_words, body_words, codes'
OLD = "INSERT INTO search_words(search_words, rowid, {0}) VALUES ('delete', old.id, old.title_words, old.body_words, old.codes);"
FRESH = 'INSERT INTO search_words(rowid, {0}) VALUES (new.id, new.title_words, new.body_words, new.codes);'
TRIGGERS = (
    ('insert', 'AFTER INSERT ON', FRESH),
    ('delete', 'AFTER DELETE ON', OLD),
    ('update', f'AFTER UPDATE OF {WORDS} ON', OLD + ' ' + FRESH),
)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == 'sqlite'


def upgrade() -> None:
    for make in (_achievements, _experts, _books, _search):
        make()
    _index()
    _take_over()


def _achievements() -> None:
    op.create_table('achievement',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('organization_id', KEY, nullable=True),
    sa.Column('person_id', KEY, nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('title_zh', sa.Text(), nullable=True),
    sa.Column('title_en', sa.Text(), nullable=True),
    sa.Column('summary_zh', sa.Text(), nullable=True),
    sa.Column('summary_en', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=True),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('trl', sa.Integer(), nullable=True),
    sa.Column('ip_status', sa.Text(), nullable=True),
    sa.Column('modes', sa.JSON(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.Column('published_at', INSTANT(), nullable=True),
    sa.Column('confirmed_at', INSTANT(), nullable=False),
    sa.CheckConstraint("field in ('electronics','biomedicine','aerospace','materials','services','energy','environment','manufacturing','agrifood')", name=op.f('ck_achievement_field')),
    sa.CheckConstraint("ip_status in ('patent_granted','patent_pending','know_how','software','variety','other','none')", name=op.f('ck_achievement_ip_status')),
    sa.CheckConstraint("state <> 'published' OR title_zh IS NOT NULL OR title_en IS NOT NULL", name=op.f('ck_achievement_title')),
    sa.CheckConstraint("state in ('draft','published','retired')", name=op.f('ck_achievement_state')),
    sa.CheckConstraint('(organization_id IS NULL) <> (person_id IS NULL)', name=op.f('ck_achievement_owner')),
    sa.CheckConstraint('price_minor IS NULL OR price_minor >= 0', name=op.f('ck_achievement_price')),
    sa.CheckConstraint('trl IS NULL OR trl BETWEEN 1 AND 9', name=op.f('ck_achievement_trl')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_achievement_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_achievement_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['user_account.id'], name=op.f('fk_achievement_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_achievement')),
    sa.UniqueConstraint('ref', name=op.f('uq_achievement_ref'))
    )
    op.create_index(op.f('ix_achievement_organization_id'), 'achievement', ['organization_id'], unique=False)
    op.create_index(op.f('ix_achievement_person_id'), 'achievement', ['person_id'], unique=False)
    op.create_index(op.f('ix_achievement_state_confirmed_at'), 'achievement', ['state', 'confirmed_at'], unique=False)
    op.create_index(op.f('ix_achievement_state_id'), 'achievement', ['state', 'id'], unique=False)
    op.create_table('achievement_opening',
    sa.Column('achievement_id', KEY, nullable=False),
    sa.Column('email', sa.String(length=255), nullable=False),
    sa.Column('opened_by', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['achievement_id'], ['achievement.id'], name=op.f('fk_achievement_opening_achievement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['opened_by'], ['user_account.id'], name=op.f('fk_achievement_opening_opened_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('achievement_id', 'email', name=op.f('pk_achievement_opening'))
    )


def _experts() -> None:
    op.create_table('expert',
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('field', sa.Text(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('about_zh', sa.Text(), nullable=True),
    sa.Column('about_en', sa.Text(), nullable=True),
    sa.Column('availability', sa.Text(), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('matched', sa.Boolean(), nullable=False),
    sa.Column('mailed', sa.Boolean(), nullable=False),
    sa.Column('weekly_letters', sa.Integer(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.Column('confirmed_at', INSTANT(), nullable=False),
    sa.CheckConstraint("availability in ('open','limited','none')", name=op.f('ck_expert_availability')),
    sa.CheckConstraint("field in ('electronics','biomedicine','aerospace','materials','services','energy','environment','manufacturing','agrifood')", name=op.f('ck_expert_field')),
    sa.CheckConstraint('weekly_letters BETWEEN 0 AND 50', name=op.f('ck_expert_weekly_letters')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_expert_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_expert')),
    sa.UniqueConstraint('ref', name=op.f('uq_expert_ref'))
    )
    op.create_index(op.f('ix_expert_listed_user_id'), 'expert', ['listed', 'user_id'], unique=False)
    op.create_table('expert_document',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('doi', sa.Text(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('venue', sa.Text(), nullable=False),
    sa.Column('known_by', sa.Text(), nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("kind in ('text','publication')", name=op.f('ck_expert_document_kind')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_expert_document_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_document')),
    sa.UniqueConstraint('ref', name=op.f('uq_expert_document_ref')),
    sa.UniqueConstraint('user_id', 'kind', 'known_by', name=op.f('uq_expert_document_user_id_kind_known_by'))
    )
    op.create_index(op.f('ix_expert_document_user_id_id'), 'expert_document', ['user_id', 'id'], unique=False)


def _books() -> None:
    op.create_table('supply_book',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('organization_id', KEY, nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('only_valid', sa.Boolean(), nullable=False),
    sa.Column('update_known', sa.Boolean(), nullable=False),
    sa.Column('publish', sa.Boolean(), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('known', sa.JSON(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("kind in ('template','achievements')", name=op.f('ck_supply_book_kind')),
    sa.CheckConstraint("state in ('coming','done','refused')", name=op.f('ck_supply_book_state')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_supply_book_author_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_supply_book_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_supply_book_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supply_book')),
    sa.UniqueConstraint('ref', name=op.f('uq_supply_book_ref'))
    )
    op.create_index(op.f('ix_supply_book_author_id_id'), 'supply_book', ['author_id', 'id'], unique=False)
    op.create_index(op.f('ix_supply_book_organization_id'), 'supply_book', ['organization_id'], unique=False)
    op.create_index(op.f('ix_supply_book_sha256'), 'supply_book', ['sha256'], unique=False)


def _search() -> None:
    op.create_table('search_entry',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('thing_id', sa.BigInteger(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('title_zh', sa.Text(), nullable=True),
    sa.Column('title_en', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('owner_zh', sa.Text(), nullable=True),
    sa.Column('owner_en', sa.Text(), nullable=True),
    sa.Column('field', sa.Text(), nullable=True),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=True),
    sa.Column('trl', sa.Integer(), nullable=True),
    sa.Column('low_minor', sa.BigInteger(), nullable=True),
    sa.Column('high_minor', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('at', INSTANT(), nullable=False),
    sa.Column('changed_at', INSTANT(), nullable=False),
    sa.Column('title_words', sa.Text(), nullable=False),
    sa.Column('body_words', sa.Text(), nullable=False),
    sa.Column('codes', sa.Text(), nullable=False),
    sa.CheckConstraint("kind in ('round','requirement','achievement','expert')", name=op.f('ck_search_entry_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entry')),
    sa.UniqueConstraint('kind', 'thing_id', name=op.f('uq_search_entry_kind_thing_id'))
    )
    op.create_index(op.f('ix_search_entry_changed_at'), 'search_entry', ['changed_at'], unique=False)
    op.create_index(op.f('ix_search_entry_group_id_id'), 'search_entry', ['group_id', 'id'], unique=False)
    op.create_table('saved_search',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('letters', sa.Boolean(), nullable=False),
    sa.Column('seen_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_saved_search_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('ref', name=op.f('uq_saved_search_ref')),
    sa.UniqueConstraint('user_id', 'query', name=op.f('uq_saved_search_user_id_query'))
    )
    op.create_table('follow',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('user_id', KEY, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('thing_id', sa.BigInteger(), nullable=False),
    sa.Column('letters', sa.Boolean(), nullable=False),
    sa.Column('seen_at', INSTANT(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("kind in ('round','requirement','achievement','expert')", name=op.f('ck_follow_kind')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_follow_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow')),
    sa.UniqueConstraint('user_id', 'kind', 'thing_id', name=op.f('uq_follow_user_id_kind_thing_id'))
    )
    op.create_index(op.f('ix_follow_kind_thing_id'), 'follow', ['kind', 'thing_id'], unique=False)


def _index() -> None:
    """What is searched: the triggers keep the FTS5 table whoever writes a row."""
    if not _sqlite():
        op.execute(f'CREATE INDEX ix_search_entry_vector ON search_entry USING gin ({VECTOR})')
        return
    op.execute(
        f"CREATE VIRTUAL TABLE search_words USING fts5({WORDS}, content='search_entry', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 0')"
    )
    for name, when, what in TRIGGERS:
        op.execute(f'CREATE TRIGGER search_words_{name} {when} search_entry BEGIN {what.format(WORDS)} END')


def _take_over() -> None:
    op.execute(
        'INSERT INTO expert_document (id, ref, user_id, kind, title, text, venue, created_at)'
        " SELECT id, ref, user_id, 'text', title, text, '', created_at FROM judge_document"
    )
    if not _sqlite():
        op.execute("SELECT setval(pg_get_serial_sequence('expert_document', 'id'),"
                   ' (SELECT coalesce(max(id), 0) + 1 FROM expert_document), false)')
    op.execute(
        'INSERT INTO expert (user_id, ref, keywords, languages, availability, listed, matched, mailed,'
        ' weekly_letters, updated_at, confirmed_at)'
        " SELECT user_id, 'e' || user_id, keywords, languages, 'open', false, false, false, 1, updated_at,"
        ' updated_at FROM judge_profile'
    )
    refs = [
        {'person': person, 'made': ''.join(secrets.choice('23456789abcdefghijkmnpqrstuvwxyz') for _ in range(12))}
        for (person,) in op.get_bind().execute(sa.text('SELECT user_id FROM expert')).all()
    ]
    if refs:
        op.get_bind().execute(sa.text('UPDATE expert SET ref = :made WHERE user_id = :person'), refs)
    op.drop_table('judge_document')
    op.drop_table('judge_profile')


def downgrade() -> None:
    # Publications, consents and everything about achievements have no column in the older tables.
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
    op.execute('INSERT INTO judge_profile (user_id, keywords, languages, updated_at)'
               ' SELECT user_id, keywords, languages, updated_at FROM expert')
    op.execute('INSERT INTO judge_document (id, ref, user_id, title, text, created_at)'
               " SELECT id, ref, user_id, title, text, created_at FROM expert_document WHERE kind = 'text'")
    if _sqlite():
        op.execute('DROP TABLE search_words')
    else:
        op.execute("SELECT setval(pg_get_serial_sequence('judge_document', 'id'),"
                   ' (SELECT coalesce(max(id), 0) + 1 FROM judge_document), false)')
    for name in reversed(NEW):
        op.drop_table(name)
