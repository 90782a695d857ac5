"""What follows from a case of conflict: overrides that lapse, late ties, later phases, who decides."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.base import clock
from challenge.flow.errands import drain
from challenge.judging import assigning, cases, conflicts, declaring
from challenge.judging.conflict_models import ConflictCase
from challenge.rules.errors import Invalid, NotAllowed, NotFound, WrongState
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, TeamMember, Version
from challenge.ties import services as ties
from challenge.ties.models import Tie
from challenge.ties.services import Told
from tests.factories import (
    MembershipFactory,
    OrganizationFactory,
    PanelJudgeFactory,
    PhaseFactory,
    UserFactory,
    actor_of,
)
from tests.judging import test_conflicts as certain
from tests.judging.stories import court, lock_all
from tests.judging.test_cases import found, like_named_affiliation, wrote_with_a_member
from tests.judging.test_conflicts import a_member, home_of_judge, told
from tests.judging.test_runs import searched
from tests.rigs.application import Visitor


def test_an_override_lifts_its_own_kind_alone(db: Session) -> None:
    made = court(db)
    certain.works_for_the_seeker(made)
    certain.shares_the_mail_domain(made)
    db.flush()
    cases.decide(db, made.as_organizer, made.round.id, found(made)["domain"].ref, "override", "A landlord")
    assert conflicts.one(db, made.judges[0].id, made.entries[0].id) == "seeker"


def test_another_organization_makes_an_override_lapse(db: Session) -> None:
    made = court(db)
    made.entries[0].organization_id = home_of_judge(made).id
    db.flush()
    cases.decide(db, made.as_organizer, made.round.id, found(made)["organization"].ref, "override", "Retired")
    made.entries[0].organization_id = home_of_judge(made).id
    db.flush()
    assert found(made)["organization"].state == "standing"
    said = db.scalars(sa.text("SELECT action FROM audit_entry WHERE action LIKE 'conflict.%' ORDER BY seq"))
    assert list(said) == ["conflict.found", "conflict.overridden", "conflict.reopened"]


def test_a_search_repeated_changes_nothing(db: Session) -> None:
    made = court(db)
    like_named_affiliation(made)
    db.flush()
    assert cases.look(db, made.as_organizer, made.round.id) == 1
    before = db.scalar(sa.text("SELECT count(*) FROM audit_entry"))
    assert cases.look(db, made.as_organizer, made.round.id) == 0
    assert db.scalar(sa.text("SELECT count(*) FROM audit_entry")) == before


def test_what_was_confirmed_stays_when_the_judge_takes_the_word_back(db: Session) -> None:
    made = court(db)
    a_member(made, email="solver@qq.com")
    db.flush()
    word = ties.tell(db, made.as_judge(), Told("co_author", "x", "Solver@QQ.com", year=clock.now(db).year))
    cases.decide(db, made.as_organizer, made.round.id, found(made)["co_author"].ref, "confirm", "")
    ties.take_back(db, made.as_judge(), word.ref)
    case = found(made)["co_author"]
    assert (case.state, case.gone_at is not None) == ("confirmed", True)
    assert conflicts.one(db, made.judges[0].id, made.entries[0].id) == "co_author"


@pytest.mark.parametrize("kind", ["co_author", "co_team", "former_employer", "agreement"])
def test_ties_that_ended_more_than_three_years_ago_say_nothing(db: Session, kind: str) -> None:
    made = court(db)
    today = clock.now(db).date()
    works = home_of_judge(made)
    made.entries[0].organization_id = OrganizationFactory().id
    ends = {"other_id": made.entries[0].owner_id, "other_name": "x"}
    if kind in ("former_employer", "agreement"):
        ends = {"organization_id": made.entries[0].organization_id}
    if kind == "agreement":
        ends["other_organization_id"] = works.id
    for days, expected in ((4 * 365, False), (2 * 365, True)):
        db.execute(sa.delete(Tie))
        told(made, kind, until=today - dt.timedelta(days=days), **ends)
        db.flush()
        assert (kind in found(made)) is expected


def test_empty_words_for_an_employer_are_no_likeness(db: Session) -> None:
    made = court(db)
    made.people[0].affiliation = "个人"
    a_member(made, affiliation="个人")
    db.flush()
    assert found(made) == {}


def test_nobody_decides_about_an_entry_or_a_seat_of_their_own(db: Session) -> None:
    made = court(db)
    like_named_affiliation(made)
    db.flush()
    case = found(made)["affiliation"]
    for stranger in (made.as_judge(1), actor_of(UserFactory(admin=True)), court(db).as_organizer):
        with pytest.raises(NotAllowed):
            cases.decide(db, stranger, made.round.id, case.ref, "dismiss", "x")
    with pytest.raises(NotFound):
        cases.decide(db, made.as_organizer, court(db).round.id, case.ref, "dismiss", "x")
    made.judges[0].user_id = made.organizer.id
    db.flush()
    with pytest.raises(NotAllowed):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "dismiss", "x")
    made.judges[0].user_id = made.people[0].id
    made.entries[0].owner_id = made.organizer.id
    db.flush()
    with pytest.raises(NotAllowed):
        cases.decide(db, made.as_organizer, made.round.id, case.ref, "dismiss", "x")


def test_a_decision_holds_in_the_next_phase_while_the_evidence_is_the_same(db: Session) -> None:
    made = court(db)
    like_named_affiliation(made)
    db.flush()
    cases.decide(db, made.as_organizer, made.round.id, found(made)["affiliation"].ref, "dismiss", "Namesakes")
    phase = PhaseFactory(round_id=made.round.id, number=2)
    seat = PanelJudgeFactory(phase_id=phase.id, user=made.people[0], label="J1")
    db.execute(
        sa.text(
            "INSERT INTO phase_entry (phase_id, submission_id, by, carried_at) VALUES (:p, :s, 'cut', :t)"
        ),
        {"p": phase.id, "s": made.entries[0].id, "t": str(clock.now(db))},
    )
    cases.look(db, made.as_organizer, made.round.id, 2)
    later = db.scalars(sa.select(ConflictCase).where(ConflictCase.judge_id == seat.id)).one()
    assert (later.state, later.reason) == ("dismissed", "Namesakes")


def test_a_late_tie_shuts_the_judge_out_by_itself(db: Session) -> None:
    made = court(db)
    a_member(made, email="sister@qq.com")
    db.commit()
    ties.tell(db, made.as_judge(), Told("family", "My sister", "sister@qq.com"))
    db.commit()
    drain()
    assert made.assignment().conflict == "family"


def test_a_late_membership_shuts_the_judge_out_by_itself(db: Session) -> None:
    made = court(db)
    works = OrganizationFactory()
    made.entries[0].organization_id = works.id
    db.commit()
    grants.seat(db, made.people[0].id, works.id, representative=False)
    db.commit()
    drain()
    assert made.assignment().conflict == "organization"


def test_a_judge_learns_of_a_conflict_and_not_with_whom(db: Session) -> None:
    made = court(db, state="invited")
    wrote_with_a_member(made)
    db.flush()
    cases.decide(db, made.as_organizer, made.round.id, found(made)["co_author"].ref, "confirm", "")
    with pytest.raises(WrongState, match="conflict_known") as refusal:
        declaring.accept(db, made.as_judge(), made.assignment().ref)
    assert "x" not in str(refusal.value.params)


def test_a_confirmed_pair_is_not_assigned(db: Session) -> None:
    made = court(db, assigned=False)
    like_named_affiliation(made)
    db.flush()
    cases.decide(db, made.as_organizer, made.round.id, found(made)["affiliation"].ref, "confirm", "")
    with pytest.raises(Invalid, match="conflict_affiliation"):
        assigning.assign(db, made.as_organizer, made.round.id, made.judges[0].id, made.entries[0].ref)
    assert all(judge != made.judges[0].id for judge, _ in searched(made).result["add"])


def test_a_sealed_round_shows_no_conflict_before_its_close(db: Session) -> None:
    made = court(db, stage=Stage.SUBMISSION)
    made.round.sealed = True
    db.flush()
    with pytest.raises(NotAllowed):
        cases.look(db, made.as_organizer, made.round.id)


def test_the_actor_s_own_conflicts_are_found_for_many_entries_at_once(db: Session) -> None:
    made = court(db, entries=2)
    certain.owner_of_it(made)
    db.flush()
    tied = conflicts.of_person_with(db, made.people[0].id, Submission.round_id == made.round.id)
    assert tied == {made.entries[0].id: "team"}
    MembershipFactory(user_id=made.people[0].id, representative=False)
    assert conflicts.of_person_with(db, None, Submission.round_id == made.round.id) == {}


@pytest.mark.parametrize(("blindness", "shown"), [("open", True), ("blind", False), ("double", False)])
def test_only_an_open_phase_names_the_team_before_the_declaration(
    db: Session, client: Visitor, blindness: str, shown: bool
) -> None:
    made = court(db, state="invited", blindness=blindness)
    people = [{"name": "C", "affiliation": "Canary Institute", "joined": True}]
    team = {"name": "Canary Team", "organization": None, "members": people}
    mine = sa.and_(Version.submission_id == made.entries[0].id, Version.current)
    db.execute(sa.update(Version).where(mine).values(team=team))
    db.commit()
    client.sign_in(made.people[0])
    page = client.get(f"/judge/{made.assignment().ref}/declaration").text
    assert ("Canary Team" in page, "Canary Institute" in page) == (shown, shown)


def test_an_organizer_behind_an_entry_reads_no_names_about_it(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=2)
    for number in range(2):
        lock_all(made, number, (8, 6), (7, 7))
    member = TeamMember(
        submission_id=made.entries[0].id, user_id=made.organizer.id, email=made.organizer.email, name="M"
    )
    db.add(member)
    db.commit()
    client.sign_in(made.organizer)
    place = f"/organize/rounds/{made.round.slug}/discussion"
    own, other = (f"{place}/{entry.ref}" for entry in made.entries)
    card = f"{place}/cards/{made.assignment(0, 0).ref}"
    assert [client.get(address).status_code for address in (own, card, other)] == [403, 403, 200]
