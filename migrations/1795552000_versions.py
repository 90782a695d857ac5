"""Versions of a published need, and what a change makes an organizer decide.

Revision ID: 1795552000
Revises: 1795551000
"""

from __future__ import annotations

import datetime as dt
import hashlib

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795552000"
down_revision = "1795551000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
OPEN = "state in ('draft','submitted','returned')"
EVER_PUBLIC = ('published', 'selected', 'agreed', 'delivered', 'failed')
TEXTS = (
    *('title_zh', 'title_en', 'summary_zh', 'summary_en', 'problem_zh', 'problem_en', 'goals', 'field', 'industry'),
    *('region', 'ip_wish', 'partners', 'currency'),
)
AS_THEY_ARE = ('keywords', 'modes', 'budget_min_minor', 'budget_max_minor', 'anonymous')
ROW = ('name_zh', 'name_en', 'unit', 'comparison', 'target', 'level')
BATCH = 500


def _column(name: str) -> sa.ColumnClause:
    kinds = {
        'id': KEY, 'requirement_id': KEY, 'author_id': KEY, 'keywords': sa.JSON(), 'modes': sa.JSON(), 'content': sa.JSON(),
        'reasons': sa.JSON(), 'question_ids': sa.JSON(), 'budget_min_minor': sa.BigInteger(),
        'budget_max_minor': sa.BigInteger(), 'anonymous': sa.Boolean(), 'material': sa.Boolean(), 'version': sa.Integer(),
        'number': sa.Integer(), 'position': sa.Integer(), 'starts_on': sa.Date(), 'ends_on': sa.Date(),
        **dict.fromkeys(('closes_at', 'created_at', 'published_at'), INSTANT()),
    }
    return sa.column(name, kinds.get(name, sa.Text()))


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(_column(each) for each in columns))


REQUIREMENT = _table(
    'requirement', 'id', 'ref', 'author_id', 'state', 'version', 'confidential_part', 'created_at', 'published_at',
    'closes_at', 'starts_on', 'ends_on', *TEXTS, *AS_THEY_ARE,
)
INDICATOR = _table('indicator', 'requirement_id', 'position', *ROW)
VERSION = _table(
    'requirement_version', 'requirement_id', 'number', 'content', 'confidential', 'confidential_digest', 'side',
    'author_id', 'note', 'material', 'reasons', 'editorial', 'close_reason', 'question_ids', 'created_at',
)


def upgrade() -> None:
    _versions()
    _changes()
    op.create_table(
        'answer_correction',
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('question_id', KEY, nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('answered_at', INSTANT(), nullable=False),
        sa.Column('answered_by', KEY, nullable=True),
        sa.Column('answered_version', sa.Integer(), nullable=True),
        sa.Column('created_at', INSTANT(), nullable=False),
        _person('answer_correction', 'answered_by'),
        sa.ForeignKeyConstraint(
            ['question_id'], ['question.id'], name='fk_answer_correction_question_id_question', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_answer_correction'),
    )
    op.create_index('ix_answer_correction_question_id', 'answer_correction', ['question_id'])
    for table, columns in (
        ('question', ('asked_version', 'answered_version')),
        ('submission', ('requirement_version', 'requirement_seen')),
    ):
        for name in columns:
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
    op.add_column('question', sa.Column('corrected_at', INSTANT(), nullable=True))
    op.execute('''
        UPDATE submission SET requirement_version =
            (SELECT version FROM requirement WHERE requirement.id = requirement_id)
        WHERE requirement_id IS NOT NULL
    ''')
    op.execute('''
        UPDATE question SET asked_version =
            (SELECT version FROM requirement WHERE requirement.id = requirement_id)
        WHERE requirement_id IS NOT NULL
    ''')
    op.execute('UPDATE question SET answered_version = asked_version WHERE answered_at IS NOT NULL')
    _fill()


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_{column}_user_account'
    return sa.ForeignKeyConstraint([column], ['user_account.id'], name=name, ondelete='SET NULL')


def _of_requirement(table: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_requirement_id_requirement'
    return sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=name, ondelete='CASCADE')


def _versions() -> None:
    table = 'requirement_version'
    op.create_table(
        table,
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('requirement_id', KEY, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('confidential', sa.Text(), nullable=False),
        sa.Column('confidential_digest', sa.Text(), nullable=False),
        sa.Column('side', sa.Text(), nullable=False),
        sa.Column('author_id', KEY, nullable=True),
        sa.Column('publisher_id', KEY, nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('material', sa.Boolean(), nullable=False),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('editorial', sa.Text(), nullable=False),
        sa.Column('close', sa.Text(), nullable=True),
        sa.Column('close_reason', sa.Text(), nullable=False),
        sa.Column('close_before', INSTANT(), nullable=True),
        sa.Column('close_after', INSTANT(), nullable=True),
        sa.Column('question_ids', sa.JSON(), nullable=False),
        sa.Column('created_at', INSTANT(), nullable=False),
        sa.CheckConstraint("side in ('seeker','organizer')", name='ck_requirement_version_side'),
        sa.CheckConstraint("close is null or close in ('keep','need','round')", name='ck_requirement_version_close'),
        sa.CheckConstraint(
            "NOT material OR (close IS NOT NULL AND close_reason <> '')", name='ck_requirement_version_decided'
        ),
        _person(table, 'author_id'),
        _person(table, 'publisher_id'),
        _of_requirement(table),
        sa.PrimaryKeyConstraint('id', name='pk_requirement_version'),
        sa.UniqueConstraint('requirement_id', 'number', name='uq_requirement_version_requirement_id_number'),
    )


def _changes() -> None:
    table = 'requirement_change'
    op.create_table(
        table,
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.Column('ref', sa.String(12), nullable=False),
        sa.Column('requirement_id', KEY, nullable=False),
        sa.Column('side', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('base', sa.Integer(), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('closed', sa.JSON(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('question_ids', sa.JSON(), nullable=False),
        sa.Column('reasons', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=True),
        sa.Column('author_id', KEY, nullable=True),
        sa.Column('decided_by', KEY, nullable=True),
        sa.Column('created_at', INSTANT(), nullable=False),
        sa.Column('updated_at', INSTANT(), nullable=False),
        sa.CheckConstraint("side in ('seeker','organizer')", name='ck_requirement_change_side'),
        sa.CheckConstraint(
            "state in ('draft','submitted','returned','published','withdrawn')", name='ck_requirement_change_state'
        ),
        sa.CheckConstraint("state <> 'returned' OR reasons IS NOT NULL", name='ck_requirement_change_reasons'),
        _person(table, 'author_id'),
        _person(table, 'decided_by'),
        _of_requirement(table),
        sa.PrimaryKeyConstraint('id', name='pk_requirement_change'),
        sa.UniqueConstraint('ref', name='uq_requirement_change_ref'),
    )
    op.create_index('ix_requirement_change_requirement_id', table, ['requirement_id'])
    op.create_index(
        'uq_requirement_change_open', table, ['requirement_id', 'side'],
        unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
    )


def _fill() -> None:
    """What was published before stands as the version that it is, by its author, without a note."""
    connection = op.get_bind()
    public = sa.or_(REQUIREMENT.c.state.in_(EVER_PUBLIC), REQUIREMENT.c.published_at.is_not(None))
    last = 0
    while True:
        query = sa.select(REQUIREMENT).where(public, REQUIREMENT.c.id > last).order_by(REQUIREMENT.c.id).limit(BATCH)
        found = connection.execute(query).mappings().all()
        if not found:
            return
        last = found[-1]['id']
        rows = {each['id']: [] for each in found}
        lines = sa.select(INDICATOR).where(INDICATOR.c.requirement_id.in_(rows))
        for line in connection.execute(lines.order_by(INDICATOR.c.position)).mappings():
            rows[line['requirement_id']].append({key: line[key] or '' for key in ROW})
        connection.execute(sa.insert(VERSION), [_version(each, rows[each['id']]) for each in found])


def _version(row: sa.RowMapping, lines: list[dict[str, str]]) -> dict[str, object]:
    at = row['closes_at']
    content = {
        **{name: row[name] or '' for name in TEXTS},
        **{name: row[name] for name in AS_THEY_ARE},
        **{name: row[name].isoformat() if row[name] else None for name in ('starts_on', 'ends_on')},
        'closes_at': at.astimezone(dt.UTC).isoformat() if at else None,
        'indicators': lines,
    }
    secret = row['confidential_part'] or ''
    return {
        'requirement_id': row['id'], 'number': row['version'], 'content': content, 'confidential': secret,
        'confidential_digest': hashlib.sha256(f'{row["ref"]}\n{secret}'.encode()).hexdigest(),
        'side': 'seeker', 'author_id': row['author_id'], 'note': '', 'material': False, 'reasons': [], 'editorial': '',
        'close_reason': '', 'question_ids': [], 'created_at': row['published_at'] or row['created_at'],
    }


def downgrade() -> None:
    for table, columns in (
        ('submission', ('requirement_version', 'requirement_seen')),
        ('question', ('asked_version', 'answered_version', 'corrected_at')),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in columns:
                batch_op.drop_column(name)
    for table in ('answer_correction', 'requirement_change', 'requirement_version'):
        op.drop_table(table)
