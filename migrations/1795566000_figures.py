"""Figures of the funnel, kept up to date; needs that repeat an earlier one; stories of what came of them.

Revision ID: 1795566000
Revises: 1795565000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from challenge.base.db import UtcDateTime

revision = "1795566000"
down_revision = "1795565000"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STEPS = ("collected", "published", "answered", "docked", "intent", "contract", "delivered")


def upgrade() -> None:
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin_id", KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_requirement_origin_id"), "requirement", ["origin_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(op.f("ix_requirement_origin_id"), ["origin_id"])
    _facts()
    _sums()
    _books()
    _stories()


def _facts() -> None:
    op.create_table(
        "figure_cell",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_cell")),
        sa.UniqueConstraint("round_id", "path", "field", "year", name=op.f("uq_figure_cell_round_id_path_field_year")),
    )
    op.create_index(op.f("ix_figure_cell_programme_id_year"), "figure_cell", ["programme_id", "year"])
    op.create_table(
        "figure_fact",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", KEY, nullable=False),
        *(sa.Column(f"{step}_at", UtcDateTime(), nullable=True) for step in STEPS),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind in ('need','round')", name=op.f("ck_figure_fact_kind")),
        sa.ForeignKeyConstraint(["cell_id"], ["figure_cell.id"], name=op.f("fk_figure_fact_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_fact")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_figure_fact_kind_thing_id")),
    )
    op.create_index(op.f("ix_figure_fact_cell_id_id"), "figure_fact", ["cell_id", "id"])
    op.create_table(
        "figure_member",
        sa.Column("fact_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("cell_id", KEY, nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('need','seeker','team','organization')", name=op.f("ck_figure_member_kind")),
        sa.ForeignKeyConstraint(["cell_id"], ["figure_cell.id"], name=op.f("fk_figure_member_cell_id")),
        sa.ForeignKeyConstraint(["fact_id"], ["figure_fact.id"], name=op.f("fk_figure_member_fact_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fact_id", "kind", "key", name=op.f("pk_figure_member")),
    )
    op.create_index(op.f("ix_figure_member_kind_key_cell_id_steps"), "figure_member", ["kind", "key", "cell_id", "steps"])
    op.create_index(op.f("ix_figure_member_cell_id"), "figure_member", ["cell_id"])


def _sums() -> None:
    op.create_table(
        "figure_sum",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_figure_sum")),
        sa.UniqueConstraint(
            "programme_id", "round_id", "branch_id", "field", "year",
            name=op.f("uq_figure_sum_programme_id_round_id_branch_id_field_year"),
        ),
    )
    op.create_index(
        op.f("ix_figure_sum_round_id_branch_id_field_year"), "figure_sum", ["round_id", "branch_id", "field", "year"]
    )


def _books() -> None:
    op.create_table(
        "figure_book",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("base_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("base in ('site','programme','round','branch')", name=op.f("ck_figure_book_base")),
        sa.CheckConstraint("form in ('xlsx','pdf')", name=op.f("ck_figure_book_form")),
        sa.CheckConstraint("state in ('coming','done','refused')", name=op.f("ck_figure_book_state")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_figure_book_author_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_figure_book_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_book")),
        sa.UniqueConstraint("ref", name=op.f("uq_figure_book_ref")),
    )
    op.create_index(op.f("ix_figure_book_author_id"), "figure_book", ["author_id"])
    op.create_index(op.f("ix_figure_book_sha256"), "figure_book", ["sha256"])


def _stories() -> None:
    op.create_table(
        "story",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("requirement_id", KEY, nullable=False),
        sa.Column("agreement_id", KEY, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("text_zh", sa.Text(), nullable=True),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("seeker_consent", sa.Text(), nullable=False),
        sa.Column("solver_consent", sa.Text(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state in ('draft','published','withdrawn')", name=op.f("ck_story_state")),
        sa.CheckConstraint(
            "state <> 'published' OR (published_at IS NOT NULL AND seeker_consent <> '' AND solver_consent <> '')",
            name=op.f("ck_story_published"),
        ),
        sa.ForeignKeyConstraint(["requirement_id"], ["requirement.id"], name=op.f("fk_story_requirement_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_story_agreement_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_story_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("ref", name=op.f("uq_story_ref")),
        sa.UniqueConstraint("requirement_id", name=op.f("uq_story_requirement_id")),
    )
    op.create_index(op.f("ix_story_agreement_id"), "story", ["agreement_id"])
    op.create_index(op.f("ix_story_author_id"), "story", ["author_id"])
    op.create_index(op.f("ix_story_state_published_at"), "story", ["state", "published_at"])


def downgrade() -> None:
    for table in ("story", "figure_book", "figure_sum", "figure_member", "figure_fact", "figure_cell"):
        op.drop_table(table)
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_requirement_origin_id"))
        batch_op.drop_constraint(op.f("fk_requirement_origin_id"), type_="foreignkey")
        batch_op.drop_column("origin_id")
