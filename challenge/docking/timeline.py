"""What happened between a requirement and a candidate, and the pairs of a requirement or a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.distribution.models import Dispatch, Recipient
from challenge.docking.models import Docking, DockingPair
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Action, Actor, can
from challenge.submissions import queries as submissions
from challenge.submissions.models import Submission, TeamMember

HANDED_IN = ("submitted", "selected", "not_selected")


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: its kind, when, and the number of the meeting where it is one."""

    kind: str
    at: dt.datetime
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair in a list, with its latest meeting."""

    ref: str
    title_zh: str | None
    title_en: str | None
    candidate: str
    meetings: int
    state: str | None
    next_action: str
    next_at: dt.datetime | None
    moved_at: dt.datetime


def dockings_of(session: Session, pair_id: int) -> Sequence[Docking]:
    """The meetings of a pair, the newest first (one statement)."""
    query = sa.select(Docking).where(Docking.pair_id == pair_id).order_by(Docking.number.desc())
    return session.scalars(query).all()


def of_pair(
    session: Session, pair: DockingPair, dockings: Sequence[Docking], more: Sequence[Moment] = ()
) -> list[Moment]:
    """The pair's moments, newest first (one statement beside the meetings, which are loaded)."""
    found = [Moment("paired", pair.created_at), *more]
    for dispatch in session.scalars(_dispatches(pair)):
        found.append(Moment("dispatched", dispatch.created_at))
        if dispatch.opened_at is not None:
            found.append(Moment("opened", dispatch.opened_at))
        if dispatch.answered_at is not None:
            found.append(Moment(dispatch.state, dispatch.answered_at))
    for docking in dockings:
        found.append(Moment("planned", docking.created_at, docking.number))
        if docking.settled_at is not None:
            found.append(Moment(docking.state, docking.settled_at, docking.number))
    found.sort(key=lambda each: (each.at, each.number or 0))
    return found[::-1]  # of one instant too: answered after opened


def handed_in(
    session: Session, actor: Actor, pair: DockingPair, people: Collection[int], now: dt.datetime
) -> list[Moment]:
    """When the candidate's people handed a solution in, for whoever may read that; one statement or four.

    A seeker learns it after the close, an organizer of a sealed round once the seal is off.
    """
    query = (
        sa.select(Submission.ref, Submission.submitted_at)
        .join(TeamMember, TeamMember.submission_id == Submission.id)
        .where(Submission.requirement_id == pair.requirement_id, TeamMember.user_id.in_(people))
        .where(Submission.state.in_(HANDED_IN), Submission.submitted_at.is_not(None))
        .order_by(Submission.id)
        .limit(1)
    )
    row: Any = session.execute(query).one_or_none()
    if row is None:
        return []
    subject = submissions.shown(session, row[0], now).subject
    return [Moment("submitted", row[1])] if can(actor, Action.SUBMISSION_READ, subject) else []


def _dispatches(pair: DockingPair) -> sa.Select[Dispatch]:
    theirs = Dispatch.recipient_id == (pair.recipient_id or 0)
    if pair.user_id is not None:
        mine = sa.select(Recipient.id).where(Recipient.user_id == pair.user_id)
        theirs = Dispatch.recipient_id.in_(mine)
    return sa.select(Dispatch).where(Dispatch.requirement_id == pair.requirement_id, theirs)


def pairs(session: Session, where: Sequence[sa.ColumnElement[bool]], limit: int = 100) -> list[PairRow]:
    """Pairs that hold these conditions, the last moved first (two statements)."""
    query = (
        sa.select(DockingPair)
        .join(Requirement, Requirement.id == DockingPair.requirement_id)
        .where(*where)
        .options(
            joinedload(DockingPair.requirement, innerjoin=True),
            *(joinedload(each) for each in CANDIDATE),
        )
        .order_by(DockingPair.id.desc())
        .limit(limit)
    )
    found = session.scalars(query).all()
    latest: dict[int, Docking] = {}
    of = sa.select(Docking).where(Docking.pair_id.in_([each.id for each in found]))
    for docking in session.scalars(of.order_by(Docking.number)):
        latest[docking.pair_id] = docking
    rows = [_row(each, latest.get(each.id)) for each in found]
    return sorted(rows, key=lambda row: row.moved_at, reverse=True)


CANDIDATE = (DockingPair.user, DockingPair.organization, DockingPair.recipient)


def _row(pair: DockingPair, last: Docking | None) -> PairRow:
    return PairRow(
        ref=pair.ref,
        title_zh=pair.requirement.title_zh,
        title_en=pair.requirement.title_en,
        candidate=candidate_name(pair),
        meetings=last.number if last else 0,
        state=last.state if last else None,
        next_action=last.next_action if last else "",
        next_at=last.next_at if last else None,
        moved_at=last.moved_at if last else pair.created_at,
    )


def candidate_name(pair: DockingPair) -> str:
    """By what the candidate is known; the candidate must be loaded."""
    if pair.organization is not None:
        return pair.organization.name
    if pair.user is not None:
        return pair.user.name or pair.user.email
    return pair.recipient.name or pair.recipient.address if pair.recipient is not None else ""


def of_round(session: Session, round_id: int) -> list[PairRow]:
    """All pairs of a round."""
    return pairs(session, [Requirement.round_id == round_id])


def of_requirement(session: Session, requirement_id: int) -> list[PairRow]:
    """The pairs of a requirement."""
    return pairs(session, [DockingPair.requirement_id == requirement_id])


def mine(session: Session, actor: Actor, limit: int = 20) -> list[PairRow]:
    """Those in which the actor is the seeker's or the candidate's side."""
    recipients = sa.select(Recipient.id).where(Recipient.user_id == (actor.user_id or 0))
    here = sa.or_(
        Requirement.seeker_id.in_(actor.represents),
        DockingPair.user_id == (actor.user_id or 0),
        DockingPair.organization_id.in_(actor.represents),
        DockingPair.recipient_id.in_(recipients),
    )
    return pairs(session, [here], limit)
