"""Conflicts of interest that the data show: one by one, and for a whole phase alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.base import clock
from challenge.judging import conflicts, declaring, finding, queries, traces
from challenge.rules.conflicts import HARD, gravest
from challenge.rules.domains import registrable
from challenge.rules.errors import NotAllowed, WrongState
from challenge.submissions.models import Submission, TeamMember
from challenge.ties.models import Tie
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    PanelJudgeFactory,
    PhaseFactory,
    UserFactory,
)
from tests.judging.stories import Court, assign, court

Link = Callable[[Court], None]


def known(made: Court, judge: int = 0) -> str | None:
    """What both searches find; they must agree."""
    pair = (made.judges[judge].id, made.entries[0].id)
    alone = conflicts.one(made.db, *pair)
    together = conflicts.hard(made.db, made.phase.id, Submission.round_id == made.round.id).get(pair)
    assert alone == together
    assert gravest(searched(made, judge) & set(HARD)) == alone
    return alone


def searched(made: Court, judge: int = 0) -> set[str]:
    """The kinds for which the search has evidence."""
    world = traces.read(made.db, made.phase.id, Submission.round_id == made.round.id, None)
    found = finding.find(world, clock.now(made.db).date()) if world is not None else {}
    mine = (made.judges[judge].id, made.entries[0].id)
    assert all(found.values())
    return {kind for *pair, kind in found if tuple(pair) == mine}


def in_the_team(made: Court) -> None:
    entry = made.entries[0]
    made.db.add(
        TeamMember(submission_id=entry.id, user_id=made.people[0].id, email="else@example.org", name="x")
    )


def invited_to_the_team(made: Court) -> None:
    email = made.people[0].email.upper()
    made.db.add(TeamMember(submission_id=made.entries[0].id, email=email, name="x"))


def owner_of_it(made: Court) -> None:
    made.entries[0].owner_id = made.people[0].id


def home_of_judge(made: Court, **of_organization: object) -> Organization:
    organization: Organization = OrganizationFactory(**of_organization)
    MembershipFactory(user_id=made.people[0].id, organization=organization, representative=False)
    return organization


def of_the_same_organization(made: Court) -> None:
    made.entries[0].organization_id = home_of_judge(made).id


def of_a_branch_of_the_judges_organization(made: Court) -> None:
    made.entries[0].organization_id = OrganizationFactory(parent_id=home_of_judge(made).id).id


def of_the_organization_above(made: Court) -> None:
    top = OrganizationFactory()
    middle = OrganizationFactory(parent_id=top.id)
    home_of_judge(made, parent_id=middle.id)
    made.entries[0].organization_id = top.id


def a_team_member_is_a_colleague(made: Court) -> None:
    member = UserFactory()
    MembershipFactory(user_id=member.id, organization=home_of_judge(made), representative=False)
    made.db.add(TeamMember(submission_id=made.entries[0].id, user_id=member.id, email=member.email, name="x"))


def works_for_the_seeker(made: Court) -> None:
    made.requirement.seeker_id = home_of_judge(made).id


def shares_the_mail_domain(made: Court) -> None:
    made.people[0].email = "judge@lzu.edu.cn"
    made.db.add(TeamMember(submission_id=made.entries[0].id, email="a@Physics.LZU.edu.cn", name="x"))


def told(made: Court, kind: str, **of_tie: Any) -> None:
    """A tie that the judge told."""
    made.db.add(Tie(kind=kind, person_id=made.people[0].id, **of_tie))


def a_member(made: Court, **of_user: Any) -> User:
    person: User = UserFactory(**of_user)
    made.db.add(TeamMember(submission_id=made.entries[0].id, user_id=person.id, email=person.email, name="x"))
    return person


def family_of_a_member(made: Court) -> None:
    told(made, "family", other_name="x", other_id=a_member(made).id)


def family_by_address_alone(made: Court) -> None:
    told(made, "family", other_name="y", other_email="sister@lzu.edu.cn")
    made.db.add(TeamMember(submission_id=made.entries[0].id, email="Sister@lzu.edu.cn", name="x"))


def family_of_the_owner(made: Court) -> None:
    told(made, "family", other_name="y", other_id=made.entries[0].owner_id)


def shares_of_the_solver(made: Court) -> None:
    made.entries[0].organization_id = OrganizationFactory().id
    told(made, "equity", organization_id=made.entries[0].organization_id)


def shares_of_a_member_s_employer(made: Court) -> None:
    works = OrganizationFactory()
    MembershipFactory(user_id=a_member(made).id, organization=works, representative=False)
    told(made, "equity", organization_id=works.id)


def shares_of_the_seeker(made: Court) -> None:
    told(made, "equity", organization_id=made.requirement.seeker_id)


def stepped_back_in_an_earlier_phase(made: Court) -> None:
    phase = PhaseFactory(round_id=made.round.id, number=2)
    seat = PanelJudgeFactory(phase_id=phase.id, user=made.people[0], label="J1")
    assign(phase, seat, made.entries[0], "recused")


@pytest.mark.parametrize(
    ("tie", "reason"),
    [
        (family_of_a_member, "family"),
        (family_by_address_alone, "family"),
        (family_of_the_owner, "family"),
        (shares_of_the_solver, "equity"),
        (shares_of_a_member_s_employer, "equity"),
        (shares_of_the_seeker, "equity"),
        (stepped_back_in_an_earlier_phase, "declared"),
        (in_the_team, "team"),
        (invited_to_the_team, "team"),
        (owner_of_it, "team"),
        (of_the_same_organization, "organization"),
        (of_a_branch_of_the_judges_organization, "organization"),
        (of_the_organization_above, "organization"),
        (a_team_member_is_a_colleague, "organization"),
        (works_for_the_seeker, "seeker"),
        (shares_the_mail_domain, "domain"),
    ],
)
def test_tie_is_found_and_shuts_the_desk(db: Session, tie: Link, reason: str) -> None:
    made = court(db)
    tie(made)
    db.flush()
    assert known(made) == reason
    assert known(made, judge=1) is None
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)
    assert queries.sheet(db, made.as_judge(1), made.assignment(1).ref) is not None


def test_judge_with_a_known_tie_cannot_declare_none(db: Session) -> None:
    made = court(db, state="invited")
    of_the_same_organization(made)
    db.flush()
    with pytest.raises(WrongState, match="conflict_known"):
        declaring.accept(db, made.as_judge(), made.assignment().ref)
    declaring.recuse(db, made.as_judge(), made.assignment().ref, "my employer")
    assert made.assignment().state == "recused"


def sister_branch(made: Court) -> None:
    top = OrganizationFactory()
    home_of_judge(made, parent_id=top.id)
    made.entries[0].organization_id = OrganizationFactory(parent_id=top.id).id


def same_public_provider(made: Court) -> None:
    made.people[0].email = "judge@qq.com"
    made.db.add(TeamMember(submission_id=made.entries[0].id, email="solver@qq.com", name="x"))


def domain_that_only_ends_alike(made: Court) -> None:
    made.people[0].email = "judge@acme.cn"
    made.db.add(TeamMember(submission_id=made.entries[0].id, email="solver@notacme.cn", name="x"))


@pytest.mark.parametrize("no_tie", [sister_branch, same_public_provider, domain_that_only_ends_alike])
def test_what_is_no_tie(db: Session, no_tie: Link) -> None:
    made = court(db)
    no_tie(made)
    db.flush()
    assert known(made) is None


def test_organizations_in_a_circle_end(db: Session) -> None:
    made = court(db)
    first = home_of_judge(made)
    second = OrganizationFactory(parent_id=first.id)
    first.parent_id = second.id
    made.entries[0].organization_id = second.id
    db.flush()
    assert known(made) == "organization"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@mail.lzu.edu.cn", "lzu.edu.cn"),
        ("a@lzu.edu.cn", "lzu.edu.cn"),
        ("a@firma.de", "firma.de"),
        ("a@x.y.co.uk", "y.co.uk"),
        ("a@shop.sh.cn", "shop.sh.cn"),
        ("A@ACME.COM", "acme.com"),
        ("a@163.com", None),
        ("a@vip.163.com", None),
        ("a@example.org", None),
        ("nobody", None),
        ("a@localhost", None),
        ("a@", None),
    ],
)
def test_registrable_domain(address: str, domain: str | None) -> None:
    assert registrable(address) == domain
