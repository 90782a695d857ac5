"""Whom a segment of a round reaches: counted and listed by one selection, so that both are about the same.

A draft is its team's own: organizers see its code and never who is behind it, and neither is anybody named
who is behind an entry that this organizer may not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.flow import audiences as who
from challenge.judging.models import Assignment, PanelJudge, Phase, PhaseEntry
from challenge.requirements.models import Requirement
from challenge.rules.lifecycles import ENTERED
from challenge.rules.segments import parts_of
from challenge.submissions.models import Submission, TeamMember

LISTED = 500


@dataclass(frozen=True, slots=True)
class Segment:
    """Parts of a round's people; `phase` narrows judges and entries to one phase of the judging."""

    round_id: int
    parts: tuple[str, ...]
    phase: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How many a segment reaches, and a digest of exactly who, to tell whether that changed meanwhile."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in a segment by what an organizer may know: a name, or the code of what they stand behind."""

    name: str
    role: str


def segment(round_id: int, chosen: list[str], phase: int | None = None) -> Segment:
    """What was chosen; raises Invalid for nothing and for what is no part."""
    return Segment(round_id, parts_of(chosen), phase)


def readers(wanted: Segment) -> sa.Select[int]:
    """Ids of those in a segment who can be written to, each once."""
    found = [_part(wanted, each) for each in wanted.parts]
    people = sa.union(*(sa.select(each.subquery().c[0]) for each in found)).subquery()
    query = sa.select(User.id).where(User.id.in_(sa.select(people.c[0])))
    return query.where(User.active.is_(True), User.confirmed_at.is_not(None))


def reached(session: Session, wanted: Segment) -> Reached:
    """The exact number, and a digest of the ids in order (one statement)."""
    ids = session.scalars(readers(wanted).order_by(User.id)).all()
    return Reached(len(ids), hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:20])


def _part(wanted: Segment, part: str) -> who.Ids:
    role, _colon, state = part.partition(":")
    facts = {"round_id": wanted.round_id}
    if role == "entries":
        return _entries(wanted, state)
    if role == "needs":
        return who.behind_needs(Requirement.round_id == wanted.round_id, Requirement.state == state)
    if role == "work":
        return _judges(wanted, state)
    if state == "panel":
        return who.panel(facts) if wanted.phase is None else _judges(wanted, None)
    return who.organizers(facts)


def _entries(wanted: Segment, state: str) -> who.Ids:
    query = sa.select(TeamMember.user_id).join(Submission, Submission.id == TeamMember.submission_id)
    query = query.where(Submission.round_id == wanted.round_id, Submission.state == state)
    if wanted.phase is not None:
        query = query.where(Submission.id.in_(_in_phase(wanted)))
    return query.where(TeamMember.user_id.is_not(None))


def _in_phase(wanted: Segment) -> sa.Select[int]:
    query = sa.select(PhaseEntry.submission_id).join(Phase, Phase.id == PhaseEntry.phase_id)
    return query.where(Phase.round_id == wanted.round_id, Phase.number == wanted.phase)


def _judges(wanted: Segment, state: str | None) -> who.Ids:
    query = sa.select(PanelJudge.user_id).join(Phase, Phase.id == PanelJudge.phase_id)
    query = query.where(Phase.round_id == wanted.round_id, PanelJudge.user_id.is_not(None))
    if wanted.phase is not None:
        query = query.where(Phase.number == wanted.phase)
    if state is not None:
        query = query.join(Assignment, Assignment.judge_id == PanelJudge.id).where(Assignment.state == state)
    return query


def lines(session: Session, wanted: Segment, *, sealed: bool, me: int) -> Sequence[Line]:
    """Who is in it, part by part, the first five hundred: people by name, drafts by their codes.

    `sealed`: nobody behind an entry is named yet; nor are they to an organizer who is behind one (`me`).
    """
    blind = sealed or _behind_one(session, wanted.round_id, me)
    found: list[Line] = []
    for part in wanted.parts:
        role, _colon, state = part.partition(":")
        by_code = role == "entries" and (blind or state not in ENTERED)
        query = _codes(wanted, state) if by_code else _names(wanted, part)
        room = LISTED - len(found)
        found += [Line(name, part) for name in session.scalars(query.limit(room))] if room else []
    return found


def _behind_one(session: Session, round_id: int, me: int) -> bool:
    query = sa.select(TeamMember.id).join(Submission, Submission.id == TeamMember.submission_id)
    mine = query.where(Submission.round_id == round_id, TeamMember.user_id == me)
    return session.scalar(sa.select(mine.exists())) or False


def _codes(wanted: Segment, state: str) -> sa.Select[str]:
    query = sa.select(Submission.code).where(
        Submission.round_id == wanted.round_id, Submission.state == state
    )
    if wanted.phase is not None:
        query = query.where(Submission.id.in_(_in_phase(wanted)))
    return query.order_by(Submission.code)


def _names(wanted: Segment, part: str) -> sa.Select[str]:
    people = _part(wanted, part).subquery()
    name = sa.case((User.name != "", User.name), else_=User.email)
    query = sa.select(name).where(User.id.in_(sa.select(people.c[0])))
    return query.where(User.active.is_(True), User.confirmed_at.is_not(None)).order_by(User.name, User.id)
