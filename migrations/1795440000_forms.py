"""Forms of rounds' own.

Revision ID: 1795440000
Revises: 1795430000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795440000"
down_revision = "1795430000"
branch_labels = None
depends_on = None


OLD = ("summary", "proposal", "schedule")
submission = sa.table(
    "submission",
    sa.column("id", sa.BigInteger),
    sa.column("title", sa.Text),
    sa.column("values", sa.JSON),
    sa.column("answers", sa.JSON),
    sa.column("trl_now", sa.Integer),
    sa.column("trl_delivery", sa.Integer),
    sa.column("quote_minor", sa.BigInteger),
    sa.column("original", sa.Boolean),
    *(sa.column(name, sa.Text) for name in OLD),
)
BATCH = 500


def upgrade() -> None:
    op.create_table('submission_form',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('spec', sa.JSON(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_submission_form_author_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_submission_form_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_form')),
    sa.UniqueConstraint('round_id', 'version', name=op.f('uq_submission_form_round_id_version'))
    )
    op.create_table('submission_form_draft',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=False),
    sa.Column('spec', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('updated_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_submission_form_draft_author_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_submission_form_draft_round_id_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_form_draft')),
    sa.UniqueConstraint('round_id', name=op.f('uq_submission_form_draft_round_id'))
    )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('values', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('marks', sa.JSON(), nullable=False, server_default='{}'))
    with op.batch_alter_table('submission_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hidden', sa.JSON(), nullable=False, server_default='{}'))
    for row in _rows():
        values = {name: getattr(row, name) for name in ("title", *OLD, "trl_now", "trl_delivery")}
        values |= {"quote": row.quote_minor, "original": 1 if row.original else 0, "indicators": row.answers}
        _set(row.id, values=values)
    with op.batch_alter_table('submission', schema=None) as batch_op:
        for name in (*OLD, "answers", "trl_now", "trl_delivery", "quote_minor", "original"):
            batch_op.drop_column(name)
        batch_op.alter_column('values', existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column('marks', existing_type=sa.JSON(), server_default=None)
    with op.batch_alter_table('submission_version', schema=None) as batch_op:
        batch_op.alter_column('hidden', existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('submission', schema=None) as batch_op:
        for name in OLD:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column('answers', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('trl_now', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('trl_delivery', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('quote_minor', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('original', sa.Boolean(), nullable=False, server_default=sa.false()))
    for row in _rows():
        values = row.values
        _set(
            row.id,
            **{name: values.get(name) or "" for name in OLD},
            **{name: values.get(name) for name in ("trl_now", "trl_delivery")},
            quote_minor=values.get("quote"),
            original=bool(values.get("original")),
            answers=values.get("indicators") or {},
        )
    with op.batch_alter_table('submission', schema=None) as batch_op:
        for name in (*OLD, "answers", "original"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column('marks')
        batch_op.drop_column('values')
    with op.batch_alter_table('submission_version', schema=None) as batch_op:
        batch_op.drop_column('hidden')
    op.drop_table('submission_form_draft')
    op.drop_table('submission_form')


def _rows():
    """Every submission, a batch at a time, by id."""
    last = 0
    while True:
        query = sa.select(submission).where(submission.c.id > last).order_by(submission.c.id).limit(BATCH)
        rows = op.get_bind().execute(query).all()
        yield from rows
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _set(key, **values) -> None:
    op.get_bind().execute(sa.update(submission).where(submission.c.id == key).values(**values))
