"""Two phases, one after the other: laid out, scored, cut, carried on, announced."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import closing
from challenge.flow.errands import drain
from challenge.judging import assigning, boards, carrying, laid_out, phases, ranking, rubric, scoring
from challenge.judging.carrying import Choice
from challenge.judging.models import Criterion, Phase, PhaseEntry
from challenge.judging.phases import PhaseDraft
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import GrantFactory, PanelJudgeFactory, UserFactory, actor_of
from tests.judging.stories import Court, assign, court, lock_all
from tests.rigs.mail import Mailbox
from tests.submissions.stories import owner_of

HOUR = dt.timedelta(hours=1)
SCORES = ((9, 9), (7, 7), (7, 7), (2, 2))  # of each entry, by both judges


def in_two(db: Session, *, scored: bool = True, **final: object) -> Court:
    """A round at judging whose first phase lets the best two through into a final tomorrow."""
    made = court(db, judges=2, entries=4)
    now = clock.now(db)
    first = PhaseDraft(kind="screening", cut="top", cut_value=Decimal(2), closes_at=now + HOUR)
    made.phase.closes_at, made.phase.kind = first.closes_at, "screening"
    made.phase.cut, made.phase.cut_value = "top", Decimal(2)
    db.flush()
    draft = PhaseDraft(**{"opens_at": now + 2 * HOUR, **final})  # type: ignore[arg-type]
    phases.add(db, made.as_organizer, made.round.id, draft)
    for number, scores in enumerate(SCORES if scored else ()):
        lock_all(made, number, scores, scores)
    return made


def over(made: Court) -> None:
    """The first phase has closed a moment ago."""
    past = clock.now(made.db) - dt.timedelta(seconds=1)
    made.db.execute(sa.update(Phase).where(Phase.id == made.phase.id).values(closes_at=past))
    made.db.expire_all()


def ranked(made: Court) -> None:
    over(made)
    ranking.fix(made.db, made.as_organizer, made.round.id, number=1)


def on(made: Court) -> set[int]:
    """The entries of the second phase, by their place in the story."""
    second = rubric.phase_or_404(made.db, made.round.id, 2)
    ids = set(made.db.scalars(sa.select(PhaseEntry.submission_id).where(PhaseEntry.phase_id == second.id)))
    return {number for number, entry in enumerate(made.entries) if entry.id in ids}


def test_a_further_phase_begins_with_the_rubric_of_the_one_before(db: Session) -> None:
    made = in_two(db, scored=False)
    second = rubric.phase_or_404(db, made.round.id, 2)
    assert [(each.name_en, each.weight) for each in second.criteria] == [("Fit", 3), ("Innovation", 2)]
    assert rubric.phase_or_404(db, made.round.id).number == 1, "the one at hand"


def test_the_ones_who_share_the_last_place_go_on_together(db: Session) -> None:
    made = in_two(db)
    ranked(made)
    assert carrying.carry_on(db, made.as_organizer, made.round.id, 1) == 3
    assert on(made) == {0, 1, 2}
    assert carrying.carry_on(db, made.as_organizer, made.round.id, 1) == 3, "twice is once"
    assert rubric.phase_or_404(db, made.round.id).number == 2


def test_a_person_adds_and_leaves_out_with_a_reason_alone(db: Session) -> None:
    made = in_two(db)
    ranked(made)
    ref = [entry.ref for entry in made.entries]
    choice = Choice(added=[ref[3]], left_out=[ref[2]])
    with pytest.raises(Invalid) as refused:
        carrying.carry_on(db, made.as_organizer, made.round.id, 1, choice)
    assert (refused.value.field, refused.value.code) == ("reason", "required")
    told = Choice(added=[ref[3]], left_out=[ref[2]], reason="A wild card for the region.")
    assert carrying.carry_on(db, made.as_organizer, made.round.id, 1, told) == 3
    assert on(made) == {0, 1, 3}
    second = rubric.phase_or_404(db, made.round.id, 2)
    assert carrying.entries_of(db, second.id)[made.entries[3].id] == ("hand", "A wild card for the region.")


def test_nobody_goes_on_before_the_phase_is_over_and_ranked(db: Session) -> None:
    made = in_two(db)
    with pytest.raises(NotAllowed):
        carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    over(made)
    with pytest.raises(WrongState, match="ranking_missing"):
        carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    with pytest.raises(NotFound):
        carrying.carry_on(db, made.as_organizer, made.round.id, 7)


def test_the_ranking_that_a_phase_began_from_stands(db: Session) -> None:
    made = in_two(db)
    ranked(made)
    carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    made.entries[0].state = "withdrawn"
    db.flush()
    with pytest.raises(WrongState, match="carried_on"):
        ranking.fix(db, made.as_organizer, made.round.id, "One left.", number=1)


def final_of(made: Court) -> Court:
    """The same round seen from its final: one judge more, everything assigned and accepted."""
    second = rubric.phase_or_404(made.db, made.round.id, 2)
    people = [*made.people, UserFactory()]
    panel = []
    for number, person in enumerate(people, start=1):
        GrantFactory(user_id=person.id, role="judge", scope="phase", scope_id=second.id)
        panel.append(PanelJudgeFactory(phase_id=second.id, user=person, label=f"J{number}"))
    entries = [made.entries[number] for number in sorted(on(made))]
    for judge in panel:
        for entry in entries:
            assign(second, judge, entry)
    made.db.execute(sa.update(Phase).where(Phase.id == second.id).values(opens_at=clock.now(made.db)))
    made.db.expire_all()
    return Court(made.db, made.round, made.requirement, second, made.organizer, panel, people, entries)


def test_points_carried_on_count_by_their_share_and_no_judge_scores_them(db: Session) -> None:
    made = in_two(db, carried_points=Decimal(40))
    ranked(made)
    carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    final = final_of(made)
    asked = [each for each in final.criteria if not each.carried]
    assert len(asked) == 2
    cards = {0: ((8, 8), (6, 6), (7, 7)), 1: ((9, 9),) * 3, 2: ((5, 5),) * 3}
    for number, given in cards.items():
        for judge, scores in enumerate(given):
            ref = final.assignment(judge, number).ref
            scoring.lock(db, final.as_judge(judge), ref, final.entered(*scores))
    # 45 of 50 points before are 90 of 100, times .4; the panel's mean of 7 on both criteria gives 35.
    assert {each: final.standing_of(each) for each in range(3)} == {
        0: Decimal("71.0000"),
        1: Decimal("73.0000"),
        2: Decimal("53.0000"),
    }


def test_an_entry_that_stayed_behind_is_assigned_to_nobody(db: Session) -> None:
    made = in_two(db)
    ranked(made)
    carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    second = rubric.phase_or_404(db, made.round.id, 2)
    judge = PanelJudgeFactory(phase_id=second.id, user=UserFactory())
    with pytest.raises(NotFound):
        assigning.assign(db, made.as_organizer, made.round.id, judge.id, made.entries[3].ref, 2)
    panel = boards.panel_of(db, made.round.id, 2)
    assert panel is not None
    codes = {line.code for line in boards.matrix(db, panel).lines}
    assert codes == {entry.code for entry in made.entries[:3]}


def test_a_card_is_locked_until_the_phase_closes_not_the_round(db: Session) -> None:
    made = in_two(db, scored=False)
    ref = made.assignment(0, 0).ref
    scoring.save(db, made.as_judge(0), ref, made.entered(5, 5))
    over(made)
    with pytest.raises(TooLate) as refused:
        scoring.lock(db, made.as_judge(0), ref, made.entered(6, 6))
    assert refused.value.code == "window_closed"
    card = made.card(0, 0)
    assert card is not None
    assert (card.state, card.total) == ("draft", Decimal(25)), "what was saved is kept"


def test_the_close_of_a_phase_is_recorded_once(db: Session, mailbox: Mailbox) -> None:
    made = in_two(db)
    over(made)
    db.commit()
    assert closing.close_phases() == 1
    assert closing.close_phases() == 0
    drain()
    events = db.scalars(sa.select(Task.key).where(Task.key.like("event/phase.closed/%"))).all()
    assert len(events) == 1
    assert [each.template for each in mailbox.to(made.organizer.email)] == ["phase_closed"]


def test_each_team_is_told_once_and_by_what_became_of_it(db: Session, mailbox: Mailbox) -> None:
    made = in_two(db)
    ranked(made)
    with pytest.raises(WrongState, match="not_carried_on"):
        carrying.announce(db, made.as_organizer, made.round.id, 1)
    carrying.carry_on(db, made.as_organizer, made.round.id, 1)
    for _ in range(2):
        carrying.announce(db, made.as_organizer, made.round.id, 1)
    db.commit()
    drain()
    told = [[each.template for each in mailbox.to(owner_of(entry).email)] for entry in made.entries]
    assert told == [["entry_goes_on"]] * 3 + [["entry_stays_behind"]]


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        ({"kind": "semi"}, "kind", "not_a_choice"),
        ({"blindness": "triple"}, "blindness", "not_a_choice"),
        ({"cut": "top"}, "cut_value", "required"),
        ({"name_en": "x" * 121}, "name_en", "too_long"),
        ({"blindness": "double", "panel_public": True}, "panel_public", "panel_unseen"),
        ({"carried_points": Decimal(0)}, "carried_points", "too_fine_or_large"),
        ({}, "opens_at", "phase_needs_open"),
    ],
)
def test_what_a_phase_cannot_be_is_told_at_its_field(
    db: Session, draft: dict[str, object], field: str, code: str
) -> None:
    made = in_two(db, scored=False)
    now = clock.now(db)
    given = {"opens_at": None if code == "phase_needs_open" else now + 2 * HOUR, **draft}
    with pytest.raises(InvalidMany) as refused:
        phases.edit(db, made.as_organizer, made.round.id, 2, PhaseDraft(**given))  # type: ignore[arg-type]
    assert (field, code) in [(fault.field, fault.code) for fault in refused.value.faults]


def test_an_open_phase_only_ever_closes_later_and_with_a_reason(db: Session, mailbox: Mailbox) -> None:
    made = in_two(db, scored=False)
    close = made.phase.closes_at
    assert close is not None
    edit = lambda at, why="": phases.edit(  # noqa: E731
        db, made.as_organizer, made.round.id, 1, PhaseDraft(closes_at=at), why
    )
    with pytest.raises(Invalid, match="never_shortened"):
        edit(close - HOUR / 2, "Sooner.")
    with pytest.raises(Invalid, match="required"):
        edit(close + HOUR / 2)
    assert edit(close + HOUR / 2, "A judge was ill.").closes_at == close + HOUR / 2
    db.commit()
    drain()
    assert [each.template for each in mailbox.to(made.people[0].email)] == ["phase_extended"]


def test_only_a_last_phase_that_nobody_uses_goes_away(db: Session) -> None:
    made = in_two(db, scored=False)
    judge = PanelJudgeFactory(phase_id=rubric.phase_or_404(db, made.round.id, 2).id, user=UserFactory())
    with pytest.raises(WrongState, match="phase_in_use"):
        phases.remove(db, made.as_organizer, made.round.id, 2)
    db.delete(judge)
    db.flush()
    phases.remove(db, made.as_organizer, made.round.id, 2)
    phases.remove(db, made.as_organizer, made.round.id, 2)
    assert [each.number for each in laid_out.of_round(db, made.round.id)] == [1]


def test_a_rubric_of_a_planned_phase_may_still_change_while_another_is_judged(db: Session) -> None:
    made = in_two(db, scored=False)
    rubric.edit(db, made.as_organizer, made.round.id, rubric.DEFAULT, 5, 2)
    second = rubric.phase_or_404(db, made.round.id, 2)
    assert (second.per_entry, len(second.criteria)) == (5, 6)
    with pytest.raises(NotAllowed):
        rubric.edit(db, made.as_organizer, made.round.id, rubric.DEFAULT, 5, 1)


def test_nobody_else_lays_out_phases(db: Session) -> None:
    made = in_two(db, scored=False)
    with pytest.raises(NotAllowed):
        phases.add(db, actor_of(UserFactory()), made.round.id, PhaseDraft())
    assert made.round.stage == Stage.JUDGING
    assert db.scalar(sa.select(sa.func.count(Criterion.id))) == 4
