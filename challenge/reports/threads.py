"""What hangs on one thing: the subjects under which the trail speaks of it, for one kind of reader.

A thread is a list of subjects of one kind ("submission:4", "submission:9"), each with the reference under
which it has a page and a short name. None of them holds more than its reader may know to exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from challenge.agreements.milestone_models import Milestone
from challenge.agreements.models import Agreement, AgreementParty
from challenge.awards.models import Award, Notice
from challenge.awards.objection_models import Objection
from challenge.awards.queries import SHOWN
from challenge.distribution.models import Dispatch, DispatchAttempt, Posting
from challenge.docking.models import Docking, DockingPair
from challenge.judging.models import Phase, Ranking
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import ENTERED
from challenge.rules.permissions import Actor
from challenge.services.models import ServiceRequest
from challenge.submissions.models import Submission, TeamMember

# What a seeker reads of its need's entries, once it may.
STANDING = ("submitted", "selected", "not_selected")
Ids = sa.Select[*tuple[Any, ...]]
_Own = aliased(Submission)  # of whoever speaks for a seeker and entered for its need: a rival reads no other


@dataclass(frozen=True, slots=True)
class Origin:
    """The thing whose record is read, and by number what it belongs to."""

    kind: str
    ref: str
    name: str  # of an entry its code, of an agreement its number
    round_id: int
    slug: str
    zone: str
    sealed: bool
    programme_id: int
    host_id: int
    requirement_id: int | None
    need_ref: str | None
    title_zh: str | None
    title_en: str | None
    seeker_id: int | None
    author_id: int | None
    broker_id: int | None
    submission_id: int | None = None
    award_id: int | None = None
    pair_id: int | None = None
    agreement_id: int | None = None
    team: bool = False  # the reader is of the entry's team
    party: bool = False  # the reader stands on a side of the agreement, or of one on this entry or award


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks, as what, and whether a seeker may read the entries of its need."""

    actor: Actor
    reader: str
    readable: bool = False


def mine(actor: Actor, *where: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether the reader stands on a side of an agreement for which this holds."""
    side = sa.or_(
        AgreementParty.organization_id.in_(actor.represents), AgreementParty.user_id == (actor.user_id or 0)
    )
    of = sa.and_(AgreementParty.agreement_id == Agreement.id, side)
    return sa.exists().where(of, *where)


def in_team(actor: Actor, submission: Any) -> sa.Exists:
    """Whether the reader is in the team of this entry."""
    return sa.exists().where(
        TeamMember.submission_id == submission, TeamMember.user_id == (actor.user_id or 0)
    )


def entries(origin: Origin, sight: Sight) -> sa.ColumnElement[bool]:
    """Which entries belong to the record: the one, or those of the need as far as the reader may know."""
    if origin.submission_id is not None:
        return Submission.id == origin.submission_id
    if origin.kind != "need":
        return sa.false()
    of_need = Submission.requirement_id == origin.requirement_id
    if sight.reader == "organizer":
        return of_need
    if sight.reader != "seeker" or not sight.readable:
        return sa.false()
    rival = sa.select(TeamMember.submission_id).where(TeamMember.user_id == (sight.actor.user_id or 0))
    own = sa.exists().where(_Own.requirement_id == origin.requirement_id, _Own.id.in_(rival))
    return sa.and_(of_need, Submission.state.in_(STANDING), ~own)


def _row(number: Any, ref: Any = None, name: Any = None) -> Ids:
    """A subject's number, the reference of its page, its short name."""
    page = sa.literal("") if ref is None else sa.func.coalesce(ref, "")
    short = sa.literal("") if name is None else sa.func.coalesce(sa.cast(name, sa.Text), "")
    return sa.select(number.label("id"), page.label("ref"), short.label("name"))


def _requirement(origin: Origin, _sight: Sight) -> Ids:
    return _row(Requirement.id, Requirement.ref).where(Requirement.id == origin.requirement_id)


def _sending(origin: Origin, _sight: Sight) -> Ids:
    found = (
        sa.select(Posting.sending_id)
        .join(DispatchAttempt, DispatchAttempt.posting_id == Posting.id)
        .join(Dispatch, Dispatch.id == DispatchAttempt.dispatch_id)
        .where(Dispatch.requirement_id == _of_need(origin))
        .distinct()
        .subquery()
    )
    return _row(found.c.sending_id)


def _dispatch(origin: Origin, _sight: Sight) -> Ids:
    return _row(Dispatch.id).where(Dispatch.requirement_id == _of_need(origin))


def _of_need(origin: Origin) -> int:
    """The need where its whole way is told, not that of one entry or agreement."""
    return (origin.requirement_id or 0) if origin.kind == "need" else 0


def _pairs(origin: Origin) -> sa.ColumnElement[bool]:
    if origin.kind == "need":
        return DockingPair.requirement_id == origin.requirement_id
    return DockingPair.id == (origin.pair_id or 0)


def _pair(origin: Origin, _sight: Sight) -> Ids:
    return _row(DockingPair.id, DockingPair.ref).where(_pairs(origin))


def _docking(origin: Origin, _sight: Sight) -> Ids:
    rows = _row(Docking.id, DockingPair.ref, Docking.number)
    return rows.join(DockingPair, DockingPair.id == Docking.pair_id).where(_pairs(origin))


def _submission(origin: Origin, sight: Sight) -> Ids:
    # An organizer opens what was handed in, once no seal lies on it; a team its own at any time.
    opens = sa.and_(Submission.state.in_(ENTERED), sa.literal(not origin.sealed))
    page = Submission.ref if sight.reader != "organizer" else sa.case((opens, Submission.ref), else_="")
    return _row(Submission.id, page, Submission.code).where(entries(origin, sight))


def _round(origin: Origin, _sight: Sight) -> Ids:
    return _row(sa.literal(origin.round_id, sa.BigInteger))


def _judged(origin: Origin, sight: Sight) -> sa.Exists:
    return sa.exists().where(entries(origin, sight), Submission.state.in_(ENTERED))


def _phase(origin: Origin, sight: Sight) -> Ids:
    rows = _row(Phase.id, name=Phase.number)
    return rows.where(Phase.round_id == origin.round_id, _judged(origin, sight))


def _ranking(origin: Origin, sight: Sight) -> Ids:
    rows = _row(Ranking.id, name=Phase.number).join(Phase, Phase.id == Ranking.phase_id)
    return rows.where(Phase.round_id == origin.round_id, _judged(origin, sight))


def _award(origin: Origin, sight: Sight) -> Ids:
    here = sa.select(Submission.id).where(entries(origin, sight))
    rows = _row(Award.id, Award.ref).where(Award.submission_id.in_(here))
    return rows if sight.reader == "organizer" else rows.where(Award.state.in_(SHOWN))


def _objection(origin: Origin, sight: Sight) -> Ids:
    here = sa.select(Submission.id).where(entries(origin, sight))
    if sight.reader == "organizer":
        return _row(Objection.id, Objection.ref).where(Objection.submission_id.in_(here))
    # What came of one is public with the results, and by then no judge or rival is told by it.
    out = sa.exists().where(Notice.round_id == origin.round_id, Notice.published_at.is_not(None))
    return _row(Objection.id).where(Objection.submission_id.in_(here), out)


def _agreements(origin: Origin, sight: Sight) -> sa.ColumnElement[bool]:
    of = {
        "need": Agreement.requirement_id == origin.requirement_id,
        "agreement": Agreement.id == origin.agreement_id,
    }.get(origin.kind, Agreement.submission_id == origin.submission_id)
    # Who runs the round, or looks after the need, reads all; everyone else those that they stand in.
    return of if sight.reader in ("organizer", "broker") else sa.and_(of, mine(sight.actor))


def _agreement(origin: Origin, sight: Sight) -> Ids:
    return _row(Agreement.id, Agreement.ref, Agreement.number).where(_agreements(origin, sight))


def _milestone(origin: Origin, sight: Sight) -> Ids:
    rows = _row(Milestone.id, Agreement.ref, Milestone.position)
    rows = rows.join(Agreement, Agreement.id == Milestone.agreement_id)
    return rows.where(_agreements(origin, sight))


def _service_request(origin: Origin, sight: Sight) -> Ids:
    agreed = sa.select(Agreement.id).where(_agreements(origin, sight))
    about = [sa.and_(ServiceRequest.about == "agreement", ServiceRequest.about_id.in_(agreed))]
    if origin.kind == "need":
        need = ServiceRequest.about_id == origin.requirement_id
        about.append(sa.and_(ServiceRequest.about == "requirement", need))
    rows = _row(ServiceRequest.id, ServiceRequest.ref).where(sa.or_(*about))
    if sight.reader == "organizer":
        return _row(ServiceRequest.id).where(sa.or_(*about))  # its page belongs to both its sides
    return rows.where(ServiceRequest.asker_id.in_(sight.actor.represents))


# Kind of subject -> its thread.
THREADS: dict[str, Callable[[Origin, Sight], Ids]] = {
    "requirement": _requirement,
    "sending": _sending,
    "dispatch": _dispatch,
    "pair": _pair,
    "docking": _docking,
    "submission": _submission,
    "round": _round,
    "phase": _phase,
    "ranking": _ranking,
    "award": _award,
    "objection": _objection,
    "agreement": _agreement,
    "milestone": _milestone,
    "service_request": _service_request,
}
