"""Tables of awards' certificates: what was signed, whom it names, its papers, who wishes one of their own.

What is signed holds a digest of its holder's name, not the name: that stands beside it and can go, and a
certificate is verified by its code still when nobody knows the name any more.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.awards.models import Award
from challenge.base.db import Base
from challenge.base.types import Created, Key, one_of
from challenge.rounds.models import Round
from challenge.submissions.models import Submission

KINDS = ("award", "finalist", "participation")
PERSON = "user_account.id"
_STANDS = sa.text("revoked_at IS NULL")


class CertificateRun(Base):
    """One act of issuing: everything that it issued is told in one letter to each person."""

    __tablename__ = "certificate_run"

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    kinds: Mapped[list[str]]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]


class AwardCertificate(Base):
    """A certificate of a team or of one member: `document` is the signed statement, which names nobody.

    `subject` says what it is for and whose, without a name: no second one stands for the same.
    """

    __tablename__ = "award_certificate"
    __table_args__ = (
        one_of("kind", *KINDS),
        sa.CheckConstraint("(kind = 'award') = (award_id IS NOT NULL)", name="award"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),
        sa.Index(
            "uq_award_certificate_standing",
            "subject",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        sa.Index(None, "round_id", "id"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("certificate_run.id"), index=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"))
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"), index=True)
    award_id: Mapped[int | None] = mapped_column(sa.ForeignKey("award.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    issued_at: Mapped[dt.datetime]
    document: Mapped[dict[str, Any]]
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str | None]  # never public
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    submission: Mapped[Submission] = relationship(lazy="raise_on_sql")
    award: Mapped[Award | None] = relationship(lazy="raise_on_sql")
    holder: Mapped[AwardCertificateHolder | None] = relationship(lazy="raise_on_sql", viewonly=True)


class AwardCertificateHolder(Base):
    """Whose it is: a team (nobody's account), or one member by the name of their wish; see training."""

    __tablename__ = "award_certificate_holder"

    certificate_id: Mapped[int] = mapped_column(
        sa.ForeignKey("award_certificate.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    salt: Mapped[str]


class AwardCertificatePrint(Base):
    """A certificate as a PDF in a language; it names its holder, and goes with the name."""

    __tablename__ = "award_certificate_print"

    certificate_id: Mapped[int] = mapped_column(
        sa.ForeignKey("award_certificate_holder.certificate_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    locale: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]


class CertificateWish(Base):
    """A member's own word: a certificate in this name beside the team's. Without a row there is none."""

    __tablename__ = "certificate_wish"

    submission_id: Mapped[int] = mapped_column(
        sa.ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey(PERSON, ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    name: Mapped[str]
    created_at: Mapped[Created]
