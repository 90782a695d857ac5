"""Beginning and saving: one draft each, nothing lost, nothing from elsewhere."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rules.errors import NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions import drafting
from challenge.submissions.models import Submission, TeamMember
from tests.factories import RequirementFactory, RoundFactory, UserFactory, actor_of


def begin(db: Session, actor: Actor, **what: str) -> Submission:
    submission = drafting.start(db, actor, **what)
    db.commit()
    return submission


def test_a_draft_begins_with_its_owner_as_the_team(db: Session) -> None:
    requirement = RequirementFactory(currency="EUR")
    person = UserFactory(name="Lin Mei", affiliation="Institute of Optics")
    draft = begin(db, actor_of(person), requirement=requirement.ref)
    assert (draft.state, draft.currency, draft.owner_id) == ("draft", "EUR", person.id)
    assert draft.code.startswith("S-")
    assert len(draft.code) == 6
    member = db.scalars(sa.select(TeamMember)).one()
    assert (member.name, member.affiliation, member.user_id) == ("Lin Mei", "Institute of Optics", person.id)


def test_each_person_has_one_for_each_requirement(db: Session) -> None:
    one, two = RequirementFactory(), RequirementFactory()
    actor = actor_of(UserFactory())
    first = begin(db, actor, requirement=one.ref)
    assert begin(db, actor, requirement=one.ref).id == first.id
    assert begin(db, actor, requirement=two.ref).id != first.id
    assert begin(db, actor_of(UserFactory()), requirement=one.ref).id != first.id


@pytest.mark.parametrize(
    ("state", "error"),
    [("withdrawn", WrongState), ("failed", WrongState), ("draft", NotFound), ("submitted", NotFound)],
)
def test_only_a_published_requirement_is_answered(db: Session, state: str, error: type[Exception]) -> None:
    requirement = RequirementFactory(state=state)
    with pytest.raises(error):
        drafting.start(db, actor_of(UserFactory()), requirement=requirement.ref)


@pytest.mark.parametrize("stage", [Stage.REQUIREMENTS, Stage.JUDGING, Stage.CLOSED, Stage.CANCELLED])
def test_outside_the_window_it_is_said_when_it_was_or_will_be(db: Session, stage: Stage) -> None:
    requirement = RequirementFactory(round__stage=stage)
    with pytest.raises(TooLate):
        drafting.start(db, actor_of(UserFactory()), requirement=requirement.ref)


def test_visitors_begin_nothing(db: Session) -> None:
    with pytest.raises(NotAllowed):
        drafting.start(db, Actor(), requirement=RequirementFactory().ref)


def test_a_round_with_requirements_is_answered_by_requirement(db: Session) -> None:
    bare, full = RoundFactory(), RoundFactory(requirement_count=2)
    actor = actor_of(UserFactory())
    assert begin(db, actor, round_slug=bare.slug).requirement_id is None
    with pytest.raises(WrongState):
        drafting.start(db, actor, round_slug=full.slug)
    db.rollback()
    with pytest.raises(NotFound):
        drafting.start(db, actor, round_slug="no-such-round")


def test_pseudonyms_grow_when_four_figures_are_taken(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    requirement = RequirementFactory()
    monkeypatch.setattr(drafting.secrets, "randbelow", lambda _most: 7)
    first = begin(db, actor_of(UserFactory()), requirement=requirement.ref)
    second = begin(db, actor_of(UserFactory()), requirement=requirement.ref)
    assert (first.code, second.code) == ("S-0007", "S-00007")
