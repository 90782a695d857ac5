"""The panel, the rubric and the method: who judges, by what, and until when that may change."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import invitations
from challenge.accounts.models import RoleGrant
from challenge.judging import panel, rubric, scoring
from challenge.judging.criteria import DEFAULT, CriterionDraft
from challenge.judging.models import PanelJudge, Phase
from challenge.rounds.models import Method as PublishedMethod
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.scoring import Method
from challenge.rules.stages import Stage
from challenge.tasks.models import Task
from tests.factories import RoundFactory, UserFactory, actor_of, organizer_of
from tests.judging.stories import court


def test_round_gets_the_default_rubric_with_its_phase(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(round_.programme))
    phase = rubric.set_up(db, organizer, round_.id)
    assert [(c.name_en, c.weight * 10) for c in phase.criteria] == [
        ("Fit to indicators", 30),
        ("Feasibility and maturity", 20),
        ("Innovation", 20),
        ("Delivery plan", 10),
        ("Team", 10),
        ("Cost", 10),
    ]
    assert {(c.minimum, c.maximum, str(c.step)) for c in phase.criteria} == {(0, 10, "0.5000")}
    assert all(c.name_zh and c.guidance_zh and c.guidance_en for c in phase.criteria)
    assert (phase.blindness, rubric.method_of(phase)) == ("blind", Method())
    rubric.set_up(db, organizer, round_.id)
    assert db.scalar(sa.select(sa.func.count()).select_from(Phase)) == 1


def test_rubric_is_replaced_whole(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(round_.programme))
    rubric.set_up(db, organizer, round_.id)
    drafts = [CriterionDraft(name_zh="创意", minimum="1", maximum="5", step="1", weight="2.5")]
    phase = rubric.edit(db, organizer, round_.id, drafts, per_entry=2)
    (only,) = phase.criteria
    assert (only.name_zh, only.name_en, str(only.weight), phase.per_entry) == ("创意", None, "2.5000", 2)
    phase = rubric.edit(db, organizer, round_.id, [*drafts, *DEFAULT], per_entry=5)
    assert [c.position for c in phase.criteria] == list(range(1, 8))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name_zh": "", "name_en": " "}, "name_zh", "required"),
        ({"weight": ""}, "weight", "required"),
        ({"weight": "0"}, "weight", "above_zero"),
        ({"weight": "-1"}, "weight", "above_zero"),
        ({"weight": "three"}, "weight", "not_a_number"),
        ({"weight": "1.00001"}, "weight", "too_fine_or_large"),
        ({"maximum": "99999"}, "maximum", "too_fine_or_large"),
        ({"maximum": "0"}, "maximum", "above_minimum"),
        ({"step": "0"}, "step", "step_does_not_fit"),
        ({"step": "0.3"}, "step", "step_does_not_fit"),
        ({"step": "NaN"}, "step", "not_a_number"),
    ],
)
def test_fault_of_a_row_comes_back_to_its_field(
    db: Session, change: dict[str, str], field: str, code: str
) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(round_.programme))
    drafts = [DEFAULT[0], dataclasses.replace(DEFAULT[1], **change)]
    with pytest.raises(InvalidMany) as refusal:
        rubric.edit(db, organizer, round_.id, drafts, per_entry=3)
    assert (f"criteria-1-{field}", code) in [(f.field, f.code) for f in refusal.value.faults]


@pytest.mark.parametrize(("rows", "per_entry"), [(0, 3), (21, 3), (1, 1), (1, 16)])
def test_rubric_has_rows_and_judges_within_reason(db: Session, rows: int, per_entry: int) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(round_.programme))
    with pytest.raises(InvalidMany):
        rubric.edit(db, organizer, round_.id, [DEFAULT[0]] * rows, per_entry)


def test_rubric_and_method_stand_once_judging_has_opened(db: Session) -> None:
    made = court(db)
    with pytest.raises(NotAllowed):
        rubric.edit(db, made.as_organizer, made.round.id, [DEFAULT[0]], 3)
    with pytest.raises(NotAllowed):
        rubric.declare_method(db, made.as_organizer, made.round.id, Method())


def test_rubric_that_scores_were_given_by_stays(db: Session) -> None:
    made = court(db)
    scoring.save(db, made.as_judge(), made.assignment().ref, made.entered(8))
    made.close(Stage.SUBMISSION)
    made.round.launched_at = None  # a draft again: the table allows the edit, the scores do not
    db.flush()
    with pytest.raises(WrongState, match="rubric_in_use"):
        rubric.edit(db, made.as_organizer, made.round.id, [DEFAULT[0]], 3)


def test_method_is_published_with_the_round(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    organizer = actor_of(organizer_of(round_.programme))
    method = Method("median", "total", 3, ("median", "shared"))
    phase = rubric.declare_method(db, organizer, round_.id, method)
    assert rubric.method_of(phase) == method
    published = db.get(PublishedMethod, round_.id)
    assert published is not None
    assert Method.from_json(published.spec) == method


def test_invited_person_joins_with_the_next_label(db: Session) -> None:
    made = court(db, judges=2)
    guest = UserFactory(email="guest@lzu.edu.cn")
    token = panel.invite(db, made.as_organizer, made.round.id, "Guest@LZU.edu.cn")
    accepted = invitations.accept(db, actor_of(guest), token)
    for _ in range(2):
        assert panel.join(db, actor_of(guest), accepted.scope_id).label == "J3"


def test_nobody_joins_uninvited(db: Session) -> None:
    made = court(db)
    with pytest.raises(NotAllowed):
        panel.join(db, actor_of(UserFactory()), made.phase.id)


def test_person_with_an_account_is_added_at_once_and_told(db: Session) -> None:
    made = court(db, judges=1)
    person = UserFactory(email="known@lzu.edu.cn")
    judge = panel.add(db, made.as_organizer, made.round.id, " known@lzu.edu.cn ")
    assert (judge.label, judge.user_id) == ("J2", person.id)
    told = db.scalars(sa.select(Task.payload).where(Task.key.like("event/judge.invited/%"))).one()
    assert told["user_id"] == person.id
    assert actor_of(person).holds("judge", "phase", made.phase.id)


@pytest.mark.parametrize("address", ["", "nobody", "a@", "two words@x.cn"])
def test_address_that_is_none_is_refused(db: Session, address: str) -> None:
    made = court(db)
    for verb in (panel.invite, panel.add):
        with pytest.raises(Invalid, match="not_an_address"):
            verb(db, made.as_organizer, made.round.id, address)


def test_unknown_or_known_person_is_told_apart(db: Session) -> None:
    made = court(db)
    with pytest.raises(Invalid, match="no_account"):
        panel.add(db, made.as_organizer, made.round.id, "stranger@lzu.edu.cn")
    for verb in (panel.invite, panel.add):
        with pytest.raises(Invalid, match="on_panel_already"):
            verb(db, made.as_organizer, made.round.id, made.people[0].email)


def test_judge_leaves_the_panel_before_any_assignment_only(db: Session) -> None:
    made = court(db, assigned=False)
    for _ in range(2):
        panel.remove(db, made.as_organizer, made.round.id, made.judges[0].id)
    assert db.get(PanelJudge, made.judges[0].id) is None
    held = sa.select(RoleGrant).where(RoleGrant.user_id == made.people[0].id, RoleGrant.role == "judge")
    assert db.scalar(held) is None
    busy = court(db)
    with pytest.raises(WrongState, match="judge_assigned"):
        panel.remove(db, busy.as_organizer, busy.round.id, busy.judges[0].id)


def test_only_the_rounds_organizer_manages_its_panel(db: Session) -> None:
    made, other = court(db), court(db)
    for actor in (other.as_organizer, made.as_judge(), actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            panel.invite(db, actor, made.round.id, "x@lzu.edu.cn")
        with pytest.raises(NotAllowed):
            panel.remove(db, actor, made.round.id, made.judges[0].id)
    panel.remove(db, other.as_organizer, other.round.id, made.judges[0].id)
    assert db.get(PanelJudge, made.judges[0].id) is not None
