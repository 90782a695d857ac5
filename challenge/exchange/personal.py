"""Everything of one person, as files of a zip: what stands under their number, and their submissions whole.

Of every table that can name a person it is told here what becomes of it; a test asks for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation, Membership, Organization, User
from challenge.audit.models import AuditEntry
from challenge.awards.certificate_models import AwardCertificate, AwardCertificateHolder
from challenge.awards.objection_models import Objection, ObjectionFile
from challenge.base.db import Base, fresh_session
from challenge.distribution.models import Contact, Dispatch, Posting, Recipient
from challenge.docking.models import DockingPair
from challenge.exchange import as_judge, entries
from challenge.exchange.packing import Member, as_json, as_lines, file_name
from challenge.exchange.readme import README
from challenge.exchange.rows import columns_of, matching
from challenge.exchange.whose import OWN
from challenge.files.models import Blob
from challenge.judging.blindness import judging_blind
from challenge.messages.models import Letter
from challenge.requirements.content import CLOSED
from challenge.requirements.models import Requirement
from challenge.requirements.version_models import RequirementChange
from challenge.rounds.models import Round
from challenge.submissions.models import Submission, TeamMember
from challenge.supply.models import AchievementOpening
from challenge.ties.models import Tie
from challenge.training.models import Attendance, Certificate, CertificateHolder, Enrolment


def members(user_id: int) -> Iterator[Member]:
    """The files of a person's zip; each is read when its turn comes, a batch of rows at a time."""
    yield Member("README.txt", [README.encode()])
    with fresh_session() as session:
        account, address = _account(session, user_id)
        mine = _submissions(session, user_id)
    yield Member("account.json", [as_json(account)])
    for (table, column), without in OWN.items():
        yield Member(f"rows/{table}.jsonl", as_lines(_rows(_model(table), column, user_id, without)))
    invited = matching(Invitation, _invited(user_id, address), user_id)
    yield Member("rows/invitation.jsonl", as_lines(invited))
    yield Member("rows/tie.jsonl", as_lines(_ties(user_id, address)))
    yield from as_judge.members(user_id)
    yield Member("contacts.jsonl", as_lines(_contacts(address)))
    opened = sa.func.lower(AchievementOpening.email) == address.lower()
    yield Member("rows/achievement_opening.jsonl", as_lines(matching(AchievementOpening, opened, user_id)))
    yield from _sent(user_id, address)
    yield from _trained(user_id)
    yield from _objected(user_id)
    told = sa.or_(Letter.recipient == address, Letter.user_id == user_id)
    yield Member("letters.jsonl", as_lines(matching(Letter, told, user_id)))
    yield Member("audit.jsonl", as_lines(_rows(AuditEntry, "actor", f"user:{user_id}", ("hash", "previous"))))
    for submission_id, name in mine:
        yield from entries.members(submission_id, f"submissions/{name}/", user_id)


def listed(session: Session, user_id: int) -> int:
    """How many submissions are in it."""
    query = sa.select(sa.func.count()).select_from(TeamMember).where(TeamMember.user_id == user_id)
    return session.scalar(query) or 0


def _contacts(address: str) -> Iterator[Mapping[str, Any]]:
    """Where they are named as the one whom an organizer may ask, by their address."""
    with fresh_session() as session:
        query = sa.select(
            Requirement.ref, Requirement.contact_name, Requirement.contact_phone, Requirement.contact_email
        ).where(sa.func.lower(Requirement.contact_email) == address.lower())
        rows = session.execute(query.order_by(Requirement.id)).all()
        # Named in a change that is proposed and not yet decided; decided ones hold nobody any more.
        named = RequirementChange.closed["contact_email"].as_string()
        proposed = sa.select(RequirementChange.closed, RequirementChange.ref)
        waiting = session.execute(proposed.where(sa.func.lower(named) == address.lower())).all()
    yield from (row._asdict() for row in rows)
    for closed, ref in waiting:
        yield {"change": ref, **{name: closed[name] for name in CLOSED if name.startswith("contact_")}}


def _account(session: Session, user_id: int) -> tuple[dict[str, Any], str]:
    person = session.get_one(User, user_id)
    organizations = session.scalars(
        sa.select(Organization).where(
            Organization.id.in_(sa.select(Membership.organization_id).where(Membership.user_id == user_id))
        )
    )
    return {**columns_of(person), "organizations": [columns_of(each) for each in organizations]}, person.email


def _submissions(session: Session, user_id: int) -> list[tuple[int, str]]:
    query = (
        sa.select(Submission.id, Round.slug + sa.literal("-") + Submission.code)
        .join(Round, Round.id == Submission.round_id)
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(TeamMember.user_id == user_id)
        .order_by(Submission.id)
    )
    return [(key, name) for key, name in session.execute(query)]


def _rows(
    model: type[Base], column: str, value: object, without: tuple[str, ...]
) -> Iterator[Mapping[str, Any]]:
    """The rows in which the column has this value."""
    me = value if isinstance(value, int) else None
    return matching(model, model.__mapper__.columns[column] == value, me, lambda _row: without)


def _invited(user_id: int, address: str) -> sa.ColumnElement[bool]:
    """Whatever was offered to them: at their address, or taken up by them at another."""
    mine = sa.func.lower(Invitation.email) == address.lower()
    return sa.or_(mine, Invitation.accepted_by == user_id)


def _sent(user_id: int, address: str) -> Iterator[Member]:
    """The needs that were sent to them, what they answered, and with whom they were brought together."""
    me = sa.or_(Recipient.user_id == user_id, sa.func.lower(Recipient.address) == address.lower())
    mine = sa.select(Recipient.id).where(me)
    paired = sa.or_(DockingPair.user_id == user_id, DockingPair.recipient_id.in_(mine))
    wanted: tuple[tuple[type[Base], sa.ColumnElement[bool]], ...] = (
        (Recipient, me),
        (Contact, Contact.recipient_id.in_(mine)),
        (Posting, Posting.recipient_id.in_(mine)),
        (Dispatch, Dispatch.recipient_id.in_(mine)),
        (DockingPair, paired),
    )
    for model, which in wanted:
        yield Member(f"rows/{model.__tablename__}.jsonl", as_lines(matching(model, which, user_id)))


def _trained(user_id: int) -> Iterator[Member]:
    """The sessions that they attended, and their certificates of either kind as they were signed."""
    mine = sa.select(Enrolment.id).where(Enrolment.user_id == user_id)
    held = sa.select(CertificateHolder.certificate_id).where(CertificateHolder.user_id == user_id)
    won = sa.select(AwardCertificateHolder.certificate_id).where(AwardCertificateHolder.user_id == user_id)
    wanted: tuple[tuple[type[Base], sa.ColumnElement[bool]], ...] = (
        (Attendance, Attendance.enrolment_id.in_(mine)),
        (Certificate, Certificate.id.in_(held)),
        (AwardCertificate, AwardCertificate.id.in_(won)),
    )
    for model, which in wanted:
        yield Member(f"rows/{model.__tablename__}.jsonl", as_lines(matching(model, which, user_id)))


def _objected(user_id: int) -> Iterator[Member]:
    """The evidence that they filed with objections."""
    filed = sa.select(Objection.id).where(Objection.author_id == user_id)
    mine = ObjectionFile.objection_id.in_(filed)
    yield Member("rows/objection_file.jsonl", as_lines(matching(ObjectionFile, mine, user_id)))
    with fresh_session() as session:
        query = sa.select(ObjectionFile.name, Blob.sha256, Blob.size).order_by(ObjectionFile.id)
        files = session.execute(query.join(Blob, Blob.sha256 == ObjectionFile.sha256).where(mine)).all()
    for place, (name, sha256, size) in enumerate(files, start=1):
        yield Member(f"objections/{file_name(place, name)}", entries.blob(sha256, size))


def _ties(user_id: int, address: str) -> Iterator[Mapping[str, Any]]:
    """What ties them to others: told by themselves, known to the product, stated in organizers' files.

    The files wait while they judge blind: who was written into one says who takes part. What other people
    told of them goes with those people's.
    """
    mine = address.lower()
    told = sa.and_(Tie.person_id == user_id, Tie.source != "file")
    ends = (Tie.person_id == user_id, Tie.other_id == user_id)
    stated = sa.or_(*ends, Tie.person_email == mine, Tie.other_email == mine)
    in_files = sa.and_(Tie.source == "file", stated, sa.not_(judging_blind(user_id)))
    return matching(Tie, sa.or_(told, in_files), user_id)


def _model(table: str) -> type[Base]:
    return next(
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.local_table.fullname == table  # type: ignore[attr-defined]
    )
