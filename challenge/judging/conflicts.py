"""Hard conflicts of interest of a judge with an entry: found in the data, never assigned, always asked.

A judge's own pages learn *that* there is a conflict, not with whom: the search runs inside the database and
gives back one word.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.base.db import Base
from challenge.judging.models import Assignment, PanelJudge
from challenge.requirements.models import Requirement
from challenge.rules.domains import registrable
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, TeamMember

# Core tables: an ORM entity inside recursive and compound selects would only cost time on the judge's pages.
_judge, _user, _member, _organization, _submission, _team, _requirement, _assignment = (
    Base.metadata.tables[model.__tablename__]
    for model in (
        PanelJudge,
        User,
        Membership,
        Organization,
        Submission,
        TeamMember,
        Requirement,
        Assignment,
    )
)
Found = Mapping[tuple[int, int], str]
"""(panel judge, submission) -> "team", "organization", "seeker" or "domain"."""


def hard(
    session: Session,
    phase_id: int,
    wanted: sa.ColumnElement[bool],
    addresses: Mapping[int, str] | None = None,
) -> Found:
    """Every hard conflict between the phase's judges and the submissions `wanted`.

    One statement where the judges' mail `addresses` are known already, else two.
    """
    if addresses is None:
        of_judges = sa.select(_judge.c.id, _user.c.email).join(_user, _user.c.id == _judge.c.user_id)
        addresses = dict(session.execute(of_judges.where(_judge.c.phase_id == phase_id)).all())
    judges = _judges().where(_judge.c.phase_id == phase_id).subquery("judges")
    entries = _entries().where(wanted).subquery("entries")
    parts = _shared_ties(judges, entries)
    domains = {judge: domain for judge, email in addresses.items() if (domain := registrable(email))}
    if domains:
        parts.append(_same_domains(domains, entries))
    found: dict[tuple[int, int], str] = {}
    for judge_id, submission_id, reason in session.execute(sa.union_all(*parts)):
        _keep(found, (judge_id, submission_id), reason)
    return found


def one(session: Session, judge_id: int, submission_id: int) -> str | None:
    """The hard conflict of one judge with one entry, or None (three statements)."""
    address = session.scalar(
        sa.select(_user.c.email).join(_judge, _judge.c.user_id == _user.c.id).where(_judge.c.id == judge_id)
    )
    judges = _judges().where(_judge.c.id == judge_id).subquery("judges")
    entries = _entries().where(_submission.c.id == submission_id).subquery("entries")
    parts = [*_shared_ties(judges, entries), _same_domain(judges, entries)]
    values = {"domain": (registrable(address) if address else None) or ""}
    reasons = {reason for _, _, reason in session.execute(sa.union_all(*parts), values)}
    return min(reasons, key=_ORDER.index, default=None)


def of_person(session: Session, user_id: int | None, submission_id: int) -> str | None:
    """The tie of anybody with an account to one entry, as a judge's would be; for those who screen."""
    address = session.scalar(sa.select(_user.c.email).where(_user.c.id == user_id))
    if address is None:
        return None
    people = sa.select(_user.c.id, _user.c.id.label("user_id"), sa.func.lower(_user.c.email).label("email"))
    person = people.where(_user.c.id == user_id).subquery("judges")
    entries = _entries().where(_submission.c.id == submission_id).subquery("entries")
    parts = [*_shared_ties(person, entries), _same_domain(person, entries)]
    rows = session.execute(sa.union_all(*parts), {"domain": registrable(address) or ""})
    reasons = {reason for _, _, reason in rows}
    return min(reasons, key=_ORDER.index, default=None)


def of_assignment() -> sa.ScalarSelect[int]:
    """For a judge's queries: how many ties the judge of assignment `:ref` has with its entry (a bare number).

    Binds `ref`, and `domain`: the judge's own registrable mail domain, or ''.
    """
    mine = _assignment.c.ref == sa.bindparam("ref", type_=sa.Text)
    judges = _judges().join(_assignment, _assignment.c.judge_id == _judge.c.id).where(mine).subquery("judges")
    entries = (
        _entries().join(_assignment, _assignment.c.submission_id == _submission.c.id).where(mine)
    ).subquery("entries")
    ties = sa.union_all(*_shared_ties(judges, entries), _same_domain(judges, entries)).subquery("ties")
    return sa.select(sa.func.count()).select_from(ties).scalar_subquery()


def domain_of(session: Session, actor: Actor) -> str:
    """The actor's own registrable mail domain, '' where it says nothing. No statement behind a sign-in."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    return (registrable(user.email) if user is not None else None) or ""


_ORDER = ("team", "organization", "seeker", "domain")


def _keep(found: dict[tuple[int, int], str], key: tuple[int, int], reason: str) -> None:
    """Keep the gravest reason of a pair."""
    if key not in found or _ORDER.index(reason) < _ORDER.index(found[key]):
        found[key] = reason


def _judges() -> sa.Select[int, int, str]:
    return sa.select(_judge.c.id, _judge.c.user_id, sa.func.lower(_user.c.email).label("email")).join(
        _user, _user.c.id == _judge.c.user_id
    )


def _entries() -> sa.Select[int, int, int, int]:
    return sa.select(
        _submission.c.id,
        _submission.c.owner_id,
        _submission.c.organization_id,
        _submission.c.requirement_id,
    ).select_from(_submission)


def _kin(judges: sa.Subquery) -> sa.CTE:
    """(judge_id, organization_id): a judge's organizations, all above them and all below them.

    Branches beside a judge's own are not in it: they share a parent, not a purse.
    """
    home = sa.select(judges.c.id.label("judge_id"), _member.c.organization_id).join(
        _member, _member.c.user_id == judges.c.user_id
    )
    up, down = home.cte("above", recursive=True), home.cte("below", recursive=True)
    up = up.union(
        sa.select(up.c.judge_id, _organization.c.parent_id)
        .join(_organization, _organization.c.id == up.c.organization_id)
        .where(_organization.c.parent_id.is_not(None))
    )
    down = down.union(
        sa.select(down.c.judge_id, _organization.c.id).join(
            _organization, _organization.c.parent_id == down.c.organization_id
        )
    )
    return sa.union(sa.select(up), sa.select(down)).cte("kin")


def _shared_ties(judges: sa.Subquery, entries: sa.Subquery) -> list[sa.Select[int, int, str]]:
    """One select for each kind of tie that the database alone can see: (judge, submission, reason)."""
    kin = _kin(judges)
    member = _team.c.submission_id == entries.c.id

    def pair(judge: sa.ColumnElement[int], reason: str) -> sa.Select[int, int, str]:
        return sa.select(judge, entries.c.id, sa.literal(reason, sa.Text)).select_from(entries)

    in_team = sa.or_(_team.c.user_id == judges.c.user_id, sa.func.lower(_team.c.email) == judges.c.email)
    return [
        pair(judges.c.id, "team").join(judges, judges.c.user_id == entries.c.owner_id),
        pair(judges.c.id, "team").join(_team, member).join(judges, in_team),
        pair(kin.c.judge_id, "organization").join(kin, kin.c.organization_id == entries.c.organization_id),
        pair(kin.c.judge_id, "organization")
        .join(_team, member)
        .join(_member, _member.c.user_id == _team.c.user_id)
        .join(kin, kin.c.organization_id == _member.c.organization_id),
        pair(kin.c.judge_id, "seeker")
        .join(_requirement, _requirement.c.id == entries.c.requirement_id)
        .join(kin, kin.c.organization_id == _requirement.c.seeker_id),
    ]


def _same_domain(judges: sa.Subquery, entries: sa.Subquery) -> sa.Select[int, int, str]:
    """The tie by mail domain for one judge: an address at the domain itself or below it."""
    domain = sa.bindparam("domain", type_=sa.Text)
    address = sa.func.lower(_team.c.email)
    return (
        sa.select(judges.c.id, entries.c.id, sa.literal("domain", sa.Text))
        .select_from(entries)
        .join(_team, _team.c.submission_id == entries.c.id)
        .join(judges, sa.true())
        .where(domain != "", sa.or_(address.like("%@" + domain), address.like("%." + domain)))
    )


def _same_domains(domains: Mapping[int, str], entries: sa.Subquery) -> sa.Select[int, int, str]:
    """The ties by mail domain of a whole panel: judge -> registrable domain."""
    pairs = (
        sa.select(sa.literal(judge).label("judge_id"), sa.literal(domain, sa.Text).label("domain"))
        for judge, domain in domains.items()
    )
    own = sa.union_all(*pairs).subquery("own")
    address = sa.func.lower(_team.c.email)
    return (
        sa.select(own.c.judge_id, entries.c.id, sa.literal("domain", sa.Text))
        .select_from(entries)
        .join(_team, _team.c.submission_id == entries.c.id)
        .join(own, sa.or_(address.like("%@" + own.c.domain), address.like("%." + own.c.domain)))
    )
