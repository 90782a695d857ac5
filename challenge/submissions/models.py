"""Tables of submissions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from challenge.accounts.models import Organization
from challenge.audit.hidden import Hidden, HiddenJSON
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import SCREENING, SUBMISSION

# Asked to correct something, or told that a ruling out is intended.
SCREENING_KINDS = ("correction", "rule_out")


class Submission(Base):
    """A solver's proposal for one requirement. `code` is its random pseudonym within the round (S-0417)."""

    __tablename__ = "submission"
    __table_args__ = (
        one_of("state", *sorted(SUBMISSION.states)),
        sa.UniqueConstraint("round_id", "code"),
        sa.CheckConstraint("state <> 'ineligible' OR state_reason IS NOT NULL", name="reason"),
        sa.Index("ix_submission_round", "round_id", "state", "id"),
        sa.Index("ix_submission_requirement", "requirement_id", "state"),
        sa.Index(
            "ix_submission_to_enter",
            "enter_at",
            sqlite_where=sa.text("enter_at IS NOT NULL"),
            postgresql_where=sa.text("enter_at IS NOT NULL"),
        ),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    code: Mapped[str]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    requirement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requirement.id"))
    # The track that was chosen where no requirement says it; `themes.of_submission` answers for both.
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    owner_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organization.id"))
    # On whose behalf it was entered last: what a round's limits count, whatever the draft says since.
    entered_organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organization.id"))
    state: Mapped[str] = mapped_column(default="draft")
    state_reason: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="")  # as it was entered last; lists of entries show it
    # What the fields of the round's form hold, by key (see rules.answers); `marks` says as of which
    # draft_version each was written, so that two tabs can tell whose word is newer.
    # In a sealed round they are encrypted where they are stored (see audit.hidden).
    values: Mapped[dict[str, Any]] = mapped_column(HiddenJSON(), default=dict)
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    team_name: Mapped[str] = mapped_column(default="")
    draft_version: Mapped[int] = mapped_column(default=1)  # refuses an edit made on a stale page
    start_number: Mapped[int | None]
    # Which version of its requirement it was begun, then handed in for; and up to which its team has looked.
    requirement_version: Mapped[int | None]
    requirement_seen: Mapped[int | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    submitted_at: Mapped[dt.datetime | None]
    # The draft of a sealed round is encrypted at rest (see `values`).
    sealed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # An organizer let this one be handed in later, for a reason that its team reads: the last `Extension`.
    extended_to: Mapped[dt.datetime | None]
    extended_at: Mapped[dt.datetime | None]
    extension_reason: Mapped[str | None]
    # Its owner asked that the last complete draft be entered at the close; `enter_at` until that was done.
    submit_at_close: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    enter_at: Mapped[dt.datetime | None]

    requirement: Mapped[Requirement | None] = relationship(lazy="raise_on_sql")
    organization: Mapped[Organization | None] = relationship(
        lazy="raise_on_sql", foreign_keys="Submission.organization_id"
    )
    members: Mapped[list[TeamMember]] = relationship(lazy="raise_on_sql", order_by="TeamMember.id")
    versions: Mapped[list[Version]] = relationship(lazy="raise_on_sql", order_by="Version.number")

    @validates("sealed", "values")
    def _hide_the_draft(self, name: str, value: Any) -> Any:
        """What the draft of a sealed round holds is hidden, whoever writes it."""
        if name == "sealed":
            if value and self.values is not None:
                self.values = Hidden(self.values)
            return value
        return Hidden(value) if self.sealed else value

    @property
    def heading(self) -> str:
        """What its team calls it now, in the draft."""
        return str(self.values.get("title") or "")


class TeamMember(Base):
    """A person behind a submission; without an account yet, an invitation waits under the address."""

    __tablename__ = "team_member"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "user_id"),
        sa.UniqueConstraint("submission_id", "email"),
        sa.Index(None, "user_id"),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    email: Mapped[str]
    name: Mapped[str]
    affiliation: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]


class TeamLink(Base):
    """A place in a team for whoever opens the link first; only its token's digest is kept."""

    __tablename__ = "team_link"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")  # for whom it was made; empty: an open place
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    revoked_at: Mapped[dt.datetime | None]


class Version(Base):
    """What was submitted, immutable: content, team, files, and the receipt as proof. One is current."""

    __tablename__ = "submission_version"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "number"),
        sa.Index(
            "uq_submission_version_current",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        ),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    number: Mapped[int]
    current: Mapped[bool]
    content: Mapped[dict[str, Any]]  # names nobody: a blind judge reads it
    team: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_raiseload=True)
    # Answers that the form hides from judges: loaded only for the team, its organizer and its seeker.
    hidden: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True, deferred_raiseload=True)
    manifest: Mapped[list[Any]]  # [{name, sha256, size, media_type}]
    digest: Mapped[str] = mapped_column(
        default=""
    )  # SHA-256 of all three: the same again is not entered twice
    submitted_at: Mapped[dt.datetime]
    submitted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    # The signed statement, the signature and the key's name; it names files, so it is hidden while sealed.
    receipt: Mapped[dict[str, Any]] = mapped_column(HiddenJSON())
    admitted: Mapped[str] = mapped_column(default="in_time", server_default="in_time")  # see facts.Admitted
    # In a sealed round until its key is released: all of the above but digest, time and receipt is empty, and
    # stands encrypted in `envelope`. `seal_fault` says why one could not be opened.
    sealed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    envelope: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    seal_fault: Mapped[str | None]


class SubmissionForm(Base):
    """A version of a round's own form; a round without a row asks the usual one (rules.usual_form)."""

    __tablename__ = "submission_form"
    __table_args__ = (sa.UniqueConstraint("round_id", "version"),)

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"))
    version: Mapped[int]  # from 1; the newest is in force
    spec: Mapped[dict[str, Any]]  # challenge-form/1
    digest: Mapped[str]
    note: Mapped[str] = mapped_column(default="")  # what changed, for those who have a draft
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class FormDraft(Base):
    """The form that is being built for a round, until it is put in force or given up. One for each round."""

    __tablename__ = "submission_form_draft"

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), unique=True)
    mark: Mapped[int]  # counts up at every step; refuses a step that was made on a stale page
    spec: Mapped[dict[str, Any]]  # challenge-form/1, perhaps with faults still
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    updated_at: Mapped[Created]


class Extension(Base):
    """More time that one submission was given, and why; a later one is a row more, the reason stays."""

    __tablename__ = "submission_extension"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    before_at: Mapped[dt.datetime | None]  # until when the one before it was
    until_at: Mapped[dt.datetime]
    reason: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[Created]


class LateArrival(Base):
    """A submit that came too late: the draft is kept, and a signed refusal says what arrived and when."""

    __tablename__ = "late_arrival"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    arrived_at: Mapped[dt.datetime]
    manifest: Mapped[list[Any]]
    refusal: Mapped[dict[str, Any]] = mapped_column(HiddenJSON())


class ScreeningCase(Base):
    """What an organizer holds against an entry, the team's reply, the decision. One is open at a time."""

    __tablename__ = "screening_case"
    __table_args__ = (
        one_of("kind", *SCREENING_KINDS),
        one_of("state", *sorted(SCREENING.states)),
        sa.CheckConstraint("(state = 'answered') <= (replied_at IS NOT NULL)", name="reply"),
        sa.CheckConstraint("(state in ('open','answered')) = (decided_at IS NULL)", name="decided"),
        sa.Index(
            "uq_screening_case_live",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
        sa.Index(None, "submission_id"),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id", ondelete="CASCADE"))
    kind: Mapped[str]
    reasons: Mapped[list[str]]  # codes
    text: Mapped[str]  # the team reads it
    state: Mapped[str] = mapped_column(default=SCREENING.start)
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    reply_until: Mapped[dt.datetime]
    reply: Mapped[str | None]
    replied_at: Mapped[dt.datetime | None]
    replied_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
    decision: Mapped[str | None]  # what the organizer wrote with it
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id", ondelete="SET NULL"))
