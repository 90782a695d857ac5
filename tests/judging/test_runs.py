"""The best assignment searched, looked at, applied; what moves, what stays, what cannot be covered."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.flow import assigning as working
from challenge.flow import errands
from challenge.judging import assigning, declaring, runs
from challenge.judging.models import Assignment, PanelJudge
from challenge.judging.run_models import AssignmentFit, AssignmentRun
from challenge.rules.assignment import Options
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.stages import Stage
from challenge.supply.models import Expert, ExpertDocument
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.judging.stories import Court, assign, assigned, court, entry, searched


def apply(made: Court, digest: str | None, reason: str = "") -> int:
    return runs.apply(made.db, made.as_organizer, made.round.id, digest or "", reason)


def reading(made: Court) -> set[tuple[int, int]]:
    """(judge, entry) that promise a scorecard, by their order in the court."""
    judges = [each.id for each in made.judges]
    entries = [each.id for each in made.entries]
    query = sa.select(Assignment.judge_id, Assignment.submission_id).where(
        Assignment.state.in_(("invited", "accepted", "completed"))
    )
    return {(judges.index(judge), entries.index(each)) for judge, each in made.db.execute(query)}


def test_each_entry_gets_its_judges_and_each_judge_alike(db: Session) -> None:
    made = court(db, judges=4, entries=8, assigned=False, per_entry=3)
    assert assigned(made) == 24
    assert set(Counter(judge for judge, _ in reading(made)).values()) == {6}


def test_each_judge_is_told_once_and_every_pair_is_recorded(db: Session) -> None:
    made = court(db, judges=2, entries=3, assigned=False, per_entry=2)
    assigned(made)
    told = sa.select(Task.payload).where(Task.payload["event"].as_string() == "assignment.made")
    counts = {each["user_id"]: each["count"] for each in db.scalars(told)}
    assert counts == {person.id: 3 for person in made.people}
    recorded = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "assignment.made")).all()
    assert len(recorded) == 6


def test_nothing_is_assigned_before_somebody_says_so(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False)
    searched(made)
    assert reading(made) == set()


def test_conflicts_are_never_proposed_and_what_stays_short_says_why(db: Session) -> None:
    made = court(db, judges=3, entries=1, assigned=False, per_entry=3)
    MembershipFactory(user_id=made.people[0].id, organization=made.requirement.seeker)
    assign(made.phase, made.judges[1], made.entries[0], "declined")
    found = searched(made).result
    assert found["add"] == [[made.judges[2].id, made.entries[0].id]]
    (short,) = found["short"]
    assert (short["code"], short["lacking"]) == (made.entries[0].code, 2)
    assert short["reasons"] == {"seeker": 1, "declined": 1}


def test_a_judges_own_limit_holds_and_is_named_where_it_leaves_entries_short(db: Session) -> None:
    made = court(db, judges=2, entries=3, assigned=False, per_entry=2)
    made.judges[0].capacity = 1
    found = searched(made).result
    assert Counter(judge for judge, _ in found["add"]) == {made.judges[0].id: 1, made.judges[1].id: 3}
    assert [short["reasons"] for short in found["short"]] == [{"full": 1}] * 2
    assert (found["wanted"], found["room"]) == (6, None)


def test_judges_read_what_they_know_about_where_affinity_decides(db: Session) -> None:
    made = court(db, judges=2, assigned=False, entries=0, per_entry=1)
    texts = ("Electrolyte additive for lithium cells", "A camera that sees through fog")
    for text in texts:
        made.entries.append(entry(db, made.requirement, content={"title": text}))
    db.add(Expert(user_id=made.people[0].id, keywords=["fog", "camera"], updated_at=made.phase.created_at))
    db.add(ExpertDocument(user_id=made.people[1].id, title="Lithium", text="Electrolytes of lithium cells"))
    found = searched(made, weight=90)
    assigned(made, weight=90)
    assert reading(made) == {(0, 1), (1, 0)}
    fits = runs.fits(db, made.phase.id, [each.id for each in made.entries])
    (fog, other) = (fits[made.judges[0].id, made.entries[place].id] for place in (1, 0))
    assert fog is not None
    assert other is not None
    assert fog > other
    assert found.result["informed"]
    assert found.result["mean"] > 0


def test_what_judges_never_see_weighs_nothing(db: Session) -> None:
    made = court(db, judges=1, assigned=False, entries=0, per_entry=1)
    made.entries.append(entry(db, made.requirement, team_name="Zirconia"))
    db.add(ExpertDocument(user_id=made.people[0].id, title="Zirconia", text="zirconia Zirconia"))
    assert not searched(made).result["informed"]


def test_a_proposal_that_things_have_overtaken_is_refused(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    digest = searched(made).digest
    assigning.assign(db, made.as_organizer, made.round.id, made.judges[2].id, made.entries[0].ref)
    with pytest.raises(WrongState, match="assignment_outdated"):
        apply(made, digest)


def test_a_conflict_that_came_up_since_makes_it_outdated(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    seeker = made.requirement.seeker
    digest = searched(made).digest
    MembershipFactory(user_id=made.people[0].id, organization=seeker)
    with pytest.raises(WrongState, match="assignment_outdated"):
        apply(made, digest)


def test_a_judge_who_accepts_meanwhile_does_not_stop_it(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    assign(made.phase, made.judges[0], made.entries[0], "invited")
    digest = searched(made).digest
    declaring.accept(db, made.as_judge(0), made.assignment().ref)
    assert apply(made, digest) == 3


def test_applied_twice_assigns_once_and_only_the_last_one(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False, per_entry=2)
    first, last = searched(made).digest, searched(made, weight=90).digest
    with pytest.raises(WrongState, match="assignment_outdated"):
        apply(made, first)
    assert [apply(made, last) for _ in range(2)] == [4, 0]


def test_put_aside_it_assigns_nothing_any_more(db: Session) -> None:
    made = court(db, judges=3, entries=2, assigned=False)
    digest = searched(made).digest
    for _ in range(2):
        runs.leave(db, made.as_organizer, made.round.id)
    assert runs.latest(db, made.phase.id) is None
    with pytest.raises(WrongState, match="assignment_outdated"):
        apply(made, digest)


def test_after_a_decline_only_the_gap_is_filled(db: Session) -> None:
    made = court(db, judges=5, entries=6, assigned=False, per_entry=2)
    assigned(made)
    before = reading(made)
    gone = db.scalars(sa.select(Assignment).where(Assignment.judge_id == made.judges[0].id)).first()
    assert gone is not None
    declaring.decline(db, made.as_judge(0), gone.ref, "no time")
    found = searched(made).result
    assert (len(found["add"]), found["take"]) == (1, [])
    assigned(made)
    assert len(reading(made) & before) == len(before) - 1


def gap(db: Session) -> Court:
    """Entry 1 can be read by judge 0 alone, who has room for one and was asked to read entry 0."""
    made = court(db, judges=2, entries=2, assigned=False, per_entry=1)
    made.judges[0].capacity = 1
    assign(made.phase, made.judges[0], made.entries[0], "invited")
    assign(made.phase, made.judges[1], made.entries[1], "declined")
    return made


def test_who_has_not_answered_gives_an_entry_away_where_that_covers_more(db: Session) -> None:
    made = gap(db)
    found = searched(made)
    assert found.result["take"] == [[made.judges[0].id, made.entries[0].id]]
    with pytest.raises(Invalid, match="required"):
        apply(made, found.digest)
    db.rollback()
    assert apply(made, found.digest, "to cover all") == 2
    assert reading(made) == {(0, 1), (1, 0)}
    assert (made.assignment().state, made.assignment().reason) == ("replaced", "to cover all")


def test_pinned_accepted_or_as_asked_nothing_moves(db: Session) -> None:
    pinned = gap(db)
    assigning.pin(db, pinned.as_organizer, pinned.assignment().ref, pinned=True, round_id=pinned.round.id)
    accepted = gap(db)
    declaring.accept(db, accepted.as_judge(0), accepted.assignment().ref)
    for made, move in ((pinned, True), (accepted, True), (gap(db), False)):
        found = searched(made, move=move).result
        assert (found["add"], found["take"], len(found["short"])) == ([], [], 1)


def test_a_judge_who_accepts_what_would_be_taken_makes_it_outdated(db: Session) -> None:
    made = gap(db)
    digest = searched(made).digest
    declaring.accept(db, made.as_judge(0), made.assignment().ref)
    with pytest.raises(WrongState, match="assignment_outdated"):
        apply(made, digest, "to cover all")


def test_panels_are_joined_and_what_cannot_be_joined_is_said(db: Session) -> None:
    made = court(db, judges=4, entries=4, assigned=False, per_entry=2)
    assert len(searched(made).result["pieces"]) == 1
    alone = court(db, judges=2, entries=2, assigned=False, per_entry=1)
    assert len(searched(alone).result["pieces"]) == 2


def test_what_cannot_be_asked_is_refused_and_who_may_not_ask(db: Session) -> None:
    made = court(db, assigned=False)
    with pytest.raises(InvalidMany):
        runs.ask(db, made.as_organizer, made.round.id, Options(0))
    for actor in (made.as_judge(), actor_of(UserFactory()), actor_of(UserFactory(admin=True))):
        for act in (
            lambda a: runs.ask(db, a, made.round.id, Options(2)),
            lambda a: runs.leave(db, a, made.round.id),
            lambda a: runs.apply(db, a, made.round.id, ""),
        ):
            with pytest.raises(NotAllowed):
                act(actor)
    made.close(Stage.JUDGING)
    with pytest.raises(NotAllowed):
        runs.ask(db, made.as_organizer, made.round.id, Options(2))


def test_asked_twice_it_is_searched_once(db: Session) -> None:
    made = court(db, assigned=False)
    first, second = (runs.ask(db, made.as_organizer, made.round.id, Options(2)) for _ in range(2))
    assert first.id == second.id
    assert runs.ask(db, made.as_organizer, made.round.id, Options(3)).id != first.id
    db.commit()
    errands.drain()
    states = db.scalars(sa.select(AssignmentRun.state).order_by(AssignmentRun.id)).all()
    assert states == ["aside", "proposed"]


def test_only_the_last_search_keeps_its_affinities(db: Session) -> None:
    made = court(db, judges=2, entries=2, assigned=False)
    searched(made)
    last = searched(made, weight=90)
    assert set(db.scalars(sa.select(AssignmentFit.run_id))) == {last.id}


def test_an_engine_that_fails_is_told_on_the_page_and_tried_no_more(db: Session) -> None:
    made = court(db, assigned=False)
    run = runs.ask(db, made.as_organizer, made.round.id, Options(2))
    db.commit()
    db.expire_all()

    def broken(_asked: object, _say: object) -> dict[str, object]:
        raise RuntimeError("out of memory")

    (task,) = queue.lease(db, kinds=("match",))
    db.commit()
    working.run(task, broken)
    db.expire_all()
    assert (run.state, run.result) == ("failed", {"fault": "out of memory"})
    assert db.scalar(sa.select(Task.state).where(Task.kind == "match")) == "done"


def test_a_panel_without_judges_and_a_round_without_entries(db: Session) -> None:
    nobody = court(db, judges=0, entries=2, assigned=False)
    assert [short["reasons"] for short in searched(nobody).result["short"]] == [{"panel": 0}] * 2
    nothing = court(db, judges=2, entries=0, assigned=False)
    assert searched(nothing).result["add"] == []
    assert db.scalar(sa.select(sa.func.count()).select_from(PanelJudge)) == 2
