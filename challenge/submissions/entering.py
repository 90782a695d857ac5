"""Whether a submission may take part: who the round is for, and how many it takes of one and the same.

Asked when a draft is begun and again at every submit. A round without rules and limits costs no statement.
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
from challenge.rules.lifecycles import ENTERED
from challenge.submissions import limits
from challenge.submissions.limits import Behind, EntryRefused, Taken
from challenge.submissions.material import Material
from challenge.submissions.models import Submission


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
    _check_person(session, round_, None, person)


def at_submit(
    session: Session, round_: Round, submission: Submission, parts: Material, now: dt.datetime
) -> None:
    """Raise the first of what stands against it; the people and the organization counted are locked first."""
    _lock(session, round_, submission.organization_id, parts.team)
    for refusal in hindrances(session, round_, submission, parts, now):
        raise refusal


def at_reinstating(
    session: Session, round_: Round, submission: Submission, parts: Material, now: dt.datetime
) -> None:
    """The same for the version that is to stand again, on behalf of whom it was entered."""
    entered = submission.entered_organization_id
    _lock(session, round_, entered, parts.team)
    organization = session.get(Organization, entered) if entered is not None else None
    behind = _behind(submission, parts, organization)
    taken = limits.beside(session, round_, submission, behind)
    for refusal in _against(session, round_, submission, organization, behind, taken, now):
        raise refusal


def at_join(session: Session, round_: Round, submission: Submission, person: User) -> None:
    """Raise `EntryRefused("limit_solver")` where joining an entry that stands would be one too many."""
    if submission.state in ENTERED and round_.max_per_solver is not None:
        _lock(session, round_, None, [person.id])
        _check_person(session, round_, submission, person)


def hindrances(
    session: Session, round_: Round, submission: Submission, parts: Material, now: dt.datetime
) -> list[EntryRefused]:
    """All that stands against submitting it now, for its pages; its organization is loaded."""
    behind = _behind(submission, parts, submission.organization)
    taken = limits.beside(session, round_, submission, behind)
    return _against(session, round_, submission, submission.organization, behind, taken, now)


def one_by_one(
    session: Session, round_: Round, asked: Sequence[tuple[Submission, Material]], now: dt.datetime
) -> dict[int, list[EntryRefused]]:
    """What would stand against each, by id, if they were entered in this order: those before it count too.

    At most three statements for any number, none for a round without rules and limits. Their organizations
    are loaded.
    """
    rules = eligibility.read(round_.eligibility)
    # Kept until the end: whoever is loaded here is not asked for again, one by one.
    owners = _owners(session, [each.owner_id for each, _ in asked]) if rules else ()
    taken, found = limits.of_round(session, round_), {}
    for submission, parts in asked:
        stood = submission.entered_organization_id, submission.requirement_id
        if submission.state in ENTERED:
            taken.count(parts.team, *stood, by=-1)
        behind = _behind(submission, parts, submission.organization)
        found[submission.id] = _against(
            session, round_, submission, submission.organization, behind, taken, now
        )
        if not found[submission.id]:
            taken.count(parts.team, behind.body, behind.requirement)
        elif submission.state in ENTERED:
            taken.count(parts.team, *stood)
    del owners
    return found


def _owners(session: Session, ids: Sequence[int | None]) -> Sequence[User]:
    return session.scalars(sa.select(User).where(User.id.in_([each for each in ids if each]))).all()


def _behind(submission: Submission, parts: Material, organization: Organization | None) -> Behind:
    body = organization.id if organization is not None else None
    return Behind(parts.names, len(parts.members), body, submission.requirement_id)


def _check_person(session: Session, round_: Round, submission: Submission | None, person: User) -> None:
    """Raise where this person is in as many other entries as the round takes."""
    behind = Behind({person.id: ""})
    for refusal in limits.refusals(round_, limits.beside(session, round_, submission, behind), behind):
        raise refusal


def _against(
    session: Session,
    round_: Round,
    submission: Submission,
    organization: Organization | None,
    behind: Behind,
    taken: Taken,
    now: dt.datetime,
) -> list[EntryRefused]:
    found: list[EntryRefused] = []
    rules = eligibility.read(round_.eligibility)
    # A rule that changed later throws out nothing that stands: its organizer is shown it and decides.
    stands = submission.state == "submitted" and submission.entered_organization_id == behind.body
    if rules and not stands:
        unmet = unmet_by(session, rules, submission, organization, now)
        if unmet:
            found.append(NotEligible(rules, unmet))
    return found + limits.refusals(round_, taken, behind)


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


def _lock(session: Session, round_: Round, organization_id: int | None, people_ids: Collection[int]) -> None:
    """Two submits of one person or one organization follow each other; on SQLite every two do already."""
    if round_.max_per_solver is not None:
        people = sa.select(User.id).where(User.id.in_(list(people_ids))).order_by(User.id)
        session.execute(people.with_for_update(key_share=True))
    limited = round_.max_per_organization or round_.max_per_requirement
    if limited and organization_id is not None:
        its = sa.select(Organization.id).where(Organization.id == organization_id)
        session.execute(its.with_for_update(key_share=True))
