"""The public notice, and what publication settles."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards import deciding, proposing, publishing, queries
from challenge.awards.models import Award
from challenge.base import clock
from challenge.flow import announcing
from challenge.requirements.models import Requirement
from challenge.rules.errors import Invalid, NotAllowed, TooLate, WrongState
from challenge.rules.permissions import SYSTEM
from challenge.submissions.models import Submission
from challenge.tasks.models import Task
from tests.awards.stories import decision_of, judged_round, noticed, published
from tests.factories import UserFactory, actor_of


def test_notice_waits_for_every_seeker(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    with pytest.raises(WrongState, match="decisions_pending"):
        publishing.start_notice(db, judged.as_organizer, judged.round.id)


def test_notice_is_never_shorter_than_promised(db: Session) -> None:
    judged = judged_round(db)
    judged.round.notice_days = 5
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    soon = clock.now(db) + dt.timedelta(days=2)
    with pytest.raises(Invalid, match="notice_too_short"):
        publishing.start_notice(db, judged.as_organizer, judged.round.id, soon)


def test_publication_waits_for_the_end_of_the_notice_then_settles_everything(db: Session) -> None:
    judged = judged_round(db, needs=2, places=(1, 2, 3))
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(0), decision_of(db, judged, 0).ref, "confirmed")
    deciding.decide(db, judged.as_seeker(1), decision_of(db, judged, 1).ref, "nobody", None, "None met 99 %.")
    later = clock.now(db) + dt.timedelta(hours=1)
    publishing.start_notice(db, judged.as_organizer, judged.round.id, later)
    with pytest.raises(TooLate, match="notice_running"):
        announcing.prepare(db, judged.as_organizer, judged.round.id)
    published(db, judged)
    assert [db.get_one(Submission, entry.id).state for entry in judged.entries] == [
        "selected",
        "not_selected",
        "not_selected",
    ]
    assert [db.get_one(Requirement, need.id).state for need in judged.needs] == ["selected", "failed"]
    assert set(db.scalars(sa.select(Award.state).where(Award.state != "withdrawn"))) == {"confirmed"}


def test_publishing_twice_has_one_effect(db: Session) -> None:
    judged = published(db, noticed(db, judged_round(db)))
    first = publishing.publish(db, SYSTEM, judged.round.id).published_at
    assert publishing.publish(db, SYSTEM, judged.round.id).published_at == first
    told = sa.select(sa.func.count()).where(Task.key.like("event/awards.published/%"))
    assert db.scalar(told) == 1


def test_after_the_notice_has_started_nobody_changes_their_word(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    ref = decision_of(db, judged).ref
    deciding.decide(db, judged.as_seeker(), ref, "confirmed")
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    with pytest.raises(WrongState, match="notice_started"):
        deciding.decide(db, judged.as_seeker(), ref, "nobody", None, "Changed our mind.")
    with pytest.raises(WrongState, match="notice_started"):
        proposing.propose(db, judged.as_organizer, judged.round.id)


def test_public_sees_winners_from_the_notice_on_and_never_before(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    assert queries.winners(db, round_id=judged.round.id) == []
    assert queries.outcomes(db, judged.round.id) == []
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    assert [winner.state for winner in queries.winners(db, round_id=judged.round.id)] == ["on_notice"] * 2
    assert [outcome.verdict for outcome in queries.outcomes(db, judged.round.id)] == ["confirmed"]


@pytest.mark.parametrize("verb", ["propose", "start_notice", "publish"])
def test_strangers_move_nothing(db: Session, verb: str) -> None:
    judged = judged_round(db)
    stranger = actor_of(UserFactory())
    service = {"propose": proposing.propose}.get(verb) or getattr(publishing, verb)
    with pytest.raises(NotAllowed):
        service(db, stranger, judged.round.id)


def test_an_entry_ruled_out_during_the_notice_wins_nothing(db: Session) -> None:
    judged = judged_round(db)
    proposing.propose(db, judged.as_organizer, judged.round.id)
    deciding.decide(db, judged.as_seeker(), decision_of(db, judged).ref, "confirmed")
    publishing.start_notice(db, judged.as_organizer, judged.round.id, clock.now(db) + dt.timedelta(hours=1))
    judged.entries[0].state, judged.entries[0].state_reason = "ineligible", "Upheld objection."
    published(db, judged)
    assert queries.winners(db, round_id=judged.round.id) == []
    assert [outcome.solution for outcome in queries.outcomes(db, judged.round.id)] == [None]
    assert db.get_one(Requirement, judged.needs[0].id).state == "failed"
