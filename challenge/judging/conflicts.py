"""Conflicts of interest that keep a judge from an entry: never assigned, always asked.

They are what the data show for certain and nobody has overridden, and what a person has confirmed. A judge's
own pages learn *that* there is a conflict, not with whom: the search in the database gives back one word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, Organization, User
from challenge.base.db import Base
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.models import Assignment, PanelJudge
from challenge.requirements.models import Requirement
from challenge.rules.conflicts import gravest
from challenge.rules.domains import registrable
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission, TeamMember
from challenge.ties.models import Tie

# Core tables: an ORM entity inside recursive and compound selects would only cost time on the judge's pages.
_judge, _user, _member, _organization, _submission, _team, _requirement, _assignment, _tie, _case = (
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
        Tie,
        ConflictCase,
    )
)
Found = Mapping[tuple[int, int], str]
"""(panel judge, submission) -> the gravest kind of conflict, a word of `rules.conflicts.KINDS`."""


def hard(
    session: Session,
    phase_id: int,
    wanted: sa.ColumnElement[bool],
    addresses: Mapping[int, str] | None = None,
) -> Found:
    """Every conflict in force between the phase's judges and the submissions `wanted`.

    One statement where the judges' mail `addresses` are known already, else two.
    """
    if addresses is None:
        of_judges = sa.select(_judge.c.id, _user.c.email).join(_user, _user.c.id == _judge.c.user_id)
        addresses = dict(session.execute(of_judges.where(_judge.c.phase_id == phase_id)).all())
    judges = _judges().where(_judge.c.phase_id == phase_id).subquery("judges")
    entries = _entries().where(wanted).subquery("entries")
    parts = [*_shared_ties(judges, entries), _decided(judges, entries)]
    domains = {judge: domain for judge, email in addresses.items() if (domain := registrable(email))}
    parts += [_same_domains(domains, entries)] if domains else []
    found: dict[tuple[int, int], set[str]] = {}
    for judge_id, submission_id, reason in session.execute(_in_force(parts)):
        found.setdefault((judge_id, submission_id), set()).add(reason)
    return {pair: kind for pair, kinds in found.items() if (kind := gravest(kinds)) is not None}


def one(session: Session, judge_id: int, submission_id: int) -> str | None:
    """The conflict in force of one judge with one entry, or None (two statements)."""
    address = session.scalar(
        sa.select(_user.c.email).join(_judge, _judge.c.user_id == _user.c.id).where(_judge.c.id == judge_id)
    )
    judges = _judges().where(_judge.c.id == judge_id).subquery("judges")
    entries = _entries().where(_submission.c.id == submission_id).subquery("entries")
    parts = [*_shared_ties(judges, entries), _decided(judges, entries), _same_domain(judges, entries)]
    values = {"domain": (registrable(address) if address else None) or ""}
    return gravest({reason for _, _, reason in session.execute(_in_force(parts), values)})


def of_person(session: Session, user_id: int | None, submission_id: int) -> str | None:
    """The tie of anybody with an account to one entry, as a judge's would be; for those who screen."""
    return of_person_with(session, user_id, _submission.c.id == submission_id).get(submission_id)


def of_person_with(
    session: Session, user_id: int | None, wanted: sa.ColumnElement[bool]
) -> Mapping[int, str]:
    """A person's ties to the submissions `wanted`, as `of_person`; nothing lifts them (two statements)."""
    found: dict[int, set[str]] = {}
    for _, entry, reason in _found_of(session, _user.c.id == user_id, wanted):
        found.setdefault(entry, set()).add(reason)
    return {entry: kind for entry, kinds in found.items() if (kind := gravest(kinds)) is not None}


def of_people(session: Session, user_ids: Collection[int], submission_id: int) -> frozenset[int]:
    """Who of these has a tie to the entry, as `of_person` finds it (two statements)."""
    rows = _found_of(session, _user.c.id.in_(list(user_ids)), _submission.c.id == submission_id)
    return frozenset(person for person, _, _ in rows)


def _found_of(
    session: Session, which: sa.ColumnElement[bool], wanted: sa.ColumnElement[bool]
) -> Sequence[sa.Row[int, int, str]]:
    """Ties of people with an account, in the place of judges, to entries; no override is for them."""
    if not (known := session.execute(sa.select(_user.c.id, _user.c.email).where(which)).all()):
        return []
    seat = sa.literal(0, sa.BigInteger).label("seat_id")
    named = (_user.c.id, _user.c.id.label("user_id"), sa.func.lower(_user.c.email).label("email"), seat)
    people = sa.select(*named).where(which).subquery("judges")
    entries = _entries().where(wanted).subquery("entries")
    parts = [*_shared_ties(people, entries), _decided_of_person(people, entries)]
    domains = {person: domain for person, email in known if (domain := registrable(email))}
    parts += [_same_domains(domains, entries)] if domains else []
    return session.execute(sa.union_all(*parts)).all()


def of_assignment() -> sa.ScalarSelect[int]:
    """For a judge's queries: how many ties the judge of assignment `:ref` has with its entry (a bare number).

    Binds `ref`, and `domain`: the judge's own registrable mail domain, or ''.
    """
    mine = _assignment.c.ref == sa.bindparam("ref", type_=sa.Text)
    judges = _judges().join(_assignment, _assignment.c.judge_id == _judge.c.id).where(mine).subquery("judges")
    of_entry = _assignment.c.submission_id == _submission.c.id
    entries = _entries().join(_assignment, of_entry).where(mine).subquery("entries")
    parts = [*_shared_ties(judges, entries), _decided(judges, entries), _same_domain(judges, entries)]
    ties = _in_force(parts).subquery("ties")
    return sa.select(sa.func.count()).select_from(ties).scalar_subquery()


def domain_of(session: Session, actor: Actor) -> str:
    """The actor's own registrable mail domain, '' where it says nothing. No statement behind a sign-in."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    return (registrable(user.email) if user is not None else None) or ""


def _in_force(parts: Sequence[sa.Select[int, int, str]]) -> sa.Select[int, int, str]:
    """What the parts find, less the kinds of conflict that were overridden for this judge and entry."""
    ties = sa.union_all(*parts).subquery("found")
    lifted = sa.exists(
        sa.select(sa.literal(1))
        .select_from(_case)
        .where(
            _case.c.judge_id == ties.c.judge_id,
            _case.c.submission_id == ties.c.submission_id,
            _case.c.kind == ties.c.reason,
            _case.c.state == "overridden",
        )
    )
    return sa.select(ties.c.judge_id, ties.c.submission_id, ties.c.reason).where(~lifted)


def _judges() -> sa.Select[int, int, str, int]:
    return sa.select(
        _judge.c.id,
        _judge.c.user_id,
        sa.func.lower(_user.c.email).label("email"),
        _judge.c.id.label("seat_id"),
    ).join(_user, _user.c.id == _judge.c.user_id)


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


def _pair(
    judge: sa.ColumnElement[int], entries: sa.Subquery, reason: sa.ColumnElement[str]
) -> sa.Select[int, int, str]:
    return sa.select(
        judge.label("judge_id"), entries.c.id.label("submission_id"), reason.label("reason")
    ).select_from(entries)


def _shared_ties(judges: sa.Subquery, entries: sa.Subquery) -> list[sa.Select[int, int, str]]:
    """One select for each kind of tie that the database alone can see: (judge, submission, reason)."""
    kin = _kin(judges)
    member = _team.c.submission_id == entries.c.id

    def pair(judge: sa.ColumnElement[int], reason: str) -> sa.Select[int, int, str]:
        return _pair(judge, entries, sa.literal(reason, sa.Text))

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
        *_told_ties(judges, entries),
        pair(judges.c.id, "declared")
        .join(_assignment, _assignment.c.submission_id == entries.c.id)
        .join(_judge, _judge.c.id == _assignment.c.judge_id)
        .join(judges, sa.and_(judges.c.user_id == _judge.c.user_id, judges.c.seat_id != _judge.c.id))
        .where(_assignment.c.state == "recused"),
    ]


def _told_ties(judges: sa.Subquery, entries: sa.Subquery) -> list[sa.Select[int, int, str]]:
    """What the judges themselves said: of their family, and of shares that they hold now.

    What somebody else says of a judge is for a person to confirm; else every solver could choose judges.
    """
    mine = _tie.c.person_id == judges.c.user_id

    def pair(kind: str) -> sa.Select[int, int, str]:
        told = sa.and_(mine, _tie.c.kind == kind, _tie.c.until.is_(None))
        return _pair(judges.c.id, entries, sa.literal(kind, sa.Text)).join(judges, sa.true()).join(_tie, told)

    named = sa.and_(_tie.c.other_email != "", _tie.c.other_email == sa.func.lower(_team.c.email))
    member = _team.c.submission_id == entries.c.id
    works = sa.and_(_member.c.user_id == _team.c.user_id, _member.c.organization_id == _tie.c.organization_id)
    seeks = sa.and_(
        _requirement.c.id == entries.c.requirement_id, _requirement.c.seeker_id == _tie.c.organization_id
    )
    return [
        pair("family").where(_tie.c.other_id == entries.c.owner_id),
        pair("family").join(_team, sa.and_(member, sa.or_(_team.c.user_id == _tie.c.other_id, named))),
        pair("equity").where(_tie.c.organization_id == entries.c.organization_id),
        pair("equity").join(_team, member).join(_member, works),
        pair("equity").join(_requirement, seeks),
    ]


def _decided(judges: sa.Subquery, entries: sa.Subquery) -> sa.Select[int, int, str]:
    """What a person confirmed for this seat, and what was found for certain by comparing names."""
    known = sa.and_(_case.c.judge_id == judges.c.id, _case.c.submission_id == entries.c.id)
    by_name = sa.and_(_case.c.state == "standing", _case.c.kind == "alias", _case.c.gone_at.is_(None))
    pair = _pair(judges.c.id, entries, _case.c.kind).join(judges, sa.true()).join(_case, known)
    return pair.where(sa.or_(_case.c.state == "confirmed", by_name))


def _decided_of_person(people: sa.Subquery, entries: sa.Subquery) -> sa.Select[int, int, str]:
    """What was confirmed of this person in any seat, as far as it concerns these entries."""
    return (
        _pair(people.c.id, entries, _case.c.kind)
        .join(_case, _case.c.submission_id == entries.c.id)
        .join(_judge, _judge.c.id == _case.c.judge_id)
        .join(people, people.c.user_id == _judge.c.user_id)
        .where(_case.c.state == "confirmed")
    )


def _same_domain(judges: sa.Subquery, entries: sa.Subquery) -> sa.Select[int, int, str]:
    """The tie by mail domain for one judge: an address at the domain itself or below it."""
    domain = sa.bindparam("domain", type_=sa.Text)
    address = sa.func.lower(_team.c.email)
    return (
        _pair(judges.c.id, entries, sa.literal("domain", sa.Text))
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
        _pair(own.c.judge_id, entries, sa.literal("domain", sa.Text))
        .join(_team, _team.c.submission_id == entries.c.id)
        .join(own, sa.or_(address.like("%@" + own.c.domain), address.like("%." + own.c.domain)))
    )
