"""Cases of conflict: found with evidence, decided by a person with a reason, and what a decision changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import OrganizationAlias
from challenge.base import clock
from challenge.judging import cases, conflicts, queries
from challenge.judging.conflict_models import ConflictCase
from challenge.rules.conflicts import HARD, KINDS, SOFT, name_key
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.submissions.models import TeamMember
from challenge.ties import services as ties
from challenge.ties.models import Tie
from tests.factories import (
    OrganizationFactory,
    SubmissionFactory,
)
from tests.judging import test_conflicts as certain
from tests.judging.stories import Court, court
from tests.judging.test_conflicts import a_member, home_of_judge, told


def found(made: Court) -> dict[str, ConflictCase]:
    """The cases of the first judge and the first entry, after a search."""
    cases.look(made.db, made.as_organizer, made.round.id)
    query = sa.select(ConflictCase).where(
        ConflictCase.judge_id == made.judges[0].id, ConflictCase.submission_id == made.entries[0].id
    )
    rows = made.db.scalars(query.execution_options(populate_existing=True))
    return {case.kind: case for case in rows}


def like_named_affiliation(made: Court) -> None:
    made.people[0].affiliation = "Lanzhou  University"
    a_member(made, affiliation="LANZHOU UNIVERSITY")


def affiliation_is_an_organization_s_former_name(made: Court) -> None:
    works = OrganizationFactory()
    made.db.add(OrganizationAlias(organization_id=works.id, name="省轻工所", name_key=name_key("省轻工所")))
    made.entries[0].organization_id = works.id
    made.people[0].affiliation = "省 轻工所"


def worked_for_the_solver(made: Court) -> None:
    works = OrganizationFactory()
    made.entries[0].organization_id = works.id
    told(made, "former_employer", organization_id=works.id, organization_name="x")


def a_member_worked_for_the_judge_s(made: Court) -> None:
    works = home_of_judge(made)
    made.db.add(Tie(kind="former_employer", person_id=a_member(made).id, organization_id=works.id))


def was_in_a_team_with_a_member(made: Court) -> None:
    before = SubmissionFactory()
    for person in (made.people[0], a_member(made)):
        made.db.add(
            TeamMember(submission_id=before.id, user_id=person.id, email=person.email, name=person.name)
        )


def signed_an_agreement(made: Court) -> None:
    works = OrganizationFactory()
    made.entries[0].organization_id = works.id
    made.db.flush()
    ties.record(made.db, "agreement", organization_id=works.id, other_organization_id=home_of_judge(made).id)


def wrote_with_a_member(made: Court) -> None:
    told(made, "co_author", other_name="x", other_id=a_member(made).id)


def a_member_wrote_with_the_judge(made: Court) -> None:
    person = a_member(made)
    made.db.add(Tie(kind="co_author", person_id=person.id, other_email=made.people[0].email))


def a_member_calls_the_judge_family(made: Court) -> None:
    made.db.add(Tie(kind="family", person_id=a_member(made).id, other_id=made.people[0].id))


def family_by_name_alone(made: Court) -> None:
    told(made, "family", other_name="李 雷")
    made.db.add(TeamMember(submission_id=made.entries[0].id, email="li@qq.com", name="李雷"))


def had_shares(made: Court) -> None:
    made.entries[0].organization_id = OrganizationFactory().id
    ended = clock.now(made.db).date() - dt.timedelta(days=30)
    told(made, "equity", organization_id=made.entries[0].organization_id, until=ended)


SUGGESTED: list[tuple[Callable[[Court], None], str]] = [
    (like_named_affiliation, "affiliation"),
    (affiliation_is_an_organization_s_former_name, "affiliation"),
    (worked_for_the_solver, "former_employer"),
    (a_member_worked_for_the_judge_s, "former_employer"),
    (was_in_a_team_with_a_member, "co_team"),
    (signed_an_agreement, "agreement"),
    (wrote_with_a_member, "co_author"),
    (a_member_wrote_with_the_judge, "co_author"),
    (a_member_calls_the_judge_family, "told"),
    (family_by_name_alone, "told"),
    (had_shares, "told"),
]


def under_a_former_name(made: Court) -> None:
    mine = home_of_judge(made, name="兰州轻工学院")
    works = OrganizationFactory(name="兰州理工")
    made.db.add(OrganizationAlias(organization_id=works.id, name=mine.name, name_key=name_key(mine.name)))
    made.entries[0].organization_id = works.id


CERTAIN: list[tuple[Callable[[Court], None], str]] = [
    (certain.in_the_team, "team"),
    (certain.family_of_a_member, "family"),
    (certain.of_the_organization_above, "organization"),
    (under_a_former_name, "alias"),
    (certain.works_for_the_seeker, "seeker"),
    (certain.shares_of_the_solver, "equity"),
    (certain.shares_the_mail_domain, "domain"),
    (certain.stepped_back_in_an_earlier_phase, "declared"),
]


def test_every_kind_is_walked() -> None:
    assert {kind for _, kind in SUGGESTED} == set(SOFT)
    assert {kind for _, kind in CERTAIN} == set(HARD)
    assert set(KINDS) == set(HARD) | set(SOFT)


@pytest.mark.parametrize(("tie", "kind"), SUGGESTED)
def test_what_is_suggested_waits_for_a_person_and_counts_once_confirmed(
    db: Session, tie: Callable[[Court], None], kind: str
) -> None:
    made = court(db)
    tie(made)
    db.flush()
    case = found(made)[kind]
    assert (case.state, len(case.evidence) > 0) == ("open", True)
    assert queries.sheet(db, made.as_judge(), made.assignment().ref) is not None
    for _ in range(2):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "confirm", "")
    assert conflicts.one(db, made.judges[0].id, made.entries[0].id) == kind
    assert made.assignment().conflict == kind
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)
    cases.decide(db, made.as_organizer, made.round.id, case.ref, "dismiss", "Another person of that name")
    assert made.assignment().conflict is None
    assert queries.sheet(db, made.as_judge(), made.assignment().ref) is not None


@pytest.mark.parametrize(("tie", "kind"), CERTAIN)
def test_what_is_certain_stands_until_it_is_overridden_with_a_reason(
    db: Session, tie: Callable[[Court], None], kind: str
) -> None:
    made = court(db)
    tie(made)
    db.flush()
    case = found(made)[kind]
    assert (case.state, case.evidence != []) == ("standing", True)
    assert made.assignment().conflict == kind
    with pytest.raises(NotAllowed):
        queries.sheet(db, made.as_judge(), made.assignment().ref)
    with pytest.raises(Invalid, match="required"):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "override", "  ")
    with pytest.raises(WrongState):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "dismiss", "No")
    for _ in range(2):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "override", "Left years ago")
    assert made.assignment().conflict is None
    assert queries.sheet(db, made.as_judge(), made.assignment().ref) is not None
    cases.decide(db, made.as_organizer, made.round.id, case.ref, "restore", "")
    assert made.assignment().conflict == kind
