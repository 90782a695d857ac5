"""Everyone is told of the results once: what won, what did not, and what was ruled out; who left is not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.awards.feedback_models import PhaseFeedback
from challenge.base import clock
from challenge.judging.models import Phase
from challenge.tasks import queue
from tests.awards.outcome_stories import out, owner_of
from tests.factories import SubmissionFactory, UserFactory
from tests.rigs.mail import Mailbox


def publish(db: Session, round_id: int) -> None:
    """Say it as the publication does."""
    queue.announce(db, "awards.published", f"round:{round_id}", round_id=round_id)
    db.flush()


def test_each_person_gets_one_letter_about_all_their_entries(db: Session, mailbox: Mailbox) -> None:
    judged = out(db)
    winner, loser = (owner_of(db, each) for each in judged.entries[:2])
    need = judged.needs[0]
    second = SubmissionFactory(requirement=need, owner=winner, state="not_selected", title="Harrier")
    barred, gone = UserFactory(), UserFactory()
    SubmissionFactory(requirement=need, owner=barred, state="ineligible", state_reason="No.", title="Kite")
    SubmissionFactory(requirement=need, owner=gone, state="withdrawn", title="Osprey")
    publish(db, judged.round.id)
    letters = {each: mailbox.to(each.email) for each in (winner, loser, barred, gone)}
    assert {each.email: len(got) for each, got in letters.items()} == {
        winner.email: 1,
        loser.email: 1,
        barred.email: 1,
        gone.email: 0,
    }
    [won], [lost], [out_] = letters[winner], letters[loser], letters[barred]
    assert won.template == "award_won"
    assert second.title in won.body  # told of the other one too
    assert judged.entries[1].code in lost.body
    assert f"/solve/{judged.entries[1].ref}/anew" in lost.body
    assert out_.template == "award_ruled_out"
    assert "Kite" in out_.body


@pytest.mark.parametrize("released", [True, False])
def test_the_letter_says_whether_feedback_was_released(db: Session, mailbox: Mailbox, released: bool) -> None:
    judged = out(db)
    loser = owner_of(db, judged.entries[1])
    loser.locale = "en_US"
    if released:
        phase = db.scalars(sa.select(Phase).where(Phase.round_id == judged.round.id)).one()
        db.add(PhaseFeedback(phase_id=phase.id, scores="totals", released_at=clock.now(db)))
    publish(db, judged.round.id)
    [letter] = mailbox.to(loser.email)
    assert ("released nothing of the judging yet" in letter.body) is not released
    assert ("What the organizer released of the judging stands" in letter.body) is released
