"""Hand in, replace, withdraw: one effect, one receipt, and it can be proved."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain, statements
from challenge.audit.keys import keyring
from challenge.audit.models import AuditEntry
from challenge.audit.statements import Verdict
from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import InvalidMany, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.stages import Stage
from challenge.submissions import submitting, team, withdrawing
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.tasks.models import Task
from tests.factories import (
    RequirementFactory,
    RoundFactory,
    SubmissionFactory,
    UserFactory,
    actor_of,
)
from tests.submissions.stories import again, answer, close, owner_of, ready, versions, with_file, write

HOUR = dt.timedelta(hours=1)


def hand_in(db: Session, submission: Submission, who: User | None = None) -> Version:
    version = submitting.submit(db, actor_of(who or owner_of(submission)), submission.ref)
    db.commit()
    return version


def late(db: Session, submission: Submission) -> LateArrival:
    """The refused submit and its record, as the door does it."""
    actor = actor_of(owner_of(submission))
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, actor, submission.ref)
    db.rollback()
    arrival = submitting.arrived_late(db, actor, submission.ref, refusal.value)
    db.commit()
    return arrival


def count(db: Session, submission: Submission) -> int:
    """What the round counts, as the database has it."""
    counted = db.scalar(sa.select(Round.submission_count).where(Round.id == submission.round_id))
    return counted or 0


def events(db: Session, name: str) -> list[Task]:
    return list(db.scalars(sa.select(Task).where(Task.key.like(f"event/{name}/%"))))


def test_a_submission_is_frozen_counted_announced_recorded_and_receipted(db: Session) -> None:
    draft = ready()
    digest = with_file(draft, "报告.pdf")
    version = hand_in(db, draft)

    submission = again(draft)
    assert submission.state == "submitted"
    assert submission.submitted_at == version.submitted_at
    assert (version.number, version.current) == (1, True)
    assert version.content["title"] == draft.title
    assert version.content["answers"][0]["met"] == "met"
    manifest = [{"name": "报告.pdf", "sha256": digest, "size": 14, "media_type": "application/pdf"}]
    assert version.manifest == manifest
    assert count(db, submission) == 1
    asked = sa.select(Requirement.submission_count).where(Requirement.id == submission.requirement_id)
    assert db.scalar(asked) == 1
    assert len(events(db, "submission.submitted")) == 1

    said = version.receipt["statement"]
    assert said["submission"] == submission.code
    assert said["version"] == 1
    assert said["manifest"] == manifest
    assert said["submitted_at"] == chain.instant_text(version.submitted_at)
    entry = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "submission.submitted")).one()
    assert said["audit"] == {"chain": entry.chain, "seq": entry.seq, "hash": entry.hash}
    assert statements.examine(keyring(), json.dumps(version.receipt).encode()).verdict is Verdict.VALID
    assert chain.verify(db)[1] == []


def test_what_a_blind_judge_reads_names_nobody(db: Session) -> None:
    owner = UserFactory(name="CANARY OWNER", email="canary@example.org", affiliation="CANARY WORKS")
    draft = ready(owner=owner, team_name="CANARY TEAM")
    version = hand_in(db, draft)
    assert "CANARY" not in json.dumps([version.content, version.receipt])
    kept = db.scalars(sa.select(Version.team).where(Version.id == version.id)).one()
    assert kept["members"][0]["name"] == "CANARY OWNER"
    db.expire_all()
    with pytest.raises(sa.exc.InvalidRequestError):
        _ = db.get_one(Version, version.id).team


def test_the_same_draft_handed_in_twice_is_one_version_with_one_receipt(db: Session) -> None:
    draft = ready()
    first = hand_in(db, draft)
    second = hand_in(db, draft)
    assert second.id == first.id
    assert len(versions(draft)) == 1
    assert len(events(db, "submission.submitted")) == 1
    assert count(db, draft) == 1


def test_a_changed_draft_replaces_what_was_submitted(db: Session) -> None:
    draft = ready()
    hand_in(db, draft)
    with_file(draft)
    db.commit()
    hand_in(db, draft)
    write(draft, title="A better title")
    db.commit()
    hand_in(db, draft)
    assert [(each.number, each.current) for each in versions(draft)] == [(1, False), (2, False), (3, True)]
    assert count(db, draft) == 1
    assert len(events(db, "submission.submitted")) == 3


def test_withdrawn_and_handed_in_again(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    hand_in(db, draft)
    for _ in range(2):
        assert withdrawing.withdraw(db, actor, draft.ref).state == "withdrawn"
        db.commit()
    assert count(db, draft) == 0
    assert len(events(db, "submission.withdrawn")) == 1
    assert [each.current for each in versions(draft)] == [False]
    assert hand_in(db, draft).number == 2
    assert count(db, draft) == 1
    withdrawing.withdraw(db, actor, draft.ref)
    db.commit()
    assert len(events(db, "submission.withdrawn")) == 2


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": "  "}, "missing"),
        ({"summary": ""}, "missing"),
        ({"proposal": ""}, "missing"),
        ({"trl_now": None}, "missing"),
        ({"trl_delivery": None}, "missing"),
        ({"quote": None}, "missing"),
        ({"schedule": ""}, "missing"),
        ({"original": 0}, "missing_consent"),
        ({"indicators": {}}, "missing_answers"),
    ],
)
def test_each_missing_part_is_named(db: Session, facts: dict[str, object], code: str) -> None:
    draft = ready()
    write(draft, **facts)
    db.commit()
    with pytest.raises(InvalidMany) as refusal:
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_all_that_is_missing_is_named_at_once(db: Session) -> None:
    draft = SubmissionFactory(untitled=True, quote=None, original=0)
    with pytest.raises(InvalidMany) as refusal:
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    codes = [fault.code for fault in refusal.value.faults]
    assert codes == ["missing", "missing_answers", "missing", "missing_consent"]
    db.rollback()


def test_an_answer_that_says_met_needs_its_evidence(db: Session) -> None:
    draft = ready(requirement=RequirementFactory(indicators=[{}, {}]))
    one, two = draft.values["indicators"]
    write(draft, indicators={one: {"met": "partly", "evidence": " "}, two: {"met": "no", "evidence": ""}})
    db.commit()
    with pytest.raises(InvalidMany) as refusal:
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    (fault,) = refusal.value.faults
    assert (fault.code, fault.params) == ("missing_evidence", {"count": 1})


def test_a_round_without_requirements_asks_for_the_proposal_alone(db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    draft = SubmissionFactory(
        requirement=None, round_id=round_.id, trl_now=None, trl_delivery=None, quote=None, schedule=None
    )
    assert hand_in(db, draft).receipt["statement"]["requirement"] is None


def test_after_the_close_the_draft_is_kept_and_a_signed_refusal_says_what_arrived(db: Session) -> None:
    draft = ready()
    with_file(draft)
    now = clock.now(db)
    close(draft, now)  # half-open: the closing instant itself is too late
    db.commit()
    arrival = late(db, draft)
    assert again(draft).state == "draft"
    assert versions(draft) == []
    assert arrival.arrived_at >= now
    assert [each["name"] for each in arrival.manifest] == ["report.pdf"]
    said = arrival.refusal["statement"]
    assert said["kind"] == statements.REFUSAL
    assert said["closed_at"] == chain.instant_text(now)
    assert statements.examine(keyring(), json.dumps(arrival.refusal).encode()).verdict is Verdict.VALID
    assert events(db, "submission.submitted") == []
    assert late(db, draft).id == arrival.id  # the same again is the first arrival
    write(draft, title="Another title")
    db.commit()
    assert late(db, draft).id != arrival.id


def test_a_requirement_that_closes_earlier_than_its_round_decides(db: Session) -> None:
    draft = ready()
    draft.requirement.closes_at = clock.now(db)
    db.commit()
    assert late(db, draft).refusal["statement"]["kind"] == statements.REFUSAL


@pytest.mark.parametrize("stage", [Stage.REQUIREMENTS, Stage.JUDGING, Stage.CANCELLED, Stage.DRAFT])
def test_only_an_open_window_takes_a_submission(db: Session, stage: Stage) -> None:
    draft = ready(requirement=RequirementFactory(round__stage=stage))
    with pytest.raises(TooLate):
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)


def test_a_requirement_that_was_withdrawn_takes_nothing(db: Session) -> None:
    draft = ready(requirement=RequirementFactory(state="withdrawn"))
    with pytest.raises(WrongState):
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)


def test_a_member_hands_in_and_only_the_owner_withdraws(db: Session) -> None:
    member = UserFactory()
    draft = ready(team=[member])
    hand_in(db, draft, member)
    with pytest.raises(NotAllowed):
        withdrawing.withdraw(db, actor_of(member), draft.ref)
    db.rollback()


@pytest.mark.parametrize("action", [submitting.submit, withdrawing.withdraw, team.leave])
def test_to_strangers_a_submission_does_not_exist(db: Session, action: object) -> None:
    draft = ready()
    with pytest.raises(NotFound):
        action(db, actor_of(UserFactory()), draft.ref)  # type: ignore[operator]
    db.rollback()
    with pytest.raises(NotFound):
        action(db, actor_of(UserFactory()), "nosuchref")  # type: ignore[operator]


def test_answers_to_indicators_that_are_gone_do_not_count(db: Session) -> None:
    draft = ready(requirement=RequirementFactory(indicators=[{}]))
    answer(draft)
    foreign = {"999999": {"met": "met", "evidence": "of nothing"}}
    write(draft, indicators={**draft.values["indicators"], **foreign})
    db.commit()
    assert len(hand_in(db, draft).content["answers"]) == 1
