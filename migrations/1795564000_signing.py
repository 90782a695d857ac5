"""Signatures of agreements, their papers, and their way through the registry.

Revision ID: 1795564000
Revises: 1795563000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795564000"
down_revision = "1795563000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("fallen_at IS NULL")


def upgrade() -> None:
    _file()
    _signature()
    op.create_table(
        "agreement_record",
        sa.Column("agreement_id", KEY, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_record_agreement_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_record")),
    )
    op.create_index(op.f("ix_agreement_record_digest"), "agreement_record", ["digest"])
    op.create_table(
        "agreement_paper",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind in ('draft','proposed','signed')", name=op.f("ck_agreement_paper_kind")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_paper_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_agreement_paper_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_paper")),
        sa.UniqueConstraint("agreement_id", "digest", "kind", name=op.f("uq_agreement_paper_agreement_id_digest_kind")),
    )
    op.create_index(op.f("ix_agreement_paper_sha256"), "agreement_paper", ["sha256"])
    op.create_table(
        "registry_step",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state in ('filed','none','refused','registered')", name=op.f("ck_registry_step_state")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_registry_step_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_registry_step_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_step")),
    )
    op.create_index(op.f("ix_registry_step_agreement_id"), "registry_step", ["agreement_id"])


def _file() -> None:
    op.create_table(
        "signing_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind in ('picture','scan')", name=op.f("ck_signing_file_kind")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_signing_file_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_signing_file_user_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_signing_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_signing_file_ref")),
    )
    for columns in (["agreement_id", "version"], ["user_id"], ["sha256"]):
        op.create_index(op.f(f"ix_signing_file_{'_'.join(columns)}"), "signing_file", columns)


def _signature() -> None:
    op.create_table(
        "agreement_signature",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("fallen_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("side in ('seeker','solver','agency')", name=op.f("ck_agreement_signature_side")),
        sa.CheckConstraint("method in ('typed','picture','scan')", name=op.f("ck_agreement_signature_method")),
        sa.CheckConstraint("method = 'typed' OR sha256 IS NOT NULL", name=op.f("ck_agreement_signature_file")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_signature_agreement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_agreement_signature_user_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_agreement_signature_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
    )
    for column in ("agreement_id", "user_id", "sha256"):
        op.create_index(op.f(f"ix_agreement_signature_{column}"), "agreement_signature", [column])
    for name, column in (("side", "side"), ("person", "user_id")):
        op.create_index(
            f"uq_agreement_signature_{name}",
            "agreement_signature",
            ["agreement_id", column],
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        )


def downgrade() -> None:
    tables = ("registry_step", "agreement_paper", "agreement_record", "agreement_signature", "signing_file")
    for table in tables:
        op.drop_table(table)
