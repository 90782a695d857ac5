"""Who may enter a round, and how many it takes of one and the same: asked at the start and at a submit."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.rounds import entry
from challenge.rounds.entry import Entry
from challenge.rounds.models import Round
from challenge.rules import eligibility
from challenge.rules.eligibility import Rules
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed
from challenge.submissions import drafting, flagged, submitting, team, withdrawing
from challenge.submissions.entering import NotEligible
from challenge.submissions.limits import EntryRefused
from challenge.submissions.models import Submission
from tests.factories import (
    OrganizationFactory,
    RequirementFactory,
    RoundFactory,
    UserFactory,
    actor_of,
    organizer_of,
)
from tests.judging.test_at_once import together
from tests.rigs.application import Visitor
from tests.submissions.stories import again, owner_of, ready


def a_round(rules: Rules | None = None, **limits: object) -> Round:
    found: Round = RoundFactory(eligibility=eligibility.write(rules or Rules()), **limits)
    return found


def entry_of(round_: Round, **facts: object) -> Submission:
    return ready(requirement=RequirementFactory(round=round_), **facts)


def submit(db: Session, submission: Submission, who: User | None = None) -> None:
    submitting.submit(db, actor_of(who or owner_of(submission)), submission.ref)
    db.commit()


def refused(db: Session, submission: Submission, who: User | None = None) -> EntryRefused:
    db.commit()
    with pytest.raises(EntryRefused) as refusal:
        submit(db, submission, who)
    db.rollback()
    return refusal.value


def test_a_person_enters_as_often_as_the_round_takes_and_a_draft_counts_for_nothing(db: Session) -> None:
    round_ = a_round(max_per_solver=2)
    solver = UserFactory()
    first, second, third = (entry_of(round_, owner=solver) for _ in range(3))
    submit(db, first)
    submit(db, second)
    assert refused(db, third).params == {"most": 2, "name": solver.name}
    assert again(third).state == "draft"  # nothing is lost
    wanted = RequirementFactory(round=round_)
    db.commit()
    with pytest.raises(EntryRefused):
        drafting.start(db, actor_of(solver), requirement=wanted.ref)
    db.rollback()
    submit(db, second)  # what stands already is no further one
    withdrawing.withdraw(db, actor_of(solver), second.ref)
    db.commit()
    submit(db, third)
    with pytest.raises(EntryRefused):
        withdrawing.reinstate(db, actor_of(solver), second.ref)


def test_each_member_counts_and_is_named(db: Session) -> None:
    round_ = a_round(max_per_solver=1)
    zhao = UserFactory(name="Zhao Lei")
    submit(db, entry_of(round_, team=[zhao]))
    other = entry_of(round_, team=[zhao])
    assert refused(db, other).params == {"most": 1, "name": "Zhao Lei"}
    team.leave(db, actor_of(zhao), other.ref)
    db.commit()
    submit(db, other)


def test_another_round_counts_for_itself(db: Session) -> None:
    solver = UserFactory()
    submit(db, entry_of(a_round(max_per_solver=1), owner=solver))
    submit(db, entry_of(a_round(max_per_solver=1), owner=solver))


def test_an_organization_enters_so_often_in_the_round_and_for_one_requirement(db: Session) -> None:
    round_ = a_round(max_per_organization=2, max_per_requirement=1)
    works: Organization = OrganizationFactory()
    requirement = RequirementFactory(round=round_)
    submit(db, ready(requirement=requirement, organization_id=works.id))
    assert refused(db, ready(requirement=requirement, organization_id=works.id)).code == "limit_requirement"
    second = entry_of(round_, organization_id=works.id)
    submit(db, second)
    third = entry_of(round_, organization_id=works.id)
    assert refused(db, third).code == "limit_organization"
    # What was entered for the organization counts, whatever the draft says since.
    again(second).organization_id = None
    db.commit()
    assert refused(db, third).code == "limit_organization"
    again(third).organization_id = None
    submit(db, third)


@pytest.mark.parametrize("limit", ["max_per_solver", "max_per_organization"])
def test_of_ten_at_once_as_many_enter_as_the_round_takes(app: Flask, db: Session, limit: str) -> None:
    round_ = a_round(**{limit: 3})
    works = OrganizationFactory()
    solver = UserFactory()
    entries = [entry_of(round_, owner=solver, organization_id=works.id) for _ in range(10)]
    actor = actor_of(solver)
    db.commit()
    came = together(
        app, [lambda session, ref=each.ref: submitting.submit(session, actor, ref) for each in entries]
    )
    assert sum(str(each).startswith("limit_") for each in came) == 7
    db.expire_all()
    states = list(db.scalars(sa.select(Submission.state).where(Submission.round_id == round_.id)))
    assert states.count("submitted") == 3
    assert db.get_one(Round, round_.id).submission_count == 3


def test_a_team_takes_as_many_members_as_the_round_says(db: Session) -> None:
    draft = entry_of(a_round(max_members=2), team=[UserFactory()])
    with pytest.raises(Invalid) as refusal:
        team.invite(db, actor_of(owner_of(draft)), draft.ref, "zhao@example.org", "Zhao")
    assert (refusal.value.code, refusal.value.params) == ("team_full", {"most": 2})


def test_whoever_the_round_is_not_for_learns_at_the_start_which_rule_and_begins_nothing(db: Session) -> None:
    round_ = a_round(Rules(kinds=("university",), account_days=10))
    requirement = RequirementFactory(round=round_)
    solver = UserFactory(represents=[OrganizationFactory(kind="company")])
    with pytest.raises(NotEligible) as refusal:
        drafting.start(db, actor_of(solver), requirement=requirement.ref)
    db.rollback()
    assert [each.code for each in refusal.value.unmet] == ["account_age", "kind"]
    assert db.scalar(sa.select(sa.func.count(Submission.id))) == 0


def test_the_account_s_age_is_counted_by_the_database_s_clock(db: Session) -> None:
    requirement = RequirementFactory(round=a_round(Rules(account_days=10)))
    now = clock.now(db)
    young = UserFactory(created_at=now - dt.timedelta(days=9, hours=23))
    old = UserFactory(created_at=now - dt.timedelta(days=10, seconds=1))
    db.commit()
    with pytest.raises(NotEligible):
        drafting.start(db, actor_of(young), requirement=requirement.ref)
    db.rollback()
    drafting.start(db, actor_of(old), requirement=requirement.ref)


def test_a_submit_asks_for_the_organization_of_the_draft(db: Session) -> None:
    round_ = a_round(Rules(kinds=("university",), regions=("620000",)))
    university = OrganizationFactory(kind="university", region="620000")
    solver = UserFactory(represents=[university])
    draft = entry_of(round_, owner=solver)
    refusal = refused(db, draft)
    assert isinstance(refusal, NotEligible)
    assert [each.code for each in refusal.unmet] == ["kind", "region"]
    again(draft).organization_id = university.id
    submit(db, draft)


def test_rules_that_change_later_throw_nothing_out_and_are_shown_to_the_organizer(db: Session) -> None:
    round_ = a_round()
    draft, other = entry_of(round_, title="Stays"), entry_of(round_)
    submit(db, draft)
    organizer = actor_of(organizer_of(round_.programme))
    entry.change(db, organizer, round_.id, Entry(rules=Rules(invited=("lzu.edu.cn",))))
    db.commit()
    assert again(draft).state == "submitted"
    changed = dict(again(draft).values, title="Stays, and is mended")
    again(draft).values = changed
    submit(db, draft)  # the same people for the same organization go on with what stands
    assert isinstance(refused(db, other), NotEligible)
    now = clock.now(db)
    found = flagged.of_round(db, db.get_one(Round, round_.id), now)
    assert [(each.code, [rule.code for rule in each.unmet]) for each in found] == [(draft.code, ["invited"])]
    # On behalf of somebody else it is another entry.
    again(draft).organization_id = OrganizationFactory().id
    assert isinstance(refused(db, draft), NotEligible)


def test_the_list_of_those_invited_stays_out_of_the_record(db: Session) -> None:
    round_ = a_round()
    organizer = actor_of(organizer_of(round_.programme))
    for _ in range(2):
        entry.change(
            db, organizer, round_.id, Entry(max_members=5, rules=Rules(invited=("canary@lzu.edu.cn",)))
        )
        db.commit()
    recorded = (
        db.execute(sa.text("SELECT detail FROM audit_entry WHERE action = 'round.entry_changed'"))
        .scalars()
        .all()
    )
    assert len(recorded) == 1
    assert "canary" not in str(recorded[0])
    assert "max_members" in str(recorded[0])


def test_limits_have_a_range_and_only_organizers_set_them(db: Session) -> None:
    round_ = a_round()
    organizer = actor_of(organizer_of(round_.programme))
    db.commit()
    with pytest.raises(InvalidMany) as refusal:
        entry.change(db, organizer, round_.id, Entry(max_members=0, max_per_solver=0, reply_days=61))
    assert [each.field for each in refusal.value.faults] == ["max_members", "max_per_solver", "reply_days"]
    db.rollback()
    with pytest.raises(NotAllowed):
        entry.change(db, actor_of(UserFactory(admin=True)), round_.id, Entry())


def test_the_page_before_a_draft_says_who_the_round_is_for_and_what_would_help(
    client: Visitor, db: Session
) -> None:
    requirement = RequirementFactory(
        round=a_round(Rules(kinds=("university",), regions=("620000",)), max_per_solver=1)
    )
    client.sign_in(UserFactory())
    page = client.get(f"/solve/new/{requirement.ref}")
    assert page.status_code == 200
    for words in ("open to: University", "Gansu", "On behalf of", "at most 1"):
        assert words in page.text
    assert "Begin a draft" not in page.text
    assert client.post(f"/solve/new/{requirement.ref}").status_code == 409
    rules = client.get(f"/rounds/{requirement.round.slug}/rules").text
    assert "Open to: University" in rules
    assert "Gansu" in rules


def test_the_review_says_what_stands_against_it_and_a_submit_comes_back_to_it(
    client: Visitor, db: Session
) -> None:
    round_ = a_round(max_per_solver=1)
    solver = UserFactory()
    submit(db, entry_of(round_, owner=solver))
    draft = entry_of(round_, owner=solver)
    client.sign_in(solver)
    assert "takes of one person: 1" in client.get(f"/solve/{draft.ref}/review").text
    assert "takes of one person: 1" in client.get(f"/solve/{draft.ref}").text
    answer = client.post(f"/solve/{draft.ref}/submit")
    assert answer.headers["Location"].endswith(f"/solve/{draft.ref}/review")
    assert (
        client.post(f"/solve/{draft.ref}/submit", headers={"Accept": "application/json"}).status_code == 409
    )
    assert again(draft).state == "draft"


def test_a_round_without_rules_asks_nothing_more(db: Session, statements: object) -> None:
    from challenge.submissions import entering

    draft = entry_of(a_round())
    db.commit()
    with fresh_session() as session:
        held = submitting.hold(session, draft.ref)
        with statements() as asked:  # type: ignore[operator]
            entering.at_submit(session, held.gate.round, held.submission, held.material, held.now)
        assert len(asked) == 0, asked
