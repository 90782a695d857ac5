"""Tables of objections to a public notice, with their evidence."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base
from challenge.base.types import Key, Ref, one_of
from challenge.files.models import Blob
from challenge.judging.models import Criterion, PanelJudge
from challenge.rules.lifecycles import OBJECTION
from challenge.rules.objections import GROUNDS, SIDES
from challenge.submissions.models import Submission

PERSON = "user_account.id"


class Objection(Base):
    """What somebody holds against the scoring, the judges or the eligibility of an entry on public notice.

    Who filed it, its text and its files are for those who answer it; everyone reads its ground, its outcome
    and `public_text`.
    """

    __tablename__ = "objection"
    __table_args__ = (
        one_of("ground", *GROUNDS),
        one_of("side", *SIDES),
        one_of("state", *sorted(OBJECTION.states)),
        sa.CheckConstraint(
            "state not in ('upheld','dismissed') OR"
            " (answered_at IS NOT NULL AND reasons IS NOT NULL AND public_text IS NOT NULL)",
            name="answered",
        ),
        sa.Index(
            "uq_objection_once",
            "round_id",
            "author_id",
            "digest",
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
        sa.Index(None, "round_id", "state"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    ground: Mapped[str]
    side: Mapped[str]
    criterion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("criterion.id", ondelete="SET NULL"))
    judge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="SET NULL"))
    text: Mapped[str]
    digest: Mapped[str] = mapped_column(sa.String(64))  # of what it says: the same twice is one
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    name: Mapped[str]  # real, as its author gave it; and the address to answer to
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="filed")
    filed_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]  # until when it is to be answered
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    reasons: Mapped[str | None]  # to its author
    public_text: Mapped[str | None]  # to everyone, without names

    submission: Mapped[Submission] = relationship(lazy="raise_on_sql")
    criterion: Mapped[Criterion | None] = relationship(lazy="raise_on_sql")
    judge: Mapped[PanelJudge | None] = relationship(lazy="raise_on_sql")
    answerer: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[answered_by])


class ObjectionFile(Base):
    """A file that came with an objection, as evidence."""

    __tablename__ = "objection_file"
    __table_args__ = (sa.UniqueConstraint("objection_id", "sha256", "name"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    objection_id: Mapped[int] = mapped_column(sa.ForeignKey("objection.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(sa.ForeignKey(Blob.sha256), index=True)
    name: Mapped[str]
