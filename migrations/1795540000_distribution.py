"""Dispatches and their answers.

Revision ID: 1795540000
Revises: 1795535000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import challenge.base.db

revision = "1795540000"
down_revision = "1795535000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
INSTANT = challenge.base.db.UtcDateTime
TABLES = (
    'recipient',
    'contact_list',
    'contact',
    'sending',
    'posting',
    'care',
    'dispatch',
    'share_link',
    'dispatch_attempt',
    'docking_pair',
    'docking',
)


def upgrade() -> None:
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unsubscribe', sa.Text(), nullable=True))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quiet_days', sa.Integer(), nullable=False, server_default='14'))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('quiet_days', existing_type=sa.Integer(), server_default=None)
    _contacts()
    _dispatches()
    _dockings()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('quiet_days')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_column('unsubscribe')


def _contacts() -> None:
    op.create_table('recipient',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('locale', sa.Text(), nullable=True),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('elsewhere', sa.JSON(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('unsubscribed_at', INSTANT(), nullable=True),
    sa.Column('failed_at', INSTANT(), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint('most between 0 and 31', name=op.f('ck_recipient_most')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_recipient_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('address', name=op.f('uq_recipient_address')),
    sa.UniqueConstraint('ref', name=op.f('uq_recipient_ref'))
    )
    op.create_index(op.f('ix_recipient_user_id'), 'recipient', ['user_id'])
    op.create_table('contact_list',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('programme_id', KEY, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('consent', sa.Text(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_contact_list_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_contact_list_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_list')),
    sa.UniqueConstraint('ref', name=op.f('uq_contact_list_ref'))
    )
    op.create_index(op.f('ix_contact_list_programme_id'), 'contact_list', ['programme_id'])
    op.create_table('contact',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('list_id', KEY, nullable=False),
    sa.Column('recipient_id', KEY, nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['list_id'], ['contact_list.id'], name=op.f('fk_contact_list_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_contact_recipient_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('list_id', 'recipient_id', name=op.f('uq_contact_list_id_recipient_id'))
    )
    op.create_index(op.f('ix_contact_recipient_id'), 'contact', ['recipient_id'])


def _dispatches() -> None:
    op.create_table('sending',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('round_id', KEY, nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('again', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint("origin in ('chosen','share','forward')", name=op.f('ck_sending_origin')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_sending_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sending_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sending')),
    sa.UniqueConstraint('ref', name=op.f('uq_sending_ref'))
    )
    op.create_index(op.f('ix_sending_round_id'), 'sending', ['round_id'])
    op.create_table('posting',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('sending_id', KEY, nullable=False),
    sa.Column('recipient_id', KEY, nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('expires_at', INSTANT(), nullable=False),
    sa.Column('sent_at', INSTANT(), nullable=True),
    sa.Column('held', sa.Text(), nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_posting_recipient_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sending_id'], ['sending.id'], name=op.f('fk_posting_sending_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting')),
    sa.UniqueConstraint('ref', name=op.f('uq_posting_ref')),
    sa.UniqueConstraint('sending_id', 'recipient_id', 'channel', name=op.f('uq_posting_sending_id_recipient_id_channel'))
    )
    op.create_index(op.f('ix_posting_recipient_id_created_at'), 'posting', ['recipient_id', 'created_at'])
    op.create_table('care',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('broker_id', KEY, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('offered_by', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('moved_at', INSTANT(), nullable=False),
    sa.CheckConstraint("(state in ('refused','passed_on')) <= (reason IS NOT NULL)", name=op.f('ck_care_reason')),
    sa.CheckConstraint("state in ('claimed','offered','passed_on','refused')", name=op.f('ck_care_state')),
    sa.ForeignKeyConstraint(['broker_id'], ['user_account.id'], name=op.f('fk_care_broker_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offered_by'], ['user_account.id'], name=op.f('fk_care_offered_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_care_requirement_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_care')),
    sa.UniqueConstraint('ref', name=op.f('uq_care_ref'))
    )
    op.create_index(op.f('ix_care_broker_id'), 'care', ['broker_id'])
    op.create_index(op.f('uq_care_claimed'), 'care', ['requirement_id'], unique=True, sqlite_where=sa.text("state = 'claimed'"), postgresql_where=sa.text("state = 'claimed'"))
    op.create_index(op.f('uq_care_offered'), 'care', ['requirement_id', 'broker_id'], unique=True, sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
    op.create_table('dispatch',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('recipient_id', KEY, nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('parent_id', KEY, nullable=True),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('expires_at', INSTANT(), nullable=False),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('sent_at', INSTANT(), nullable=True),
    sa.Column('opened_at', INSTANT(), nullable=True),
    sa.Column('answered_at', INSTANT(), nullable=True),
    sa.Column('moved_at', INSTANT(), nullable=False),
    sa.CheckConstraint("(state = 'declined') <= (reason IS NOT NULL)", name=op.f('ck_dispatch_reason')),
    sa.CheckConstraint("origin in ('chosen','share','forward')", name=op.f('ck_dispatch_origin')),
    sa.CheckConstraint("state in ('declined','expired','forwarded','interested','opened','queued','sent')", name=op.f('ck_dispatch_state')),
    sa.ForeignKeyConstraint(['parent_id'], ['dispatch.id'], name=op.f('fk_dispatch_parent_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_dispatch_recipient_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_dispatch_requirement_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispatch')),
    sa.UniqueConstraint('ref', name=op.f('uq_dispatch_ref')),
    sa.UniqueConstraint('requirement_id', 'recipient_id', 'channel', name=op.f('uq_dispatch_requirement_id_recipient_id_channel'))
    )
    op.create_index(op.f('ix_dispatch_expiry'), 'dispatch', ['state', 'expires_at'])
    op.create_index(op.f('ix_dispatch_recipient_id'), 'dispatch', ['recipient_id'])
    op.create_table('share_link',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('qr', sa.Text(), nullable=True),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_share_link_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_share_link_requirement_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_share_link')),
    sa.UniqueConstraint('ref', name=op.f('uq_share_link_ref')),
    sa.UniqueConstraint('requirement_id', name=op.f('uq_share_link_requirement_id'))
    )
    op.create_table('dispatch_attempt',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('dispatch_id', KEY, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('posting_id', KEY, nullable=False),
    sa.ForeignKeyConstraint(['dispatch_id'], ['dispatch.id'], name=op.f('fk_dispatch_attempt_dispatch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_dispatch_attempt_posting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispatch_attempt')),
    sa.UniqueConstraint('dispatch_id', 'number', name=op.f('uq_dispatch_attempt_dispatch_id_number'))
    )
    op.create_index(op.f('ix_dispatch_attempt_posting_id'), 'dispatch_attempt', ['posting_id'])


def _dockings() -> None:
    op.create_table('docking_pair',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('requirement_id', KEY, nullable=False),
    sa.Column('user_id', KEY, nullable=True),
    sa.Column('organization_id', KEY, nullable=True),
    sa.Column('recipient_id', KEY, nullable=True),
    sa.Column('submission_id', KEY, nullable=True),
    sa.Column('names_seeker', sa.Boolean(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.CheckConstraint('(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organization_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN recipient_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_docking_pair_candidate')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_docking_pair_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organization_id'], ['organization.id'], name=op.f('fk_docking_pair_organization_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_docking_pair_recipient_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_docking_pair_requirement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_docking_pair_submission_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_docking_pair_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_docking_pair')),
    sa.UniqueConstraint('ref', name=op.f('uq_docking_pair_ref')),
    sa.UniqueConstraint('requirement_id', 'organization_id', name=op.f('uq_docking_pair_requirement_id_organization_id')),
    sa.UniqueConstraint('requirement_id', 'recipient_id', name=op.f('uq_docking_pair_requirement_id_recipient_id')),
    sa.UniqueConstraint('requirement_id', 'user_id', name=op.f('uq_docking_pair_requirement_id_user_id'))
    )
    op.create_index(op.f('ix_docking_pair_organization_id'), 'docking_pair', ['organization_id'])
    op.create_index(op.f('ix_docking_pair_recipient_id'), 'docking_pair', ['recipient_id'])
    op.create_index(op.f('ix_docking_pair_submission_id'), 'docking_pair', ['submission_id'])
    op.create_index(op.f('ix_docking_pair_user_id'), 'docking_pair', ['user_id'])
    op.create_table('docking',
    sa.Column('id', KEY, autoincrement=True, nullable=False),
    sa.Column('ref', sa.String(length=12), nullable=False),
    sa.Column('pair_id', KEY, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('starts_at', INSTANT(), nullable=False),
    sa.Column('ends_at', INSTANT(), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('nda', sa.Boolean(), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('seeker_verdict', sa.Text(), nullable=True),
    sa.Column('candidate_verdict', sa.Text(), nullable=True),
    sa.Column('blocker', sa.Text(), nullable=False),
    sa.Column('next_action', sa.Text(), nullable=False),
    sa.Column('next_at', INSTANT(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('author_id', KEY, nullable=True),
    sa.Column('created_at', INSTANT(), nullable=False),
    sa.Column('settled_at', INSTANT(), nullable=True),
    sa.Column('moved_at', INSTANT(), nullable=False),
    sa.CheckConstraint("(state = 'cancelled') <= (reason IS NOT NULL)", name=op.f('ck_docking_reason')),
    sa.CheckConstraint("candidate_verdict in ('promising','not_yet','no')", name=op.f('ck_docking_candidate_verdict')),
    sa.CheckConstraint("channel in ('on_site','video','phone','mail','visit')", name=op.f('ck_docking_channel')),
    sa.CheckConstraint("seeker_verdict in ('promising','not_yet','no')", name=op.f('ck_docking_seeker_verdict')),
    sa.CheckConstraint("state in ('cancelled','held','no_show','planned')", name=op.f('ck_docking_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_docking_times')),
    sa.CheckConstraint('length(notes) <= 2000', name=op.f('ck_docking_notes')),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_docking_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['pair_id'], ['docking_pair.id'], name=op.f('fk_docking_pair_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_docking')),
    sa.UniqueConstraint('pair_id', 'number', name=op.f('uq_docking_pair_id_number')),
    sa.UniqueConstraint('ref', name=op.f('uq_docking_ref'))
    )
