"""Reads of awards' certificates: one by its code, those of an entry, of a round, and of an act of issuing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.awards.certificate_models import (
    AwardCertificate,
    AwardCertificateHolder,
    AwardCertificatePrint,
    CertificateWish,
)
from challenge.awards.models import Award
from challenge.base.db import fresh_session
from challenge.rounds import queries as rounds
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Subject
from challenge.submissions.models import Submission, TeamMember

PAGE = 50
PART = 200
_WHOLE = (
    joinedload(AwardCertificate.holder),
    joinedload(AwardCertificate.award),
    joinedload(AwardCertificate.submission, innerjoin=True),
    joinedload(AwardCertificate.round, innerjoin=True)
    .joinedload(Round.programme, innerjoin=True)
    .joinedload(Programme.host, innerjoin=True),
)


def by_code(session: Session, code: str) -> AwardCertificate:
    """A certificate with its holder, award, entry, round and host (one statement); raises NotFound."""
    query = sa.select(AwardCertificate).where(AwardCertificate.code == code).options(*_WHOLE)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def round_of(session: Session, code: str) -> int:
    """The round of a certificate, to hold its gate; raises NotFound."""
    found = session.scalar(sa.select(AwardCertificate.round_id).where(AwardCertificate.code == code))
    if found is None:
        raise NotFound
    return found


def subject_of(session: Session, found: AwardCertificate, now: dt.datetime) -> Subject:
    """Its facts (two statements): a member's is theirs; the team's is its owner's, and read by all in it."""
    round_ = rounds.by_id(session, found.round_id)
    holder, owner, team = found.holder, found.submission.owner_id, frozenset[int]()
    if holder is None:
        owner = None
    elif holder.user_id is not None:
        owner, team = holder.user_id, frozenset({holder.user_id})
    else:
        team = frozenset(session.scalars(_team(found.submission_id)))
    return rounds.subject_of(round_, now, kind="award_certificate", owner_id=owner, team=team)


def _team(submission_id: int) -> sa.Select[Any]:
    mine = (TeamMember.submission_id == submission_id, TeamMember.user_id.is_not(None))
    return sa.select(TeamMember.user_id).where(*mine)


@dataclass(frozen=True, slots=True)
class Line:
    """One certificate in a list; `withdrawn` where its award was taken back since."""

    code: str
    kind: str
    own: bool  # a member's, not the team's
    name: str | None
    issued_at: dt.datetime
    revoked_at: dt.datetime | None
    said: Mapping[str, Any]
    entry: str
    submission_ref: str
    withdrawn: bool

    @property
    def state(self) -> str:
        """`valid` or `revoked`, as its page has it."""
        return "revoked" if self.revoked_at is not None or self.withdrawn else "valid"


def _lines(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(
            *(AwardCertificate.code, AwardCertificate.kind, AwardCertificate.subject),
            *(AwardCertificateHolder.name, AwardCertificate.issued_at, AwardCertificate.revoked_at),
            *(AwardCertificate.document, Submission.code, Submission.ref),
            sa.func.coalesce(Award.state == "withdrawn", sa.false()),
        )
        .join(Submission, Submission.id == AwardCertificate.submission_id)
        .outerjoin(Award, Award.id == AwardCertificate.award_id)
        .outerjoin(AwardCertificateHolder, AwardCertificateHolder.certificate_id == AwardCertificate.id)
        .where(*conditions)
        .order_by(AwardCertificate.id)
    )


def _line(row: Any) -> Line:
    code, kind, subject, name, issued_at, revoked_at, document, entry, ref, withdrawn = row
    own = not subject.endswith("/team")
    return Line(
        code, kind, own, name, issued_at, revoked_at, document["statement"], entry, ref, bool(withdrawn)
    )


def of_entry(session: Session, submission_id: int, user_id: int | None) -> list[Line]:
    """The team's certificates and one's own (one statement)."""
    mine = sa.or_(
        AwardCertificate.subject.like("%/team"),
        sa.and_(AwardCertificateHolder.user_id == user_id, AwardCertificateHolder.user_id.is_not(None)),
    )
    query = _lines(AwardCertificate.submission_id == submission_id, mine)
    return [_line(row) for row in session.execute(query)]


def wish_of(session: Session, submission_id: int, user_id: int | None) -> str | None:
    """The name in which one wishes for one's own; None without a wish (one statement)."""
    mine = (CertificateWish.submission_id == submission_id, CertificateWish.user_id == user_id)
    return session.scalar(sa.select(CertificateWish.name).where(*mine))


def of_round(session: Session, round_id: int, after: int = 0, limit: int = PAGE) -> list[Line]:
    """A page of a round's, in the order in which they were issued (one statement)."""
    query = _lines(AwardCertificate.round_id == round_id).offset(after).limit(limit)
    return [_line(row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Made:
    """How far a round's papers are in one language: of those that stand and name somebody."""

    issued: int
    due: int
    there: int

    @property
    def lacking(self) -> int:
        """How many papers are still to be made."""
        return self.due - self.there


def made(session: Session, round_id: int, locales: Collection[str]) -> dict[str, Made]:
    """How many were issued, how many papers there are to be, and how many there are (one statement)."""
    holder, printed = AwardCertificateHolder, AwardCertificatePrint
    held = sa.and_(standing(), holder.certificate_id.is_not(None))

    def there(locale: str) -> sa.ColumnElement[bool]:
        mine = (printed.certificate_id == AwardCertificate.id, printed.locale == locale)
        return sa.and_(held, sa.exists().where(*mine))

    sums = [sa.func.coalesce(sa.func.sum(sa.case((each, 1), else_=0)), 0) for each in map(there, locales)]
    query = (
        sa.select(
            sa.func.count(AwardCertificate.id),
            sa.func.coalesce(sa.func.sum(sa.case((held, 1), else_=0)), 0),
            *sums,
        )
        .outerjoin(holder, holder.certificate_id == AwardCertificate.id)
        .outerjoin(Award, Award.id == AwardCertificate.award_id)
        .where(AwardCertificate.round_id == round_id)
    )
    issued, due, *found = session.execute(query).one()
    return {locale: Made(issued, due, count) for locale, count in zip(locales, found, strict=True)}


def standing() -> sa.ColumnElement[bool]:
    """The condition on certificates (with their award, if any): neither revoked nor their award withdrawn."""
    taken = sa.func.coalesce(Award.state == "withdrawn", sa.false())
    return sa.and_(AwardCertificate.revoked_at.is_(None), sa.not_(taken))


def lacking(session: Session, round_id: int, locale: str, limit: int) -> Sequence[AwardCertificate]:
    """The next that stand, name somebody and have no paper in this language, whole (one statement)."""
    printed = sa.exists().where(
        AwardCertificatePrint.certificate_id == AwardCertificate.id, AwardCertificatePrint.locale == locale
    )
    query = (
        sa.select(AwardCertificate)
        .join(AwardCertificateHolder, AwardCertificateHolder.certificate_id == AwardCertificate.id)
        .outerjoin(Award, Award.id == AwardCertificate.award_id)
        .where(AwardCertificate.round_id == round_id, standing(), sa.not_(printed))
        .order_by(AwardCertificate.id)
        .limit(limit)
    )
    return session.scalars(query.options(*_WHOLE)).all()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a round that is there."""

    id: int
    code: str
    kind: str
    entry: str
    sha256: str
    size: int


def papers(round_id: int, locale: str) -> Iterator[Paper]:
    """All papers of a round in a language, so many at a time: no row waits for a slow reader."""
    last = 0
    while True:
        with fresh_session() as session:
            rows = session.execute(_papers(round_id, locale, last)).all()
        yield from (Paper(*row) for row in rows)
        if len(rows) < PART:
            return
        last = rows[-1][0]


def _papers(round_id: int, locale: str, after: int) -> sa.Select[int, str, str, str, str, int]:
    printed = AwardCertificatePrint
    return (
        sa.select(
            *(AwardCertificate.id, AwardCertificate.code, AwardCertificate.kind, Submission.code),
            *(printed.sha256, printed.size),
        )
        .join(printed, printed.certificate_id == AwardCertificate.id)
        .join(Submission, Submission.id == AwardCertificate.submission_id)
        .outerjoin(Award, Award.id == AwardCertificate.award_id)
        .where(AwardCertificate.round_id == round_id, printed.locale == locale, standing())
        .where(AwardCertificate.id > after)
        .order_by(AwardCertificate.id)
        .limit(PART)
    )
