"""Objections to a public notice, and what an upheld one opens again.

Revision ID: 1795561000
Revises: 1795560000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795561000"
down_revision = "1795560000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ANSWERED = (
    "state not in ('upheld','dismissed') OR"
    " (answered_at IS NOT NULL AND reasons IS NOT NULL AND public_text IS NOT NULL)"
)


def upgrade() -> None:
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("objection_days", sa.Integer(), nullable=False, server_default="5"))
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.alter_column("objection_days", server_default=None)
    with op.batch_alter_table("public_notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reopened_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("scorecard", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open_until", UtcDateTime(), nullable=True))
    _objection()
    op.create_table(
        "objection_file",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("objection_id", KEY, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_objection_file_objection_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_objection_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_objection_file_ref")),
        sa.UniqueConstraint("objection_id", "sha256", "name", name=op.f("uq_objection_file_objection_id_sha256_name")),
    )
    op.create_index(op.f("ix_objection_file_sha256"), "objection_file", ["sha256"])


def _objection() -> None:
    op.create_table(
        "objection",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("round_id", KEY, nullable=False),
        sa.Column("submission_id", KEY, nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("criterion_id", KEY, nullable=True),
        sa.Column("judge_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("public_text", sa.Text(), nullable=True),
        sa.CheckConstraint("ground in ('criterion','conflict','eligibility')", name=op.f("ck_objection_ground")),
        sa.CheckConstraint("side in ('solver','seeker','judge','public')", name=op.f("ck_objection_side")),
        sa.CheckConstraint("state in ('dismissed','filed','upheld','withdrawn')", name=op.f("ck_objection_state")),
        sa.CheckConstraint(ANSWERED, name=op.f("ck_objection_answered")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_objection_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_objection_submission_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_objection_criterion_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["judge_id"], ["panel_judge.id"], name=op.f("fk_objection_judge_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_objection_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["answered_by"], ["user_account.id"], name=op.f("fk_objection_answered_by"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("ref", name=op.f("uq_objection_ref")),
    )
    op.create_index(op.f("ix_objection_submission_id"), "objection", ["submission_id"])
    op.create_index(op.f("ix_objection_author_id"), "objection", ["author_id"])
    op.create_index(op.f("ix_objection_round_id_state"), "objection", ["round_id", "state"])
    op.create_index(
        "uq_objection_once",
        "objection",
        ["round_id", "author_id", "digest"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )


def downgrade() -> None:
    op.drop_table("objection_file")
    op.drop_table("objection")
    with op.batch_alter_table("scorecard", schema=None) as batch_op:
        batch_op.drop_column("open_until")
    with op.batch_alter_table("public_notice", schema=None) as batch_op:
        batch_op.drop_column("reopened_at")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_column("objection_days")
