"""Two keys and a delay, as people live it: what goes out is what two of them approved, once, or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import announcing, blocking, publishing, queries, releases
from challenge.awards.models import Award
from challenge.awards.release_models import ResultRelease
from challenge.base import clock
from challenge.flow import announcing as flow
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from challenge.rules.permissions import SYSTEM, Actor
from challenge.submissions.models import Submission
from challenge.tasks.models import Task
from tests.awards.stories import (
    Judged,
    approved,
    end_notice,
    goes_out,
    happened,
    judged_round,
    made_due,
    noticed,
    rank_anew,
    second,
)
from tests.factories import MembershipFactory, SubmissionFactory, UserFactory, actor_of
from tests.judging.test_at_once import together


def over(db: Session) -> Judged:
    """The notice has run its time."""
    judged = noticed(db, judged_round(db))
    end_notice(db, judged)
    return judged


def ticked(db: Session, judged: Judged) -> ResultRelease:
    """The delay is over and `flask work` ticks; what became of the release."""
    release = releases.unstopped(db, judged.round.id)
    assert release is not None
    made_due(db, release)
    db.commit()
    assert flow.release_due() == 1
    db.expire_all()
    return release


def states(db: Session, judged: Judged) -> set[str]:
    mine = sa.select(Award.state).where(Award.round_id == judged.round.id, Award.state != "withdrawn")
    return set(db.scalars(mine))


def test_results_go_out_after_both_keys_and_the_delay_and_once(db: Session) -> None:
    judged = noticed(db, judged_round(db))
    release = approved(db, judged)
    assert release.due_at is not None
    assert release.approved_at is not None
    assert (release.due_at - release.approved_at).total_seconds() == announcing.USUAL_DELAY * 60
    db.commit()
    assert flow.release_due() == 0
    assert states(db, judged) == {"on_notice"}
    assert ticked(db, judged).state == "published"
    assert flow.release_due() == 0
    assert states(db, judged) == {"confirmed"}
    assert happened(db, "awards.published") == 1
    assert chain.verify(db)[1] == []


def test_nobody_publishes_past_the_keys(db: Session) -> None:
    judged = over(db)
    with pytest.raises(NotAllowed):
        publishing.publish(db, judged.as_organizer, judged.round.id)
    with pytest.raises(WrongState, match="release_missing"):
        publishing.publish(db, SYSTEM, judged.round.id)
    flow.prepare(db, judged.as_organizer, judged.round.id)
    with pytest.raises(WrongState, match="release_missing"):
        publishing.publish(db, SYSTEM, judged.round.id)
    db.rollback()


def test_one_person_never_holds_both_keys(db: Session) -> None:
    judged = over(db)
    release = flow.prepare(db, judged.as_organizer, judged.round.id)
    with pytest.raises(WrongState, match="second_person_needed"):
        flow.approve(db, judged.as_organizer, release.ref, release.digest)
    release.approved_by = judged.organizer.id
    with pytest.raises(IntegrityError):
        db.flush()
    db.rollback()


@pytest.mark.parametrize("stake", ["on the team", "of the organization"])
def test_whoever_has_a_stake_in_an_entry_holds_no_key_but_may_stop(db: Session, stake: str) -> None:
    judged = over(db)
    other = second(judged)
    if stake == "on the team":
        SubmissionFactory(requirement=judged.needs[0], owner=other, state="submitted")
    else:
        body = MembershipFactory(user=other).organization
        judged.entries[1].organization_id = body.id
    assert flow.others(db, judged.round.id, judged.organizer.id) == 0
    release = flow.prepare(db, judged.as_organizer, judged.round.id)
    with pytest.raises(NotAllowed):
        flow.approve(db, actor_of(other), release.ref, release.digest)
    with pytest.raises(NotAllowed):
        flow.prepare(db, actor_of(other), judged.round.id)
    assert announcing.stop(db, actor_of(other), release.ref, "A doubt.").state == "stopped"


@pytest.mark.parametrize("delay", [0, 4, announcing.MOST_DELAY + 1])
def test_a_delay_has_its_bounds(db: Session, delay: int) -> None:
    judged = over(db)
    with pytest.raises(Invalid, match="out_of_range"):
        flow.prepare(db, judged.as_organizer, judged.round.id, delay)


def withdrawn(db: Session, judged: Judged) -> None:
    judged.entries[2].state = "withdrawn"


def ranked(db: Session, judged: Judged) -> None:
    rank_anew(db, judged, list(reversed(judged.entries)))


def renamed(db: Session, judged: Judged) -> None:
    judged.entries[0].title = "Another title"


def appointed(_db: Session, judged: Judged) -> None:
    second(judged)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (withdrawn, "entries_changed"),
        (ranked, "ranking_changed"),
        (renamed, "results_changed"),
        (appointed, "letters_changed"),
    ],
)
def test_what_changed_since_the_approval_stops_it_by_itself_and_both_are_told(
    db: Session, change: Callable[[Session, Judged], None], code: str
) -> None:
    judged = noticed(db, judged_round(db))
    release = approved(db, judged)
    change(db, judged)
    stopped = ticked(db, judged)
    assert (stopped.state, stopped.stop_code, stopped.stopped_by) == ("stopped", code, None)
    assert states(db, judged) == {"on_notice"}
    assert queries.notice(db, judged.round.id).published_at is None  # type: ignore[union-attr]
    told = db.scalars(sa.select(Task.payload).where(Task.key.like("event/release.stopped/%"))).one()
    readers = {person.id for person in (judged.organizer,)} | {release.approved_by}
    assert readers <= told_of(db, told)
    assert flow.release_due() == 0


def told_of(db: Session, facts: dict[str, object]) -> set[int]:
    from challenge.flow import mailing as letters_of
    from challenge.flow import mails

    (mailing,) = mails.TABLE["release.stopped"]
    return set(db.scalars(letters_of.readers(mailing, facts)))


def test_what_must_be_settled_first_stops_it(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = noticed(db, judged_round(db))
    approved(db, judged)
    monkeypatch.setattr(blocking, "CHECKS", (lambda _db, _round: WrongState("objections_open", count=1),))
    with pytest.raises(WrongState, match="objections_open"):
        flow.prepare(db, judged.as_organizer, judged.round.id)
    assert ticked(db, judged).stop_code == "objections_open"


def test_a_cancelled_round_publishes_nothing(db: Session) -> None:
    judged = noticed(db, judged_round(db))
    approved(db, judged)
    judged.round.stage, judged.round.cancelled_at = "cancelled", clock.now(db)
    assert ticked(db, judged).stop_code == "stage_left"


def test_stopped_results_are_prepared_anew(db: Session) -> None:
    judged = noticed(db, judged_round(db))
    release = approved(db, judged)
    with pytest.raises(Invalid, match="stop_reason"):
        announcing.stop(db, judged.as_organizer, release.ref, "  ")
    announcing.stop(db, judged.as_organizer, release.ref, "Wait for the press.")
    with pytest.raises(WrongState, match="release_stopped"):
        flow.approve(db, actor_of(second(judged)), release.ref, release.digest)
    again = approved(db, judged)
    assert again.ref != release.ref
    goes_out(db, judged)
    with pytest.raises(WrongState, match="already_published"):
        announcing.stop(db, judged.as_organizer, again.ref, "Too late.")


def test_two_who_prepare_at_once_lay_down_one_release(app: Flask, db: Session) -> None:
    judged = over(db)
    people = [judged.as_organizer, actor_of(second(judged))]
    db.commit()
    came = together(app, [lambda s, a=each: flow.prepare(s, a, judged.round.id).ref for each in people])
    assert came[0] == came[1]
    assert happened(db, "release.prepared") == 1


def test_two_who_approve_at_once_approve_once(app: Flask, db: Session) -> None:
    judged = over(db)
    people: list[Actor] = [actor_of(second(judged)), actor_of(UserFactory(admin=True))]
    release = flow.prepare(db, judged.as_organizer, judged.round.id)
    ref, digest = release.ref, release.digest
    db.commit()
    came = together(app, [lambda s, a=each: flow.approve(s, a, ref, digest).approved_by for each in people])
    assert came[0] == came[1]
    assert happened(db, "release.approved") == 1


@pytest.mark.parametrize("turn", range(3))
def test_a_stop_and_the_clock_at_once_have_one_effect(app: Flask, db: Session, turn: int) -> None:
    judged = noticed(db, judged_round(db))
    release = approved(db, judged)
    made_due(db, release)
    ref, actor, number = release.ref, judged.as_organizer, judged.round.id
    db.commit()
    acts = [
        lambda s: announcing.stop(s, actor, ref, "Wait.").state,
        lambda s: announcing.carry_out(s, SYSTEM, number, flow.letters),
        lambda s: announcing.carry_out(s, SYSTEM, number, flow.letters),
        lambda s: announcing.stop(s, actor, ref, "Wait.").state,
    ]
    together(app, acts)
    db.expire_all()
    out = db.get_one(ResultRelease, release.id).state == "published"
    assert [happened(db, name) for name in ("awards.published", "release.stopped")] == [out, not out], turn
    assert states(db, judged) == {"confirmed" if out else "on_notice"}
    entries = set(db.scalars(sa.select(Submission.state).where(Submission.round_id == number)))
    assert entries == ({"selected", "not_selected"} if out else {"submitted"})


def test_two_ticks_at_once_publish_once(app: Flask, db: Session) -> None:
    judged = noticed(db, judged_round(db))
    made_due(db, approved(db, judged))
    db.commit()
    together(app, [lambda _s: flow.release_due()] * 4)
    assert happened(db, "awards.published") == 1
    assert db.scalar(sa.select(sa.func.count()).where(Task.key.like("event/awards.published/%"))) == 1


def test_a_second_release_is_impossible(db: Session) -> None:
    judged = noticed(db, judged_round(db))
    release = approved(db, judged)
    same = {
        name: getattr(release, name) for name in ("round_id", "delay_minutes", "digest", "parts", "counts")
    }
    db.add(ResultRelease(prepared_at=release.prepared_at, **same))
    with pytest.raises(IntegrityError):
        db.flush()
    db.rollback()
