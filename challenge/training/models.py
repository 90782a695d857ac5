"""Tables of training: courses with their sessions, who is in them, certificates, the register of brokers.

What a certificate says is signed with a digest of its holder's name, not with the name: that stands beside it
and goes with the account. A certificate is verified by its number still when nobody knows the name any more.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenge.accounts.models import User
from challenge.base.db import Base, Exact
from challenge.base.types import Created, Key, Ref, one_of
from challenge.rounds.models import Programme
from challenge.rules.lifecycles import COURSE, ENROLMENT
from challenge.rules.training import LEVELS

PERSON = "user_account.id"
_STANDS = sa.text("revoked_at IS NULL")


class Course(Base):
    """A course of a programme; `place` and `online` are for those who have a place in it alone."""

    __tablename__ = "course"
    __table_args__ = (
        one_of("state", *sorted(COURSE.states)),
        one_of("level", *LEVELS),
        sa.CheckConstraint("seats BETWEEN 1 AND 10000", name="seats"),
        sa.CheckConstraint("share BETWEEN 0 AND 100", name="share"),
        sa.CheckConstraint("valid_months IS NULL OR valid_months BETWEEN 1 AND 600", name="valid_months"),
        sa.CheckConstraint("title_zh IS NOT NULL OR title_en IS NOT NULL", name="title"),
        sa.CheckConstraint("(state = 'cancelled') <= (reason IS NOT NULL)", name="reason"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    level: Mapped[str]
    title_zh: Mapped[str | None]
    title_en: Mapped[str | None]
    about_zh: Mapped[str | None]
    about_en: Mapped[str | None]
    hours: Mapped[Decimal] = mapped_column(Exact())
    fee: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    online: Mapped[str] = mapped_column(default="")
    seats: Mapped[int]
    zone: Mapped[str]
    share: Mapped[int] = mapped_column(default=80)  # of the sessions, in per cent
    exam_least: Mapped[Decimal | None] = mapped_column(Exact())
    valid_months: Mapped[int | None]  # of its certificates; none: for good
    reason: Mapped[str | None]  # why it was called off
    revision: Mapped[int] = mapped_column(default=0)  # of what calendars know of it
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]

    programme: Mapped[Programme] = relationship(lazy="raise_on_sql")
    sessions: Mapped[list[CourseSession]] = relationship(
        lazy="raise_on_sql", order_by="CourseSession.starts_at", viewonly=True
    )


class CourseSession(Base):
    """One part of a course, at a time of its own."""

    __tablename__ = "course_session"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "starts_at"),
        sa.CheckConstraint("ends_at > starts_at", name="times"),
        sa.Index(None, "starts_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    code: Mapped[str]  # shown in the room, typed by whoever is there


class Enrolment(Base):
    """Somebody's place in a course, or in the line for one; `name` is what a certificate will say."""

    __tablename__ = "enrolment"
    __table_args__ = (
        one_of("state", *sorted(ENROLMENT.states)),
        sa.UniqueConstraint("course_id", "user_id"),
        sa.Index(None, "course_id", "state", "queued_at"),
    )

    id: Mapped[Key]
    ref: Mapped[Ref]
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    state: Mapped[str]
    name: Mapped[str]
    mark: Mapped[Decimal | None] = mapped_column(Exact())
    queued_at: Mapped[dt.datetime]  # when they asked for the place
    moved_at: Mapped[dt.datetime]

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Attendance(Base):
    """Somebody was there: as the organizer marked, or by the code of the session."""

    __tablename__ = "attendance"
    __table_args__ = (one_of("source", "organizer", "code"),)

    enrolment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course_session.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    source: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    created_at: Mapped[Created]


class CertificateYear(Base):
    """How many certificates were numbered in a year; the next takes the next number."""

    __tablename__ = "certificate_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Certificate(Base):
    """What was issued: `document` is the signed statement, which names nobody."""

    __tablename__ = "certificate"
    __table_args__ = (
        one_of("level", *LEVELS),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),
        sa.Index(
            "uq_certificate_standing",
            "enrolment_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id", ondelete="SET NULL"))
    level: Mapped[str]
    issued_at: Mapped[dt.datetime]
    valid_until: Mapped[dt.datetime | None]
    document: Mapped[dict[str, Any]]
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str | None]  # never public
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))
    revoked_by: Mapped[int | None] = mapped_column(sa.ForeignKey(PERSON, ondelete="SET NULL"))

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    holder: Mapped[CertificateHolder | None] = relationship(lazy="raise_on_sql", viewonly=True)


class CertificateHolder(Base):
    """Whose certificate it is, by the name that it says; `salt` keeps the digest of it from being guessed."""

    __tablename__ = "certificate_holder"

    certificate_id: Mapped[int] = mapped_column(
        sa.ForeignKey("certificate.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey(PERSON, ondelete="CASCADE"), index=True)
    name: Mapped[str]
    salt: Mapped[str]


class CertificatePrint(Base):
    """A certificate as a PDF in a language; it names its holder, and goes with the name."""

    __tablename__ = "certificate_print"
    __table_args__ = (sa.UniqueConstraint("certificate_id", "locale"),)

    id: Mapped[Key]
    certificate_id: Mapped[int] = mapped_column(
        sa.ForeignKey("certificate_holder.certificate_id", ondelete="CASCADE")
    )
    locale: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("blob.sha256"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    created_at: Mapped[Created]


class RegisterEntry(Base):
    """A broker's line in the public register: that there is one is their consent, and it ends with it."""

    __tablename__ = "register_entry"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey(PERSON, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    ref: Mapped[Ref]
    name: Mapped[str]
    organization: Mapped[str] = mapped_column(default="")
    region: Mapped[str | None]
    fields: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)  # "zh", "en"
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
