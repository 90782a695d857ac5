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
from challenge.awards import offer_models
from challenge.base.db import Base, fresh_session
from challenge.distribution.models import Contact, Dispatch, Posting, Recipient
from challenge.docking.models import DockingPair
from challenge.exchange import as_judge, entries
from challenge.exchange.packing import Member, as_json, as_lines
from challenge.exchange.readme import README
from challenge.exchange.rows import columns_of, matching
from challenge.judging import ways_models
from challenge.judging.blindness import judging_blind
from challenge.matches import models as matches_models
from challenge.messages.models import Letter
from challenge.requirements import diagnosis_models, face_models, intake_models, version_models
from challenge.requirements.content import CLOSED
from challenge.requirements.models import Requirement
from challenge.requirements.version_models import RequirementChange
from challenge.rounds import resource_models
from challenge.rounds.models import Round
from challenge.search import models as search_models
from challenge.services import models as service_models
from challenge.submissions import board_models
from challenge.submissions.models import Submission, TeamMember
from challenge.supply import models as supply_models
from challenge.supply.models import AchievementOpening
from challenge.ties.models import Tie
from challenge.training.models import Attendance, Certificate, CertificateHolder, Enrolment

TABLES = (
    diagnosis_models,
    face_models,
    intake_models,
    version_models,
    resource_models,
    board_models,
    matches_models,
    search_models,
    service_models,
    supply_models,
    ways_models,
    offer_models,
)  # loaded, so that their tables are known here
# (table, the column that names the person) -> columns that stand elsewhere in the zip, or are not theirs.
OWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("access_log", "reader_id"): (),
    ("achievement", "person_id"): (),
    ("attachment", "uploaded_by"): (),
    ("care", "broker_id"): (),
    ("certificate_holder", "user_id"): (),
    ("enrolment", "user_id"): (),
    # What they were shown of the requirement is its seeker's.
    ("diagnosis", "expert_id"): ("seen",),
    ("diagnosis_opening", "reader_id"): (),
    ("expert", "user_id"): (),
    ("face_access", "user_id"): (),
    ("face_opening", "user_id"): (),
    ("expert_document", "user_id"): (),
    ("follow", "user_id"): (),
    ("late_arrival", "user_id"): ("manifest", "refusal"),
    ("membership", "user_id"): (),
    ("nda_acceptance", "user_id"): (),
    ("offer_book", "author_id"): (),
    ("offer_note", "author_id"): (),
    ("register_entry", "user_id"): (),
    ("requirement_match", "expert_id"): (),
    ("panel_judge", "user_id"): (),
    ("public_vote", "user_id"): (),
    ("question", "asker_id"): (),
    ("resource_opening", "user_id"): (),
    ("role_grant", "user_id"): (),
    ("saved_search", "user_id"): (),
    ("service_note", "author_id"): (),
    ("service_request", "author_id"): (),
    ("screening_case", "replied_by"): (),
    ("supply_book", "author_id"): (),
    ("team_link", "accepted_by"): (),
    ("team_member", "user_id"): (),
    ("teammate_message", "sender_id"): (),
    ("teammate_post", "author_id"): (),
    ("terms_acceptance", "user_id"): (),
    ("upload", "user_id"): (),
}
# In files of their own making, below, or beside what OWN gives.
APART = frozenset(
    {
        ("achievement_opening", "email"),
        ("audit_entry", "actor"),
        ("contact", "recipient_id"),
        ("dispatch", "recipient_id"),
        ("docking_pair", "recipient_id"),
        ("docking_pair", "user_id"),
        ("invitation", "accepted_by"),
        ("invitation", "email"),
        ("letter", "recipient"),
        ("posting", "recipient_id"),
        ("recipient", "user_id"),
        ("requirement", "contact_email"),
        ("tie", "other_email"),
        ("tie", "other_id"),
        ("tie", "person_email"),
        ("tie", "person_id"),
        ("user_account", "email"),
    }
)
# Written in an office or as one of a team: what they did is in audit.jsonl, the thing is not theirs alone.
IN_OFFICE = frozenset(
    {
        ("achievement", "author_id"),
        ("achievement_opening", "opened_by"),
        ("announcement", "author_id"),
        ("attendance", "author_id"),
        ("care", "offered_by"),
        ("certificate", "author_id"),
        ("certificate", "revoked_by"),
        ("course", "author_id"),
        ("contact_list", "author_id"),
        ("diagnosis", "asked_by"),
        ("docking", "author_id"),
        ("docking_pair", "author_id"),
        ("conflict_case", "decided_by"),
        ("comment_ruling", "decided_by"),
        ("criterion_ruling", "decided_by"),
        ("assignment_run", "author_id"),
        ("face_access", "decided_by"),
        ("gallery_entry", "decided_by"),
        ("invitation", "invited_by"),
        ("phase_feedback", "released_by"),
        ("nda", "author_id"),
        ("on_site", "chair_id"),
        ("public_notice", "author_id"),
        ("question", "answered_by"),
        ("ranking", "author_id"),
        ("need_book", "author_id"),
        ("redaction_mark", "author_id"),
        ("answer_correction", "answered_by"),
        ("requirement_change", "author_id"),
        ("requirement_change", "decided_by"),
        ("requirement_version", "author_id"),
        ("requirement_version", "publisher_id"),
        ("requirement", "author_id"),
        ("requirement", "confirmed_by"),
        ("resource", "author_id"),
        ("resource_terms", "author_id"),
        ("round_override", "author_id"),
        ("tie_decision", "author_id"),
        ("score_book", "author_id"),
        ("scorecard", "entered_by"),
        ("scorecard_revision", "author_id"),
        ("screening_case", "decided_by"),
        ("screening_case", "opened_by"),
        ("seeker_decision", "decided_by"),
        ("service", "author_id"),
        ("service_request", "assigned_id"),
        ("sending", "author_id"),
        ("share_link", "author_id"),
        ("submission", "owner_id"),  # every owner is in the team
        ("submission_extension", "author_id"),
        ("submission_form", "author_id"),
        ("submission_form_draft", "author_id"),
        ("submission_version", "submitted_by"),
        ("team_link", "created_by"),
        ("team_member", "email"),  # of somebody who has not accepted: the invitation says it
        ("tie_file", "author_id"),
        ("wording_taken", "taken_by"),
    }
)


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
    yield Member("letters.jsonl", as_lines(_rows(Letter, "recipient", address, ())))
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
    """The sessions that they attended, and their certificates as they were signed."""
    mine = sa.select(Enrolment.id).where(Enrolment.user_id == user_id)
    held = sa.select(CertificateHolder.certificate_id).where(CertificateHolder.user_id == user_id)
    wanted: tuple[tuple[type[Base], sa.ColumnElement[bool]], ...] = (
        (Attendance, Attendance.enrolment_id.in_(mine)),
        (Certificate, Certificate.id.in_(held)),
    )
    for model, which in wanted:
        yield Member(f"rows/{model.__tablename__}.jsonl", as_lines(matching(model, which, user_id)))


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
