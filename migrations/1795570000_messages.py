"""Letters as messages of their readers, and how these wish to have them.

Revision ID: 1795570000
Revises: 1795574000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795570000"
down_revision = "1795574000"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
WAITING = "way IN ('daily','weekly') AND digested_at IS NULL"
WAYS = "way in ('mail','daily','weekly','inbox')"
KINDS = (
    "kind in ('news','questions','organizing','judging','teammates','outreach','services','outcome')"
)


def upgrade() -> None:
    op.create_table(
        'letter_wish',
        sa.Column('id', NUMBER, autoincrement=True, nullable=False),
        sa.Column('user_id', NUMBER, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('way', sa.Text(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f('ck_letter_wish_kind')),
        sa.CheckConstraint(WAYS, name=op.f('ck_letter_wish_way')),
        sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_letter_wish_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_wish')),
        sa.UniqueConstraint('user_id', 'kind', name=op.f('uq_letter_wish_user_id_kind')),
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unread', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('user_id', NUMBER, nullable=True))
        batch_op.add_column(sa.Column('way', sa.Text(), server_default='mail', nullable=False))
        batch_op.add_column(sa.Column('content', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('href', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('label', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('read_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('digested_at', UtcDateTime(), nullable=True))
        batch_op.create_check_constraint(op.f('ck_letter_way'), WAYS)
        batch_op.create_foreign_key(
            op.f('fk_letter_user_id'), 'user_account', ['user_id'], ['id'], ondelete='SET NULL'
        )
        batch_op.create_index(batch_op.f('ix_letter_user_id_id'), ['user_id', 'id'], unique=False)
        batch_op.create_index(
            'ix_letter_waiting',
            ['user_id', 'created_at'],
            unique=False,
            sqlite_where=sa.text(WAITING),
            postgresql_where=sa.text(WAITING),
        )


def downgrade() -> None:
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index('ix_letter_waiting')
        batch_op.drop_index(batch_op.f('ix_letter_user_id_id'))
        batch_op.drop_constraint(op.f('fk_letter_user_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_letter_way'), type_='check')
        for name in ('digested_at', 'read_at', 'label', 'href', 'content', 'way', 'user_id'):
            batch_op.drop_column(name)
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_column('unread')
    op.drop_table('letter_wish')
