"""Agreements on needs, with their parties and versions; needs that are agreed on and delivered.

Revision ID: 1795563000
Revises: 1795562000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795563000"
down_revision = "1795562000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "'draft','failed','published','rejected','returned','selected','submitted','withdrawn'"


def _states(states: str) -> None:
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_requirement_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_requirement_state"), f"state in ({states})")


def upgrade() -> None:
    _states(f"'agreed','delivered',{STATES}")
    _agreement()
    op.create_table(
        "agreement_party",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=True),
        sa.CheckConstraint("side in ('seeker','solver','agency')", name=op.f("ck_agreement_party_side")),
        sa.CheckConstraint("organization_id IS NULL OR user_id IS NULL", name=op.f("ck_agreement_party_one")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_agreement_party_organization_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_agreement_party_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.UniqueConstraint("agreement_id", "side", name=op.f("uq_agreement_party_agreement_id_side")),
    )
    op.create_index(op.f("ix_agreement_party_organization_id"), "agreement_party", ["organization_id"])
    op.create_index(op.f("ix_agreement_party_user_id"), "agreement_party", ["user_id"])
    op.create_table(
        "agreement_version",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_agreement_version_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")),
    )
    op.create_table(
        "agreement_template",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("programme_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind in ('intent','development','transfer','licence','service','equity')", name=op.f("ck_agreement_template_kind")),
        sa.CheckConstraint("lang in ('zh','en')", name=op.f("ck_agreement_template_lang")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_agreement_template_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_agreement_template_programme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_template")),
        sa.UniqueConstraint("programme_id", "kind", "lang", name=op.f("uq_agreement_template_programme_id_kind_lang")),
    )
    op.create_table(
        "agreement_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_agreement_year")),
    )


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("requirement_id", KEY, nullable=False),
        sa.Column("submission_id", KEY, nullable=True),
        sa.Column("award_id", KEY, nullable=True),
        sa.Column("pair_id", KEY, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("registration_facts", sa.JSON(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state in ('completed','draft','in_signature','registered','signed','terminated')", name=op.f("ck_agreement_state")),
        sa.CheckConstraint("kind in ('intent','development','transfer','licence','service','equity')", name=op.f("ck_agreement_kind")),
        sa.CheckConstraint("registration in ('none','filed','registered','refused')", name=op.f("ck_agreement_registration")),
        sa.CheckConstraint("total_minor IS NULL OR total_minor >= 0", name=op.f("ck_agreement_total")),
        sa.CheckConstraint("state <> 'terminated' OR (reason IS NOT NULL AND reason <> '')", name=op.f("ck_agreement_reason")),
        sa.CheckConstraint("state not in ('signed','registered','completed') OR signed_at IS NOT NULL", name=op.f("ck_agreement_signed")),
        sa.CheckConstraint("registration <> 'registered' OR (registration_number IS NOT NULL AND registration_number <> '')", name=op.f("ck_agreement_registration_number")),
        sa.ForeignKeyConstraint(["requirement_id"], ["requirement.id"], name=op.f("fk_agreement_requirement_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_agreement_submission_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_agreement_award_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["pair_id"], ["docking_pair.id"], name=op.f("fk_agreement_pair_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_agreement_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_agreement_ref")),
    )
    for columns in (["requirement_id", "state"], ["state", "id"], ["submission_id"], ["award_id"], ["pair_id"], ["author_id"]):
        op.create_index(op.f(f"ix_agreement_{'_'.join(columns)}"), "agreement", columns)


def downgrade() -> None:
    for table in ("agreement_year", "agreement_template", "agreement_version", "agreement_party", "agreement"):
        op.drop_table(table)
    # The older table knows no contracts: what was agreed on was chosen.
    op.execute("UPDATE requirement SET state = 'selected' WHERE state IN ('agreed', 'delivered')")
    _states(STATES)
