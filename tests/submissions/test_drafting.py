"""Beginning and saving: one draft each, nothing lost, nothing from elsewhere."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.rules.errors import Invalid, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions import drafting
from challenge.submissions.drafting import Draft
from challenge.submissions.models import Submission, TeamMember
from tests.factories import OrganizationFactory, RequirementFactory, RoundFactory, UserFactory, actor_of
from tests.submissions.stories import again, owner_of, ready


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


def test_saving_counts_up_only_when_something_changed(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    for title, version in (("One", 2), ("One", 2), ("Two", 3)):
        drafting.save(db, actor, draft.ref, Draft({"title": title}), again(draft).draft_version)
        db.commit()
        assert again(draft).draft_version == version


def test_the_same_form_sent_twice_is_no_conflict(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    for _ in range(2):
        drafting.save(db, actor, draft.ref, Draft({"title": "Mine"}), 1)
        db.commit()
    with pytest.raises(WrongState) as refusal:
        drafting.save(db, actor, draft.ref, Draft({"title": "Other"}), 1)
    assert refusal.value.code == "stale_draft"


def test_answers_to_indicators_of_another_requirement_are_not_kept(db: Session) -> None:
    draft = ready()
    known = int(next(iter(draft.values["indicators"])))
    answers = {known: {"met": "no", "evidence": ""}, known + 1000: {"met": "met", "evidence": "x"}}
    drafting.save(db, actor_of(owner_of(draft)), draft.ref, Draft({"indicators": answers}), 1)
    db.commit()
    assert again(draft).values["indicators"] == {str(known): {"met": "no", "evidence": ""}}


def test_one_speaks_only_for_ones_own_organization(db: Session) -> None:
    own, foreign = OrganizationFactory(), OrganizationFactory()
    draft = ready(owner=UserFactory(represents=[own]))
    actor = actor_of(owner_of(draft))
    drafting.save(db, actor, draft.ref, Draft(organization_id=own.id), 1)
    db.commit()
    with pytest.raises(Invalid) as refusal:
        drafting.save(db, actor, draft.ref, Draft(organization_id=foreign.id), 2)
    assert refusal.value.field == "organization_id"
    db.rollback()
    # A member who speaks for nobody keeps what the owner chose.
    member = UserFactory()
    db.add(TeamMember(submission_id=draft.id, user_id=member.id, email=member.email, name="M"))
    db.flush()
    drafting.save(db, actor_of(member), draft.ref, Draft({"title": "T"}, organization_id=own.id), 2)
    db.commit()
    assert again(draft).organization_id == own.id


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft({"trl_now": 0}), "trl_now"),
        (Draft({"trl_delivery": 10}), "trl_delivery"),
        (Draft({"trl_now": 5, "trl_delivery": 4}), "trl_delivery"),
        (Draft({"quote": 10_000_000_000}), "quote"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(db: Session, draft: Draft, field: str) -> None:
    submission = ready()
    with pytest.raises(Invalid) as refusal:
        drafting.save(db, actor_of(owner_of(submission)), submission.ref, draft, 1)
    assert refusal.value.field == field


def test_after_the_close_a_draft_stays_as_it_is(db: Session) -> None:
    submission = ready()
    submission.requirement.closes_at = clock.now(db)
    db.commit()
    with pytest.raises(TooLate):
        drafting.save(db, actor_of(owner_of(submission)), submission.ref, Draft({"title": "Late"}), 1)
