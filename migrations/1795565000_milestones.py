"""Milestones, payments and handovers.

Revision ID: 1795565000
Revises: 1795564000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795565000"
down_revision = "1795564000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
COMPARISONS = "'ge','gt','le','lt','eq','yes'"


def upgrade() -> None:
    _milestones()
    _deliveries()
    _payments()
    _ends()


def downgrade() -> None:
    for table in (
        'closing_report', 'handover_print', 'handover', 'payment_entry', 'agreement_payment',
        'delivery_result', 'delivery_file', 'delivery', 'milestone_criterion', 'milestone',
    ):
        op.drop_table(table)


def _id(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return (
        sa.Column('id', KEY, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    )


def _ref(table: str) -> tuple[sa.Column[str], sa.UniqueConstraint]:
    return sa.Column('ref', sa.String(length=12), nullable=False), sa.UniqueConstraint('ref', name=op.f(f'uq_{table}_ref'))


def _points(table: str, column: str, to: str, gone: str | None, key: str = 'id') -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{to}.{key}'], name=op.f(f'fk_{table}_{column}'), ondelete=gone)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f'ck_{table}_{name}'))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)


def _milestones() -> None:
    op.create_table(
        'milestone',
        *_id('milestone'),
        sa.Column('agreement_id', KEY, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        *_texts('title'),
        sa.Column('due_on', sa.Date(), nullable=True),
        *_texts('deliverables', 'state'),
        sa.Column('deliveries', sa.Integer(), nullable=False),
        sa.Column('delivered_at', UtcDateTime(), nullable=True),
        sa.Column('accepted_at', UtcDateTime(), nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        _check('milestone', 'state', "state in ('accepted','delivered','planned','returned')"),
        _check('milestone', 'accepted', "(state = 'accepted') = (accepted_at IS NOT NULL)"),
        _points('milestone', 'agreement_id', 'agreement', 'CASCADE'),
        sa.UniqueConstraint('agreement_id', 'position', name=op.f('uq_milestone_agreement_id_position')),
    )
    _index('milestone', 'state', 'due_on')
    op.create_table(
        'milestone_criterion',
        *_id('milestone_criterion'),
        sa.Column('milestone_id', KEY, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        *_texts('name', 'unit', 'comparison'),
        sa.Column('target', sa.Text(), nullable=True),
        *_texts('level'),
        _check('milestone_criterion', 'comparison', f'comparison in ({COMPARISONS})'),
        _check('milestone_criterion', 'level', "level in ('must','should')"),
        _points('milestone_criterion', 'milestone_id', 'milestone', 'CASCADE'),
        sa.UniqueConstraint('milestone_id', 'position', name=op.f('uq_milestone_criterion_milestone_id_position')),
    )


def _deliveries() -> None:
    op.create_table(
        'delivery',
        *_id('delivery'),
        *_ref('delivery'),
        sa.Column('milestone_id', KEY, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        *_texts('state', 'note', 'quantity', 'place'),
        sa.Column('delivered_by', KEY, nullable=True),
        sa.Column('delivered_at', UtcDateTime(), nullable=False),
        sa.Column('ruled_by', KEY, nullable=True),
        sa.Column('ruled_at', UtcDateTime(), nullable=True),
        *_texts('reason'),
        _check('delivery', 'state', "state in ('delivered','accepted','returned')"),
        _check('delivery', 'ruled', "(state = 'delivered') = (ruled_at IS NULL)"),
        _check('delivery', 'reason', "state <> 'returned' OR reason <> ''"),
        _points('delivery', 'milestone_id', 'milestone', 'CASCADE'),
        _points('delivery', 'delivered_by', 'user_account', 'SET NULL'),
        _points('delivery', 'ruled_by', 'user_account', 'SET NULL'),
        sa.UniqueConstraint('milestone_id', 'number', name=op.f('uq_delivery_milestone_id_number')),
    )
    _index('delivery', 'delivered_by')
    _index('delivery', 'ruled_by')
    waiting = sa.text("state = 'delivered'")
    op.create_index('uq_delivery_open', 'delivery', ['milestone_id'], unique=True, sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        'delivery_file',
        sa.Column('delivery_id', KEY, nullable=False),
        sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        *_texts('name'),
        sa.Column('size', sa.BigInteger(), nullable=False),
        *_texts('media_type'),
        _points('delivery_file', 'delivery_id', 'delivery', 'CASCADE'),
        _points('delivery_file', 'sha256', 'blob', None, 'sha256'),
        sa.PrimaryKeyConstraint('delivery_id', 'position', name=op.f('pk_delivery_file')),
    )
    _index('delivery_file', 'sha256')
    op.create_table(
        'delivery_result',
        sa.Column('delivery_id', KEY, nullable=False),
        sa.Column('criterion_id', KEY, nullable=False),
        *_texts('answer', 'value', 'evidence'),
        sa.Column('ruling', sa.Text(), nullable=True),
        *_texts('ruling_note'),
        _check('delivery_result', 'answer', "answer in ('met','partly','not_met')"),
        _check('delivery_result', 'ruling', "ruling in ('passed','failed')"),
        _points('delivery_result', 'delivery_id', 'delivery', 'CASCADE'),
        _points('delivery_result', 'criterion_id', 'milestone_criterion', 'CASCADE'),
        sa.PrimaryKeyConstraint('delivery_id', 'criterion_id', name=op.f('pk_delivery_result')),
    )
    _index('delivery_result', 'criterion_id')


def _payments() -> None:
    op.create_table(
        'agreement_payment',
        *_id('agreement_payment'),
        *_ref('agreement_payment'),
        sa.Column('agreement_id', KEY, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        *_texts('label'),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('milestone_id', KEY, nullable=True),
        *_texts('state'),
        sa.Column('planned', sa.Boolean(), nullable=False),
        sa.Column('author_id', KEY, nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        _check('agreement_payment', 'state', "state in ('invoiced','paid','planned')"),
        _check('agreement_payment', 'amount', 'amount_minor >= 0'),
        _points('agreement_payment', 'agreement_id', 'agreement', 'CASCADE'),
        _points('agreement_payment', 'milestone_id', 'milestone', 'SET NULL'),
        _points('agreement_payment', 'author_id', 'user_account', 'SET NULL'),
        sa.UniqueConstraint('agreement_id', 'position', name=op.f('uq_agreement_payment_agreement_id_position')),
    )
    for columns in (('state', 'due_on'), ('milestone_id',), ('author_id',)):
        _index('agreement_payment', *columns)
    op.create_table(
        'payment_entry',
        *_id('payment_entry'),
        *_ref('payment_entry'),
        sa.Column('payment_id', KEY, nullable=False),
        *_texts('kind'),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('amount_minor', sa.BigInteger(), nullable=False),
        *_texts('number', 'side'),
        sa.Column('author_id', KEY, nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        _check('payment_entry', 'kind', "kind in ('invoice','payment')"),
        _check('payment_entry', 'amount', 'amount_minor > 0'),
        _points('payment_entry', 'payment_id', 'agreement_payment', 'CASCADE'),
        _points('payment_entry', 'author_id', 'user_account', 'SET NULL'),
    )
    _index('payment_entry', 'payment_id')
    _index('payment_entry', 'author_id')


def _ends() -> None:
    op.create_table(
        'handover',
        *_id('handover'),
        sa.Column('agreement_id', KEY, nullable=False),
        sa.Column('delivery_id', KEY, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('document', sa.JSON(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        _points('handover', 'agreement_id', 'agreement', 'CASCADE'),
        _points('handover', 'delivery_id', 'delivery', 'CASCADE'),
        sa.UniqueConstraint('delivery_id', name=op.f('uq_handover_delivery_id')),
        sa.UniqueConstraint('agreement_id', 'number', name=op.f('uq_handover_agreement_id_number')),
    )
    op.create_table(
        'handover_print',
        sa.Column('handover_id', KEY, nullable=False),
        sa.Column('locale', sa.Text(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        _points('handover_print', 'handover_id', 'handover', 'CASCADE'),
        _points('handover_print', 'sha256', 'blob', None, 'sha256'),
        sa.PrimaryKeyConstraint('handover_id', 'locale', name=op.f('pk_handover_print')),
    )
    _index('handover_print', 'sha256')
    op.create_table(
        'closing_report',
        *_id('closing_report'),
        sa.Column('agreement_id', KEY, nullable=False),
        *_texts('text_seeker', 'text_solver'),
        sa.Column('rating_seeker', sa.Integer(), nullable=True),
        sa.Column('rating_solver', sa.Integer(), nullable=True),
        sa.Column('author_seeker_id', KEY, nullable=True),
        sa.Column('author_solver_id', KEY, nullable=True),
        *_texts('public_title', 'public_text'),
        sa.Column('public_revision', sa.Integer(), nullable=False),
        *(sa.Column(f'{name}_at', UtcDateTime(), nullable=True) for name in ('public_ok_seeker', 'public_ok_solver', 'agreed_public')),
        sa.Column('updated_at', UtcDateTime(), nullable=False),
        _check('closing_report', 'rating_seeker', 'rating_seeker BETWEEN 1 AND 5'),
        _check('closing_report', 'rating_solver', 'rating_solver BETWEEN 1 AND 5'),
        _check('closing_report', 'public', '(agreed_public_at IS NOT NULL) = (public_ok_seeker_at IS NOT NULL AND public_ok_solver_at IS NOT NULL)'),
        _points('closing_report', 'agreement_id', 'agreement', 'CASCADE'),
        _points('closing_report', 'author_seeker_id', 'user_account', 'SET NULL'),
        _points('closing_report', 'author_solver_id', 'user_account', 'SET NULL'),
        sa.UniqueConstraint('agreement_id', name=op.f('uq_closing_report_agreement_id')),
    )
    for columns in (('agreed_public_at',), ('author_seeker_id',), ('author_solver_id',)):
        _index('closing_report', *columns)
