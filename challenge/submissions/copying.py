"""A draft for another requirement from this one's: what fits its form is carried over, files by reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.services import Room
from challenge.requirements.models import Indicator, Requirement
from challenge.rounds.models import Round, RoundWindow
from challenge.rules.carrying import Carried, Row, carry
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Actor
from challenge.submissions import asking, drafting, material, queries
from challenge.submissions.material import OWNER, Asked, File
from challenge.submissions.models import Submission, TeamMember
from challenge.submissions.queries import Shown


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be carried into a draft for this requirement, and what would stay behind."""

    requirement: Requirement
    carried: Carried
    files: tuple[Kept, ...]
    files_left: tuple[File, ...]
    room: Room


@dataclass(frozen=True, slots=True)
class Copied:
    """The draft, and whether it was there with answers of its own already: then nothing was copied."""

    submission: Submission
    plan: Plan
    there: bool


def plan(session: Session, shown: Shown, requirement_ref: str) -> Plan:
    """What of a submission fits another published requirement; three statements. Raises NotFound."""
    row = session.execute(
        sa.select(Requirement, Round)
        .join(Round, Round.id == Requirement.round_id)
        .where(Requirement.ref == requirement_ref, Requirement.state == "published", Round.public)
    ).one_or_none()
    if row is None or row[0].id == shown.submission.requirement_id:
        raise NotFound
    target, round_ = row
    spec = asking.of_round(session, round_.id, True).spec
    asked = session.scalars(
        sa.select(Indicator).where(Indicator.requirement_id == target.id).order_by(Indicator.position)
    )
    rows = (
        [_row(each) for each in shown.material.indicators],
        [_row(each) for each in asked],
    )
    currencies = (shown.submission.currency, target.currency)
    carried = carry(shown.form.spec, spec, shown.submission.values, rows, currencies=currencies)
    room = material.room_of(spec, round_)
    kept, left = _files(shown.material.files, room, round_.max_file_bytes)
    return Plan(target, carried, tuple(kept), tuple(left), room)


def copy(session: Session, actor: Actor, ref: str, requirement_ref: str) -> Copied:
    """Begin a draft for the other requirement with all that fits; only an empty draft is written to.

    Sent twice, it is one draft and the same answer. Raises NotFound, `TooLate`, `EntryRefused`, `WrongState`.
    """
    mine = sa.select(TeamMember.id).join(Submission, Submission.id == TeamMember.submission_id)
    member = mine.where(Submission.ref == ref, TeamMember.user_id == actor.user_id)
    if actor.user_id is None or session.scalar(member) is None:
        raise NotFound
    draft = drafting.start(session, actor, requirement=requirement_ref)
    now = clock.now(session)
    shown = queries.shown(session, ref, now)
    found = plan(session, shown, requirement_ref)
    values = found.carried.values
    if draft.values or files.listed(session, OWNER, draft.id):
        return Copied(draft, found, there=draft.values != values)
    draft.values = values
    draft.team_name = shown.submission.team_name
    organization_id = shown.submission.organization_id
    draft.organization_id = organization_id if organization_id in actor.represents else None
    draft.draft_version += 1
    draft.marks = dict.fromkeys((*values, "team_name", "organization_id"), draft.draft_version)
    draft.updated_at = now
    if found.files:
        user_id, room = actor.user_id, found.room
        files.attach(session, OWNER, draft.id, found.files, room=room, user_id=user_id, at=now)
    session.flush()
    return Copied(draft, found, there=False)


def targets(session: Session, shown: Shown, limit: int = 200) -> Sequence[Requirement]:
    """Other published requirements whose rounds take solutions now, those of its own round first."""
    opens = RoundWindow.stage == "submission"
    running = sa.and_(opens, RoundWindow.opens_at <= shown.now, RoundWindow.closes_at > shown.now)
    query = (
        sa.select(Requirement)
        .join(Round, Round.id == Requirement.round_id)
        .join(RoundWindow, sa.and_(RoundWindow.round_id == Round.id, running))
        .where(
            Requirement.state == "published",
            Round.public,
            Round.cancelled_at.is_(None),
            sa.or_(Requirement.closes_at.is_(None), Requirement.closes_at > shown.now),
            Requirement.id.is_distinct_from(shown.submission.requirement_id),
        )
        .order_by(Requirement.round_id != shown.round.id, Requirement.number, Requirement.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def _row(asked: Asked | Indicator) -> Row:
    return Row(asked.id, asked.name_zh, asked.name_en, asked.unit)


def _files(known: Sequence[File], room: Room, file_bytes: int) -> tuple[list[Kept], list[File]]:
    """The files that the other form and round take, in their order, and those that they do not."""
    kept: list[Kept] = []
    left: list[File] = []
    for file in known:
        try:
            files.check_room(kept, [file], room)
            fits = file.size <= file_bytes
        except Invalid:
            fits = False
        if fits:
            kept.append(Kept(file.sha256, file.size, file.media_type, file.name, file.field))
        else:
            left.append(file)
    return kept, left
