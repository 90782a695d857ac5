"""Tables of judging."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.base.db import Base, Exact
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.phases import CUTS, PUBLIC_VOTES, WAYS
from challenge.rules.spread import USUAL_FLAG
from challenge.submissions.models import Submission

BLINDNESS = ("open", "blind", "double")
KINDS = ("screening", "shortlist", "final")


class Phase(Base):
    """A judging phase of a round: its window, panel, rubric, blindness, method, and cut.

    Either end of its window may be left to the round's own judging window, within which it lies.
    """

    __tablename__ = "judging_phase"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "number"),
        one_of("blindness", *BLINDNESS),
        one_of("kind", *KINDS),
        one_of("cut", *CUTS),
        one_of("way", *WAYS),
        one_of("public_vote", *PUBLIC_VOTES),
        sa.CheckConstraint("seats > 0", name="seats"),
        sa.CheckConstraint("opens_at < closes_at", name="window"),
        sa.CheckConstraint("flag_percent BETWEEN 5 AND 100", name="flag_percent"),
        sa.CheckConstraint("(cut in ('top','threshold')) = (cut_value IS NOT NULL)", name="cut_value"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(default=1)
    blindness: Mapped[str] = mapped_column(default="blind")
    kind: Mapped[str] = mapped_column(default="final")
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    opens_at: Mapped[dt.datetime | None]
    closes_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]  # when its own close was recorded
    cut: Mapped[str] = mapped_column(default="none")  # who goes on to the next phase
    cut_value: Mapped[Decimal | None] = mapped_column(Exact())
    begun_at: Mapped[dt.datetime | None]  # when its entries were carried on; the first phase has them all
    moved_for: Mapped[int | None] = mapped_column(sa.BigInteger)  # the extension it moved along with last
    announced_at: Mapped[dt.datetime | None]  # when the teams were told who goes on from it
    carries_comments: Mapped[bool] = mapped_column(default=False)  # its judges read those of the phase before
    panel_public: Mapped[bool] = mapped_column(default=False)  # the judges' names stand on the public page
    way: Mapped[str] = mapped_column(default="scores")  # how its judges judge
    seats: Mapped[int | None]  # how many a ranked phase chooses
    public_vote: Mapped[str] = mapped_column(default="none")  # whether the public votes beside the judges
    per_entry: Mapped[int] = mapped_column(default=3)  # judges an entry
    flag_percent: Mapped[int] = mapped_column(default=USUAL_FLAG)  # of the scale: from there on far apart
    method: Mapped[dict[str, Any]]
    created_at: Mapped[Created]

    criteria: Mapped[list[Criterion]] = relationship(lazy="raise_on_sql", order_by="Criterion.position")

    @property
    def begun(self) -> bool:
        """Whether its entries are known."""
        return self.number == 1 or self.begun_at is not None


class PhaseEntry(Base):
    """An entry that was carried on into a phase after the first, and with which points."""

    __tablename__ = "phase_entry"
    __table_args__ = (
        one_of("by", "cut", "hand"),
        sa.CheckConstraint("(by = 'hand') <= (reason IS NOT NULL)", name="reason"),
    )

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    by: Mapped[str] = mapped_column(default="cut")
    reason: Mapped[str | None]
    carried: Mapped[Decimal | None] = mapped_column(Exact())  # on the scale of the carried criterion
    carried_at: Mapped[dt.datetime]


class Criterion(Base):
    """One thing scored: scale, step, weight, guidance. A carried one has the points of the phase before."""

    __tablename__ = "criterion"
    __table_args__ = (
        sa.CheckConstraint("minimum < maximum", name="scale"),
        sa.CheckConstraint("step > 0", name="step"),
        sa.CheckConstraint("weight > 0", name="weight"),
    )

    id: Mapped[Key]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    guidance_zh: Mapped[str | None]
    guidance_en: Mapped[str | None]
    minimum: Mapped[Decimal] = mapped_column(Exact())
    maximum: Mapped[Decimal] = mapped_column(Exact())
    step: Mapped[Decimal] = mapped_column(Exact())
    weight: Mapped[Decimal] = mapped_column(Exact())
    carried: Mapped[bool] = mapped_column(default=False)


class PanelJudge(Base):
    """A judge on the panel of a phase. Imported judges have a label and no account."""

    __tablename__ = "panel_judge"
    __table_args__ = (
        sa.UniqueConstraint("phase_id", "user_id"),
        sa.UniqueConstraint("phase_id", "label"),
        sa.CheckConstraint("capacity > 0", name="capacity"),
    )

    id: Mapped[Key]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    label: Mapped[str]  # J1, J2 ...: how others see this judge
    capacity: Mapped[int | None]  # how many entries at most; none, no limit of their own
    created_at: Mapped[Created]


class PanelJudgeTheme(Base):
    """A track that a judge reads; a judge without any reads them all."""

    __tablename__ = "panel_judge_theme"

    judge_id: Mapped[int] = mapped_column(
        sa.ForeignKey("panel_judge.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True)


class Assignment(Base):
    """One judge, one submission, one phase."""

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("judge_id", "submission_id"),
        one_of("state", *sorted(ASSIGNMENT.states)),
        sa.CheckConstraint(
            "(state in ('abstained','declined','recused','replaced')) <= (reason IS NOT NULL)", name="reason"
        ),
        sa.Index(None, "phase_id", "submission_id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"))
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_judge.id", ondelete="CASCADE"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="invited")
    reason: Mapped[str | None]
    declared_at: Mapped[dt.datetime | None]
    pinned: Mapped[bool] = mapped_column(default=False)  # a re-run of the assignment never moves it
    # A conflict that came up after it was made (the team changed); none again once it went.
    conflict: Mapped[str | None]
    conflict_at: Mapped[dt.datetime | None]
    created_at: Mapped[Created]

    judge: Mapped[PanelJudge] = relationship(lazy="raise_on_sql")
    submission: Mapped[Submission] = relationship(lazy="raise_on_sql")
    scorecard: Mapped[Scorecard | None] = relationship(lazy="raise_on_sql", back_populates="assignment")


class Scorecard(Base):
    """One judge's scores and comments on one submission: a draft until locked."""

    __tablename__ = "scorecard"
    __table_args__ = (
        sa.CheckConstraint("(state = 'locked') = (locked_at IS NOT NULL)", name="locked"),
        one_of("state", "draft", "locked"),
    )

    id: Mapped[Key]
    assignment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("assignment.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[str] = mapped_column(default="draft")
    total: Mapped[Decimal | None] = mapped_column(Exact())  # this judge's weighted total, all criteria scored
    comment_organizer: Mapped[str] = mapped_column(default="")
    comment_solver: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[dt.datetime]
    locked_at: Mapped[dt.datetime | None]
    # Typed in from a signed paper: that it was, and by whom, for the judge whose card it is.
    from_paper: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    reopen_asked_at: Mapped[dt.datetime | None]  # its judge asks for it to be opened again, and why
    reopen_reason: Mapped[str | None]
    # Opened again for an objection: until then it may change, whatever the windows say.
    open_until: Mapped[dt.datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql", back_populates="scorecard")
    scores: Mapped[list[Score]] = relationship(lazy="raise_on_sql")


class Score(Base):
    """A value on one criterion; no value is an absence, never a zero."""

    __tablename__ = "score"

    scorecard_id: Mapped[int] = mapped_column(
        sa.ForeignKey("scorecard.id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[int] = mapped_column(
        sa.ForeignKey("criterion.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[Decimal | None] = mapped_column(Exact())
    comment: Mapped[str] = mapped_column(default="")


class Standing(Base):
    """An entry's running result, kept whenever a scorecard of it is locked: ranking pages read this."""

    __tablename__ = "standing"
    __table_args__ = (sa.Index("ix_standing_order", "phase_id", "total", "submission_id"),)

    phase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True
    )
    total: Mapped[Decimal | None] = mapped_column(Exact())
    panel: Mapped[dict[str, Any]]  # criterion id -> panel score as text
    scorecards: Mapped[int]


class Ranking(Base):
    """An immutable result of a phase: the method, the digest of its inputs, and a row per entry."""

    __tablename__ = "ranking"
    __table_args__ = (
        sa.Index(
            "uq_ranking_in_force",
            "phase_id",
            unique=True,
            sqlite_where=sa.text("NOT superseded"),
            postgresql_where=sa.text("NOT superseded"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    phase_id: Mapped[int] = mapped_column(sa.ForeignKey("judging_phase.id", ondelete="CASCADE"), index=True)
    method: Mapped[dict[str, Any]]
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)  # tie step -> code -> figure, by people
    input_digest: Mapped[str]
    created_at: Mapped[dt.datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    superseded: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]  # why it was fixed anew; none for the first

    rows: Mapped[list[RankingRow]] = relationship(lazy="raise_on_sql", order_by="RankingRow.position")


class RankingRow(Base):
    """One entry's line in a ranking; `place` is shared where no step split a tie, none without a score."""

    __tablename__ = "ranking_row"
    __table_args__ = (sa.Index(None, "ranking_id", "position"),)

    ranking_id: Mapped[int] = mapped_column(sa.ForeignKey("ranking.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), primary_key=True)
    position: Mapped[int]
    place: Mapped[int | None]
    shared: Mapped[bool] = mapped_column(default=False)
    total: Mapped[Decimal | None] = mapped_column(Exact())
    panel: Mapped[dict[str, Any]]
    resolved_by: Mapped[str | None]
    trail: Mapped[list[Any]] = mapped_column(default=list)  # every tie step asked: step, figure, rivals
