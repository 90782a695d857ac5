"""Tables of agreements: the agreement with its parties, and what it said under which number."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import Organization, User
from challenge.base.db import Base
from challenge.base.types import Created, Key, Ref, one_of
from challenge.requirements.models import Requirement
from challenge.rules.agreement_lives import AGREEMENT
from challenge.rules.agreement_texts import LANGS
from challenge.rules.agreements import KINDS, SIDES

PERSON, ORGANIZATION = "user_account.id", "organization.id"
REGISTRATIONS = ("none", "filed", "registered", "refused")


class Agreement(Base):
    """An agreement on a need. An entry, an award and a docking pair may stand behind it; none has to.

    `terms` is what its next version will say, as `rules.agreements.written` keeps it; what was proposed and
    signed stands in its versions. Columns beside it are what lists and figures ask for.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        one_of("state", *sorted(AGREEMENT.states)),
        one_of("kind", *KINDS),
        one_of("registration", *REGISTRATIONS),
        sa.CheckConstraint("total_minor IS NULL OR total_minor >= 0", name="total"),
        sa.CheckConstraint("state <> 'terminated' OR (reason IS NOT NULL AND reason <> '')", name="reason"),
        sa.CheckConstraint(
            "state not in ('signed','registered','completed') OR signed_at IS NOT NULL", name="signed"
        ),
        sa.CheckConstraint(
            "registration <> 'registered' OR (registration_number IS NOT NULL AND registration_number <> '')",
            name="registration_number",
        ),
        sa.Index(None, "requirement_id", "state"),
        sa.Index(None, "state", "id"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    number: Mapped[str | None] = mapped_column(unique=True)  # A-2026-014, given when it goes to signature
    requirement_id: Mapped[int] = mapped_column(sa.ForeignKey("requirement.id"))
    submission_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="SET NULL"), index=True
    )
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("award.id", ondelete="SET NULL"), index=True)
    pair_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("docking_pair.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(default="draft")
    reason: Mapped[str | None]  # why it was terminated
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    total_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    terms: Mapped[dict[str, Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    draft_version: Mapped[int] = mapped_column(default=1)  # refuses an edit made on a stale page
    version: Mapped[int] = mapped_column(default=0)  # the number of the last version
    signed_at: Mapped[dt.datetime | None]  # by the last party
    completed_at: Mapped[dt.datetime | None]
    registration: Mapped[str] = mapped_column(default="none")
    registration_number: Mapped[str | None]
    registration_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the registry asks for
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]

    requirement: Mapped[Requirement] = relationship(lazy="raise_on_sql")
    parties: Mapped[list[AgreementParty]] = relationship(
        lazy="raise_on_sql", order_by="AgreementParty.position", cascade="all, delete-orphan"
    )


class AgreementParty(Base):
    """Who stands on one side: an organization, whose representatives act and sign for it, or one person.

    How the paper names it is in the terms; here is who may read, change and sign.
    """

    __tablename__ = "agreement_party"
    __table_args__ = (
        one_of("side", *SIDES),
        sa.UniqueConstraint("agreement_id", "side"),
        sa.CheckConstraint("organization_id IS NULL OR user_id IS NULL", name="one"),
    )

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    side: Mapped[str]
    position: Mapped[int]
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey(ORGANIZATION, ondelete="SET NULL"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"), index=True)

    organization: Mapped[Organization | None] = relationship(lazy="raise_on_sql")
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")


class AgreementVersion(Base):
    """An agreement as it was proposed under one number; it never changes. Signatures are on its digest."""

    __tablename__ = "agreement_version"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "number"),)

    id: Mapped[Key]
    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"))
    number: Mapped[int]
    terms: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(sa.String(64))  # rules.agreements.digest of the terms
    side: Mapped[str]  # who proposed it
    note: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]


class AgreementTemplate(Base):
    """A programme's own text for one kind of agreement; without a row the shipped one is used."""

    __tablename__ = "agreement_template"
    __table_args__ = (
        one_of("kind", *KINDS),
        one_of("lang", *LANGS),
        sa.UniqueConstraint("programme_id", "kind", "lang"),
    )

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"))
    kind: Mapped[str]
    lang: Mapped[str]
    text: Mapped[str | None]  # none: the shipped one again
    version: Mapped[int]  # counts up at every change; an agreement says which it began from
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    updated_at: Mapped[Created]


class AgreementYear(Base):
    """How many agreements were numbered in a year; the next takes the next number."""

    __tablename__ = "agreement_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
