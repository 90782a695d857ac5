"""Receipts by mail: of their own version, with what proves it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.submissions.models import Version
from tests.messages.test_table import happen
from tests.messages.world import DIGEST, build
from tests.rigs.mail import Mailbox


def test_a_receipt_by_mail_names_code_time_and_digests(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    happen(world, "submission.submitted")
    letter = mailbox.to("winner@example.org")[0]
    version = world.submission.code
    assert version in letter.subject
    for part in (version, DIGEST, "方案.pdf", "18.2 MB", f"/solve/{world.submission.ref}/receipts/3"):
        assert part in letter.body
    assert DIGEST in (letter.html or "")


def test_a_receipt_is_about_its_own_version_however_late_it_is_mailed(db: Session, mailbox: Mailbox) -> None:
    world = build(db)
    of = {"submission_id": world.submission.id, "submitted_at": clock.now(db)}
    before = Version(**of, number=2, current=False, content={}, manifest=[], receipt={})
    db.add(before)
    world.announce(
        "submission.submitted", "submission:1", submission_id=world.submission.id, version=before.number
    )
    assert all(letter.subject.endswith("2") or "第 2 版" in letter.subject for letter in mailbox.letters)
    assert len(mailbox.letters) == 2
