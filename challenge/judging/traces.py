"""What is known of the judges of a phase and of the people behind its entries: the facts that tie them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts.models import Membership, Organization, OrganizationAlias, User
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.submissions.models import Submission, TeamMember
from challenge.ties.models import Tie, TieFile


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge with an account."""

    id: int
    user_id: int
    email: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class Behind:
    """A person behind an entry."""

    entry: int
    user_id: int | None
    name: str
    email: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A team of another entry that a judge was in, with one of the others in it."""

    judge_user: int
    user_id: int | None
    email: str
    code: str
    round_zh: str | None
    round_en: str | None
    on: dt.date


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a search for conflicts compares, read once."""

    judges: Sequence[Judge]
    people: Sequence[Behind]
    organization_of: Mapping[int, int | None]  # entry -> on whose behalf
    seeker_of: Mapping[int, int | None]
    homes: Mapping[int, Collection[int]]  # user -> organizations
    parents: Mapping[int, int | None]
    names: Mapping[int, Sequence[str]]  # organization -> its names
    aliases: Mapping[int, Sequence[str]]
    ties: Sequence[tuple[Tie, str]]  # with the name of the file that stated it
    shared: Sequence[Shared]
    declared: Mapping[tuple[int, int], tuple[int, str]] = field(default_factory=dict)
    """(judge, entry) -> the phase in which the same person stepped back for a conflict, and why."""


def read(
    session: Session, phase_id: int, wanted: sa.ColumnElement[bool], judge_ids: Collection[int] | None
) -> World | None:
    """The world of a phase's judges (or of some) and the submissions `wanted`; None without a judge."""
    judges = _judges(session, phase_id, judge_ids)
    entries = session.execute(
        sa.select(Submission.id, Submission.organization_id, Requirement.seeker_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .where(wanted)
    ).all()
    if not judges or not entries:
        return None
    people = _people(session, wanted)
    known = {(each.entry, each.user_id) for each in people}
    people += [each for each in _owners(session, wanted) if (each.entry, each.user_id) not in known]
    judge_users, entry_users = _users(phase_id, wanted)
    parents, names = _organizations(session)
    return World(
        judges,
        people,
        {row[0]: row[1] for row in entries},
        {row[0]: row[2] for row in entries},
        _homes(session, judge_users, entry_users),
        parents,
        names,
        _aliases(session),
        _ties(session, phase_id, judge_users, entry_users),
        _shared(session, judge_users, wanted),
        _declared(session, phase_id, wanted),
    )


def _judges(session: Session, phase_id: int, judge_ids: Collection[int] | None) -> list[Judge]:
    query = (
        sa.select(PanelJudge.id, User.id, sa.func.lower(User.email), User.affiliation)
        .join(User, User.id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(PanelJudge.id)
    )
    if judge_ids is not None:
        query = query.where(PanelJudge.id.in_(judge_ids))
    return [Judge(*row) for row in session.execute(query)]


def _people(session: Session, wanted: sa.ColumnElement[bool]) -> list[Behind]:
    # An account says where its owner works now, whatever was written beside the name in the team.
    works = sa.func.coalesce(sa.func.nullif(TeamMember.affiliation, ""), User.affiliation, "")
    query = (
        sa.select(
            TeamMember.submission_id,
            TeamMember.user_id,
            TeamMember.name,
            sa.func.lower(TeamMember.email),
            works,
        )
        .join(Submission, Submission.id == TeamMember.submission_id)
        .outerjoin(User, User.id == TeamMember.user_id)
        .where(wanted)
        .order_by(TeamMember.id)
    )
    return [Behind(*row) for row in session.execute(query)]


def _owners(session: Session, wanted: sa.ColumnElement[bool]) -> list[Behind]:
    query = (
        sa.select(Submission.id, User.id, User.name, sa.literal(""), User.affiliation)
        .join(User, User.id == Submission.owner_id)
        .where(wanted)
        .order_by(Submission.id)
    )
    return [Behind(*row) for row in session.execute(query)]


def _users(phase_id: int, wanted: sa.ColumnElement[bool]) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The accounts of the phase's judges, and of those behind the entries, as selections."""
    judges = sa.select(PanelJudge.user_id).where(
        PanelJudge.phase_id == phase_id, PanelJudge.user_id.is_not(None)
    )
    team = (
        sa.select(TeamMember.user_id)
        .join(Submission, Submission.id == TeamMember.submission_id)
        .where(wanted, TeamMember.user_id.is_not(None))
    )
    return judges, team


def _homes(session: Session, *users: sa.Select[Any]) -> Mapping[int, Collection[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    of_these = sa.or_(*(Membership.user_id.in_(each) for each in users))
    rows = sa.select(Membership.user_id, Membership.organization_id).where(of_these)
    for user, organization in session.execute(rows):
        found[user].add(organization)
    return found


def _organizations(session: Session) -> tuple[Mapping[int, int | None], Mapping[int, Sequence[str]]]:
    rows = session.execute(
        sa.select(Organization.id, Organization.parent_id, Organization.name, Organization.name_en)
    ).all()
    names = {number: [name for name in (zh, en) if name] for number, _, zh, en in rows}
    return {number: parent for number, parent, *_ in rows}, names


def _aliases(session: Session) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = sa.select(OrganizationAlias.organization_id, OrganizationAlias.name).order_by(OrganizationAlias.id)
    for organization, name in session.execute(rows):
        found[organization].append(name)
    return found


def _ties(
    session: Session, phase_id: int, judges: sa.Select[Any], team: sa.Select[Any]
) -> Sequence[tuple[Tie, str]]:
    """What judges told, what was told of them, where those behind the entries worked; all agreements.

    Each with the name of the file that stated it, of the phase's programme or of all, else ''.
    """
    addresses = sa.select(sa.func.lower(User.email)).where(User.id.in_(judges))
    between = sa.or_(
        Tie.person_id.in_(judges),
        Tie.other_id.in_(judges),
        Tie.other_email.in_(addresses),
        Tie.person_email.in_(addresses),
        sa.and_(Tie.person_id.in_(team), Tie.kind.in_(("former_employer", "equity", "agreement"))),
        sa.and_(Tie.source == "file", Tie.organization_id.is_not(None)),
        Tie.other_organization_id.is_not(None),
    )
    programme = sa.select(Round.programme_id).join(Phase, Phase.round_id == Round.id)
    here = TieFile.programme_id == programme.where(Phase.id == phase_id).scalar_subquery()
    query = (
        sa.select(Tie, sa.func.coalesce(TieFile.name, ""))
        .outerjoin(TieFile, TieFile.id == Tie.file_id)
        .where(between, sa.or_(TieFile.programme_id.is_(None), here))
        .order_by(Tie.id)
    )
    return [(tie, name) for tie, name in session.execute(query)]


def _shared(session: Session, judges: sa.Select[Any], wanted: sa.ColumnElement[bool]) -> list[Shared]:
    """Teams of other entries, in any round, that judges were in together with somebody behind an entry."""
    mine, theirs, now = aliased(TeamMember), aliased(TeamMember), aliased(TeamMember)
    before = aliased(Submission)
    same = sa.or_(theirs.user_id == now.user_id, theirs.email == now.email)
    query = (
        sa.select(
            mine.user_id,
            theirs.user_id,
            sa.func.lower(theirs.email),
            before.code,
            Round.title_zh,
            Round.title_en,
            before.created_at,
        )
        .join(before, before.id == mine.submission_id)
        .join(Round, Round.id == before.round_id)
        .join(theirs, sa.and_(theirs.submission_id == before.id, theirs.id != mine.id))
        .join(now, same)
        .join(Submission, sa.and_(Submission.id == now.submission_id, Submission.id != before.id))
        .where(mine.user_id.in_(judges), wanted)
        .distinct()
        .order_by(before.code)
    )
    rows = session.execute(query)
    return [Shared(me, user, mail, code, zh, en, at.date()) for me, user, mail, code, zh, en, at in rows]


def _declared(
    session: Session, phase_id: int, wanted: sa.ColumnElement[bool]
) -> Mapping[tuple[int, int], tuple[int, str]]:
    seat = aliased(PanelJudge)
    query = (
        sa.select(seat.id, Assignment.submission_id, Phase.number, Assignment.reason)
        .select_from(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .join(PanelJudge, PanelJudge.id == Assignment.judge_id)
        .join(seat, sa.and_(seat.user_id == PanelJudge.user_id, seat.id != PanelJudge.id))
        .join(Phase, Phase.id == Assignment.phase_id)
        .where(seat.phase_id == phase_id, Assignment.state == "recused", wanted)
        .order_by(Phase.number)
    )
    return {(judge, entry): (number, why or "") for judge, entry, number, why in session.execute(query)}
