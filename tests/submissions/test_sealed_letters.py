"""The receipts of a sealed round by mail: none while the seal lies on it, every one after the release."""

from __future__ import annotations

import json

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import freezing
from challenge.flow.errands import drain
from challenge.submissions import at_close, submitting, withdrawing
from challenge.tasks.models import Task
from tests.factories import UserFactory, actor_of
from tests.rigs.mail import Mailbox
from tests.submissions.sealed import draft, dump, entered, sealed_round
from tests.submissions.stories import again, owner_of, saved, versions
from tests.submissions.test_sealing import close_round, submission_of


def test_after_the_release_each_gets_every_receipt_of_theirs_once(db: Session, mailbox: Mailbox) -> None:
    round_, solver = sealed_round(db), UserFactory()
    first, second = entered(db, round_, solver), entered(db, round_, solver)
    other, submission = entered(db, round_), submission_of(db, first)
    saved(db, actor_of(solver), submission, summary="Better.")
    submitting.submit(db, actor_of(solver), submission.ref)
    withdrawn = submission_of(db, second)
    withdrawing.withdraw(db, actor_of(solver), withdrawn.ref)
    db.commit()
    assert [each.attachments for each in mailbox.to(solver.email)] == [[]] * 4
    assert "challenge-receipt/1" not in dump(db)
    close_round(db, submission)
    for event in db.scalars(sa.select(Task).where(Task.key.like("event/round.unsealed/%"))):
        event.state = "queued"  # expanded twice it mails once
    db.commit()
    drain()
    db.expire_all()
    (letter,) = [each for each in mailbox.to(solver.email) if "signed receipts" in each.subject]
    names = [(submission.code, 1), (submission.code, 2), (withdrawn.code, 1)]
    assert [each["name"] for each in letter.attachments] == [f"receipt-{c}-{n}.json" for c, n in names]
    receipts = [each.receipt for each in (*versions(submission), *versions(withdrawn))]
    assert [json.loads(each["text"]) for each in letter.attachments] == receipts
    assert all(f"{code}, version {number}: taken in" in letter.body for code, number in names)
    owner = owner_of(submission_of(db, other))
    assert [len(each.attachments) for each in mailbox.to(owner.email)].count(1) == 1


def test_what_is_entered_after_the_release_is_mailed_with_its_receipt(db: Session, mailbox: Mailbox) -> None:
    round_ = sealed_round(db)
    submission = draft(db, round_)
    at_close.choose(db, actor_of(owner_of(submission)), submission.ref, wanted=True)
    close_round(db, submission)
    again(submission).enter_at = clock.now(db)
    db.commit()
    freezing.enter_due()
    drain()
    (version,) = versions(submission)
    letter = mailbox.to(owner_of(submission).email)[-1]
    assert [json.loads(each["text"]) for each in letter.attachments] == [version.receipt]
