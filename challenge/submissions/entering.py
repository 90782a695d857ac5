"""Whether a submission may take part: who the round is for, and how many it takes of one and the same.

Asked when a draft is begun and again at every submit. What a limit counts is what was handed in and not
withdrawn; a draft takes nobody's place. A round without rules and limits costs no statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.eligibility import Body, Person, Rules, Unmet
from challenge.rules.errors import WrongState
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission, TeamMember


class EntryRefused(WrongState):
    """The round does not take this entry: a limit is reached."""


class NotEligible(EntryRefused):
    """The round's rules of entry are not met: which, and what the rules are."""

    def __init__(self, rules: Rules, unmet: Sequence[Unmet]) -> None:
        super().__init__("not_eligible")
        self.rules, self.unmet = rules, tuple(unmet)


def at_start(
    session: Session, round_: Round, person: User, represents: Collection[int], now: dt.datetime
) -> None:
    """Raise what would keep this person from entering, whomever they would do it for.

    `NotEligible`, or `EntryRefused("limit_solver")` where they are in as many entries as the round takes.
    """
    rules = eligibility.read(round_.eligibility)
    if rules:
        bodies = _bodies(session, represents) if rules.kinds or rules.regions else []
        unmet = eligibility.nearest(rules, _person(person, now), bodies)
        if unmet:
            raise NotEligible(rules, unmet)
    full = _full_members(session, round_, None, {person.id: ""})
    if full:
        raise full[0]


def at_submit(
    session: Session, round_: Round, submission: Submission, members: dict[int, str], now: dt.datetime
) -> None:
    """Raise the first of what stands against it; the people and the organization counted are locked first.

    `members` are the names of those who joined, by account.
    """
    _lock(session, round_, submission.organization_id, members)
    for refusal in hindrances(session, round_, submission, members, now):
        raise refusal


def at_reinstating(
    session: Session, round_: Round, submission: Submission, members: dict[int, str], now: dt.datetime
) -> None:
    """The same for the version that is to stand again, on behalf of whom it was entered."""
    entered = submission.entered_organization_id
    _lock(session, round_, entered, members)
    organization = session.get(Organization, entered) if entered is not None else None
    for refusal in _against(session, round_, submission, organization, members, now):
        raise refusal


def at_join(session: Session, round_: Round, submission: Submission, person: User) -> None:
    """Raise `EntryRefused("limit_solver")` where joining an entry that stands would be one too many."""
    if submission.state in ENTERED and round_.max_per_solver is not None:
        _lock(session, round_, None, {person.id: ""})
        for refusal in _full_members(session, round_, submission, {person.id: ""}):
            raise refusal


def hindrances(
    session: Session, round_: Round, submission: Submission, members: dict[int, str], now: dt.datetime
) -> list[EntryRefused]:
    """All that stands against submitting it now, for its pages; its organization is loaded."""
    return _against(session, round_, submission, submission.organization, members, now)


def _against(
    session: Session,
    round_: Round,
    submission: Submission,
    organization: Organization | None,
    members: dict[int, str],
    now: dt.datetime,
) -> list[EntryRefused]:
    found: list[EntryRefused] = []
    rules = eligibility.read(round_.eligibility)
    body_id = organization.id if organization is not None else None
    # A rule that changed later throws out nothing that stands: its organizer is shown it and decides.
    stands = submission.state == "submitted" and submission.entered_organization_id == body_id
    if rules and not stands:
        unmet = unmet_by(session, rules, submission, organization, now)
        if unmet:
            found.append(NotEligible(rules, unmet))
    found += _full_members(session, round_, submission, members)
    return found + _full_organization(session, round_, submission, body_id)


def unmet_by(
    session: Session,
    rules: Rules,
    submission: Submission,
    organization: Organization | None,
    now: dt.datetime,
) -> list[Unmet]:
    """The rules that a submission on behalf of this organization does not meet."""
    owner = session.get(User, submission.owner_id) if submission.owner_id is not None else None
    person = _person(owner, now) if owner is not None else Person("", 0)
    return eligibility.unmet(rules, person, body_of(organization))


def owner_unmet(round_: Round, person: User, now: dt.datetime) -> None:
    """Raise `NotEligible` where this person could not answer for an entry of the round."""
    rules = eligibility.read(round_.eligibility)
    unmet = eligibility.of_person(rules, _person(person, now))
    if unmet:
        raise NotEligible(rules, unmet)


def body_of(organization: Organization | None) -> Body:
    """The facts of an organization that rules ask for."""
    return Body(organization.kind, organization.region) if organization is not None else Body()


def _person(user: User, now: dt.datetime) -> Person:
    return Person(user.email, (now - user.created_at).days)


def _bodies(session: Session, ids: Collection[int]) -> list[Body]:
    query = sa.select(Organization.kind, Organization.region).where(Organization.id.in_(list(ids)))
    return [Body(*row) for row in session.execute(query.order_by(Organization.id))]


def _lock(session: Session, round_: Round, organization_id: int | None, members: dict[int, str]) -> None:
    """Two submits of one person or one organization follow each other; on SQLite every two do already."""
    if round_.max_per_solver is not None:
        people = sa.select(User.id).where(User.id.in_(list(members))).order_by(User.id)
        session.execute(people.with_for_update(key_share=True))
    limited = round_.max_per_organization or round_.max_per_requirement
    if limited and organization_id is not None:
        its = sa.select(Organization.id).where(Organization.id == organization_id)
        session.execute(its.with_for_update(key_share=True))


def _full_members(
    session: Session, round_: Round, submission: Submission | None, members: dict[int, str]
) -> list[EntryRefused]:
    """A refusal for each member who is in as many other entries as the round takes."""
    most = round_.max_per_solver
    if most is None or not members:
        return []
    query = (
        sa.select(TeamMember.user_id, sa.func.count())
        .join(Submission, Submission.id == TeamMember.submission_id)
        .where(*_others(round_, submission), TeamMember.user_id.in_(list(members)))
        .group_by(TeamMember.user_id)
        .order_by(TeamMember.user_id)
    )
    return [
        EntryRefused("limit_member", most=most, name=members[user_id])
        if members[user_id]
        else EntryRefused("limit_solver", most=most)
        for user_id, number in session.execute(query)
        if number >= most and user_id is not None
    ]


def _full_organization(
    session: Session, round_: Round, submission: Submission, organization_id: int | None
) -> list[EntryRefused]:
    in_round, in_one = round_.max_per_organization, round_.max_per_requirement
    if organization_id is None or (in_round is None and in_one is None):
        return []
    same = sa.case((Submission.requirement_id == submission.requirement_id, 1))
    query = sa.select(sa.func.count(), sa.func.count(same)).where(
        *_others(round_, submission), Submission.entered_organization_id == organization_id
    )
    everywhere, here = session.execute(query).one()
    found = []
    if in_round is not None and everywhere >= in_round:
        found.append(EntryRefused("limit_organization", most=in_round))
    if in_one is not None and submission.requirement_id is not None and here >= in_one:
        found.append(EntryRefused("limit_requirement", most=in_one))
    return found


def _others(round_: Round, submission: Submission | None) -> list[sa.ColumnElement[bool]]:
    found = [Submission.round_id == round_.id, Submission.state.in_(ENTERED)]
    return [*found, Submission.id != submission.id] if submission is not None else found
