"""Branches, and what a seeker notes on offers.

Revision ID: 1795545000
Revises: 1795540000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795545000"
down_revision = "1795540000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
ROLES = "'organizer','manager','judge','auditor','representative','broker'"
INVITED = "'organizer','manager','judge','team','representative','broker','claim'"


def _roles(granted: str, invited: str) -> None:
    for table, roles in (('role_grant', granted), ('invitation', invited)):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f'ck_{table}_role'), type_='check')
            batch_op.create_check_constraint(op.f(f'ck_{table}_role'), f'role in ({roles})')


def upgrade() -> None:
    _roles(ROLES, INVITED)
    op.create_index(op.f('ix_organization_parent_id'), 'organization', ['parent_id'], unique=False)
    op.add_column('round', sa.Column('screening_steps', sa.Integer(), server_default='1', nullable=False))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('screening_steps', existing_type=sa.Integer(), server_default=None)
        batch_op.create_check_constraint(op.f('ck_round_screening_steps'), 'screening_steps in (1,2)')
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('branch_id', KEY, nullable=True))
        batch_op.add_column(sa.Column('branch_accepted_at', INSTANT(), nullable=True))
        batch_op.create_foreign_key(op.f('fk_requirement_branch_id_organization'), 'organization', ['branch_id'], ['id'], ondelete='SET NULL')
        batch_op.create_index(op.f('ix_requirement_branch_id'), ['branch_id'])
    op.create_table('offer_note',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('submission_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('updated_at', INSTANT(), nullable=False),
    sa.CheckConstraint("mark in ('','shortlist','maybe','out')", name=op.f('ck_offer_note_mark')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_offer_note_submission_id_submission'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_offer_note_author_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_note')),
    sa.UniqueConstraint('submission_id', 'author_id', name=op.f('uq_offer_note_submission_id_author_id')),
    )
    op.create_index(op.f('ix_offer_note_author_id'), 'offer_note', ['author_id'], unique=False)
    op.create_table('offer_book',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=True),
    sa.Column('offers', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('done_at', INSTANT(), nullable=True),
    sa.CheckConstraint("state in ('coming','done','refused')", name=op.f('ck_offer_book_state')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_offer_book_requirement_id_requirement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_offer_book_author_id_user_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], name=op.f('fk_offer_book_sha256_blob')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_book')),
    sa.UniqueConstraint('ref', name=op.f('uq_offer_book_ref')),
    )
    op.create_index(op.f('ix_offer_book_author_id'), 'offer_book', ['author_id'], unique=False)
    op.create_index(op.f('ix_offer_book_requirement_id_author_id'), 'offer_book', ['requirement_id', 'author_id'], unique=False)
    op.create_index(op.f('ix_offer_book_sha256'), 'offer_book', ['sha256'], unique=False)


def downgrade() -> None:
    op.drop_table('offer_book')
    op.drop_table('offer_note')
    with op.batch_alter_table('requirement', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_requirement_branch_id'))
        batch_op.drop_constraint(op.f('fk_requirement_branch_id_organization'), type_='foreignkey')
        batch_op.drop_column('branch_accepted_at')
        batch_op.drop_column('branch_id')
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_round_screening_steps'), type_='check')
        batch_op.drop_column('screening_steps')
    op.drop_index(op.f('ix_organization_parent_id'), table_name='organization')
    # The older tables know no managers of branches.
    op.execute("DELETE FROM role_grant WHERE role = 'manager'")
    op.execute("DELETE FROM invitation WHERE role = 'manager'")
    _roles(ROLES.replace("'manager',", ''), INVITED.replace("'manager',", ''))
