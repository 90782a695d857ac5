"""Every extension of a submission keeps its own reason: a later one is a row more.

Revision ID: 1795485000
Revises: 1795480000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795485000"
down_revision = "1795480000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('submission_extension',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('before_at', challenge.base.db.UtcDateTime(), nullable=True),
    sa.Column('until_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', challenge.base.db.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_submission_extension_author_id_user_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_submission_extension_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_extension')),
    )
    op.create_index(op.f('ix_submission_extension_submission_id'), 'submission_extension', ['submission_id'], unique=False)
    # Of what was given before, the last is known; its author stands in the audit trail.
    op.execute(
        "INSERT INTO submission_extension (submission_id, until_at, reason, created_at)"
        " SELECT id, extended_to, COALESCE(extension_reason, ''), COALESCE(extended_at, extended_to)"
        " FROM submission WHERE extended_to IS NOT NULL ORDER BY id"
    )


def downgrade() -> None:
    # The one in force stands in the row of its submission too.
    op.drop_table('submission_extension')
