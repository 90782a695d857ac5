"""Tables of programmes and rounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from challenge.accounts.models import Organization
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.stages import WINDOWED, Stage

MEBIBYTE = 1024 * 1024
PAGE_KINDS = ("about", "rules", "prizes", "judging", "entry")
# The words of two partial indexes; a list that is to use one says exactly these.
RUNNING = "public AND stage IN ('requirements','submission','judging','award')"
PAST = "public AND stage IN ('closed','cancelled')"


class Programme(Base):
    """A recurring competition owned by an organization; `hue` is its one colour (0-359)."""

    __tablename__ = "programme"
    __table_args__ = (sa.CheckConstraint("hue between 0 and 359", name="hue"),)

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    host_id: Mapped[int] = mapped_column(sa.ForeignKey("organization.id"))
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    summary_zh: Mapped[str | None]
    summary_en: Mapped[str | None]
    hue: Mapped[int] = mapped_column(default=205)
    created_at: Mapped[Created]

    host: Mapped[Organization] = relationship(lazy="raise_on_sql")


class Round(Base):
    """One edition of a programme. `stage` is what the scheduler last recorded; guards ask the windows."""

    __tablename__ = "round"
    __table_args__ = (
        one_of("stage", *Stage),
        sa.CheckConstraint("title_zh IS NOT NULL OR title_en IS NOT NULL", name="title"),
        sa.CheckConstraint("(stage = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        sa.CheckConstraint("screening_steps in (1,2)", name="screening_steps"),
        sa.Index("ix_round_public", "public", "sort_at", "id"),
        sa.Index(
            "ix_round_running",
            "sort_at",
            "id",
            sqlite_where=sa.text(RUNNING),
            postgresql_where=sa.text(RUNNING),
        ),
        sa.Index(
            "ix_round_past", "sort_at", "id", sqlite_where=sa.text(PAST), postgresql_where=sa.text(PAST)
        ),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), index=True)
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    summary_zh: Mapped[str | None]
    summary_en: Mapped[str | None]
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    rolling: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(default=Stage.DRAFT.value)
    public: Mapped[bool] = mapped_column(default=False)
    sort_at: Mapped[dt.datetime]  # the next thing that happens to it; lists run by it
    launched_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    cancel_reason: Mapped[str | None]
    notice_days: Mapped[int] = mapped_column(default=5)
    objection_days: Mapped[int] = mapped_column(default=5)  # within which an objection is answered
    max_files: Mapped[int] = mapped_column(default=10)
    max_file_mb: Mapped[int] = mapped_column(default=50)
    max_total_mb: Mapped[int] = mapped_column(default=4096, server_default="4096")  # a submission's files
    # How many stand in it at once; none: as many as one likes. What was withdrawn does not count.
    max_members: Mapped[int] = mapped_column(default=20)
    max_per_solver: Mapped[int | None]
    max_per_organization: Mapped[int | None]
    max_per_requirement: Mapped[int | None]  # of one organization, for one requirement
    eligibility: Mapped[dict[str, Any]] = mapped_column(default=dict)  # who may take part: rules.eligibility
    reply_days: Mapped[int] = mapped_column(default=3)  # right of reply before a ruling out; 0: none
    phase_count: Mapped[int] = mapped_column(default=1)  # of its judging; kept by judging
    public_vote: Mapped[bool] = mapped_column(default=False)  # whether a phase of its judging has one
    # 2: what belongs to a branch of the host is accepted by the branch, then screened by the organizer.
    screening_steps: Mapped[int] = mapped_column(default=1)
    quiet_days: Mapped[int] = mapped_column(default=14)  # a published need so long without movement is listed
    # Whether solvers may look for teammates on the round's board.
    teammates: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    # Kept by the services that change them, so that no page counts rows.
    requirement_count: Mapped[int] = mapped_column(default=0)
    submission_count: Mapped[int] = mapped_column(default=0)
    budget_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    prize_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    # No requirement's budget goes above it: 60,000 typed in a field of 万元 is caught here. Usually 1 亿元.
    budget_ceiling_minor: Mapped[int] = mapped_column(sa.BigInteger, default=10_000_000_000)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    # Chosen before the launch. What is handed in is encrypted with `seal_key`, the public half of the round's
    # key; until `unsealed_at` nobody reads it.
    sealed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    seal_key: Mapped[str | None]
    unsealed_at: Mapped[dt.datetime | None]
    source: Mapped[str | None] = mapped_column(unique=True)  # where an import took it from
    version: Mapped[int] = mapped_column(default=1)  # counts up at every visible change: the pages' ETag
    created_at: Mapped[Created]

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    windows: Mapped[list[RoundWindow]] = relationship(
        lazy="raise_on_sql", order_by="RoundWindow.position", back_populates="round"
    )

    @property
    def max_file_bytes(self) -> int:
        """How large one file may be."""
        return self.max_file_mb * MEBIBYTE

    @property
    def max_total_bytes(self) -> int:
        """How large all files of one submission may be together."""
        return self.max_total_mb * MEBIBYTE


GRACE_KEPT = (
    "(closes_at IS NULL AND ends_at IS NULL) OR (grace_seconds = 0 AND ends_at = closes_at)"
    " OR (grace_seconds > 0 AND ends_at > closes_at)"
)


def _ends_at(context: DefaultExecutionContext) -> dt.datetime | None:
    """The end of a window that is inserted past the model, from the row's own close and grace."""
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]
    closes_at: dt.datetime | None = row.get("closes_at")
    return None if closes_at is None else closes_at + dt.timedelta(seconds=row.get("grace_seconds") or 0)


class RoundWindow(Base):
    """When one stage of a round is open. `closed_at` is recorded once, by whose update changed the row."""

    __tablename__ = "round_window"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "stage"),
        one_of("stage", *WINDOWED),
        sa.CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="order"),
        sa.CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed_after_opened"),
        sa.CheckConstraint(
            "grace_seconds = 0 OR (grace_seconds > 0 AND stage = 'submission')", name="grace_seconds"
        ),
        sa.CheckConstraint(GRACE_KEPT, name="ends"),
        sa.Index(
            "ix_round_window_to_open",
            "opens_at",
            sqlite_where=sa.text("live AND opened_at IS NULL"),
            postgresql_where=sa.text("live AND opened_at IS NULL"),
        ),
        sa.Index(
            "ix_round_window_to_close",
            "ends_at",
            sqlite_where=sa.text("live AND closed_at IS NULL"),
            postgresql_where=sa.text("live AND closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    stage: Mapped[str]
    position: Mapped[int]
    opens_at: Mapped[dt.datetime | None]
    closes_at: Mapped[dt.datetime | None]
    first_closes_at: Mapped[dt.datetime | None]  # as announced; an extension shows against it
    # What comes in within the grace after the announced close still counts. Only submission may have one.
    grace_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    # The announced close and the grace: what the gate, the scheduler and all that follows go by.
    ends_at: Mapped[dt.datetime | None] = mapped_column(default=_ends_at)
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    # False while a draft and after a cancel: such windows stay out of the indexes that the scheduler asks.
    live: Mapped[bool] = mapped_column(default=True)

    round: Mapped[Round] = relationship(lazy="raise_on_sql", back_populates="windows")

    @validates("closes_at", "grace_seconds")
    def _keep_the_end(self, name: str, value: Any) -> Any:
        """The end moves along with the close; an update past the model is refused by the CHECK."""
        closes_at, grace = self.closes_at, self.grace_seconds or 0
        closes_at, grace = (value, grace) if name == "closes_at" else (closes_at, value)
        self.ends_at = None if closes_at is None else closes_at + dt.timedelta(seconds=grace)
        return value


class RoundPage(Base):
    """A long text of a round in one language: its source as written, and the sanitised HTML shown."""

    __tablename__ = "round_page"
    __table_args__ = (sa.UniqueConstraint("round_id", "kind", "lang"), one_of("kind", *PAGE_KINDS))

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    kind: Mapped[str]
    lang: Mapped[str]
    source: Mapped[str]
    html: Mapped[str]


class Theme(Base):
    """A track of a round, as readers call it (in code, a track is the line of stages): its part by subject.

    It may have requirements, prizes and judges of its own.
    """

    __tablename__ = "theme"
    __table_args__ = (sa.CheckConstraint("name_zh IS NOT NULL OR name_en IS NOT NULL", name="name"),)

    id: Mapped[Key]
    ref: Mapped[Ref]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    summary_zh: Mapped[str | None]
    summary_en: Mapped[str | None]


class Prize(Base):
    """What can be won: `slots` of it for the round or one track of it, or one for each requirement."""

    __tablename__ = "prize"
    __table_args__ = (
        one_of("scope", "round", "requirement"),
        one_of("kind", "money", "in_kind", "both"),
        sa.CheckConstraint("kind <> 'in_kind' OR amount_minor IS NULL", name="in_kind"),
        sa.CheckConstraint("slots > 0", name="slots"),
        sa.CheckConstraint("amount_minor IS NULL OR amount_minor >= 0", name="amount"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))  # won among its entries alone
    position: Mapped[int]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    scope: Mapped[str] = mapped_column(default="round")
    slots: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(default="money")
    amount_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    text: Mapped[str | None]  # in kind, or as an import found it
    pool_id: Mapped[int | None] = mapped_column(sa.ForeignKey("prize_pool.id"))  # see prize_models

    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")


class Announcement(Base):
    """A dated word from the organizer to everyone who looks at the round."""

    __tablename__ = "announcement"

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    body_zh: Mapped[str | None]
    body_en: Mapped[str | None]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class Override(Base):
    """An audited change of a window after launch: extended, closed early, cancelled, with its reason."""

    __tablename__ = "round_override"
    __table_args__ = (one_of("kind", "extend", "close_early", "cancel"),)

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str | None]
    kind: Mapped[str]
    before_at: Mapped[dt.datetime | None]
    after_at: Mapped[dt.datetime | None]
    reason: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class Method(Base):
    """How a round's scorecards become its ranking, published before judging (see rules.scoring)."""

    __tablename__ = "round_method"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    spec: Mapped[dict[str, Any]]
