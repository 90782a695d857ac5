"""Letters that come back: reports as mail servers write them, and what follows for the address."""

from __future__ import annotations

import io
import mailbox
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.distribution import sending, wishes
from challenge.flow import bouncing
from challenge.messages import bounces
from challenge.messages.models import Letter
from tests.distribution.stories import Office, office
from tests.factories import RequirementFactory, UserFactory
from tests.rigs.application import Terminal
from tests.rigs.mail import Mailbox

ONE = "one@example.com"

# As Postfix writes it: the original comes back whole, the status is folded.
POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: office@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN=_01D/mx.example.org"

This is a MIME-encapsulated message.

--9B095B5ADSN=_01D/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B095B5ADSN=_01D/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0800 (CST)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; {words}

--9B095B5ADSN=_01D/mx.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Subject: =?utf-8?b?5oKo6IO96Kej5Yaz5ZCX?=
From: office@example.org
To: {address}
Message-ID:
 {name}

Hello,

--9B095B5ADSN=_01D/mx.example.org--
"""
# As Exchange and Gmail may write it: the head of the original alone, in base64, and what it answers to.
HEADERS_ONLY = """\
From: postmaster@example.com
To: office@example.org
Subject: Undeliverable
In-Reply-To: {name}
MIME-Version: 1.0
Content-Type: multipart/report; report-type="delivery-status"; boundary=b1

--b1
Content-Type: text/html

<p>550 no such user</p>
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns;example.com

Final-Recipient: rfc822;{address}
Action: Failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address
  lookup
--b1
Content-Type: text/rfc822-headers

X-Nothing: here
--b1--
"""


def report(name: str, text: str = POSTFIX, **changes: str) -> bytes:
    values = {"address": ONE, "action": "failed", "status": "5.1.1", "words": "550 5.1.1 no such user"}
    return text.format(name=name, **{**values, **changes}).encode()


@pytest.fixture
def desk(db: Session, mailbox: Mailbox) -> Office:
    """A need that left for one address."""
    made = office(db)
    made.send(ONE)
    assert len(mailbox.letters) == 1
    return made


def name_of(db: Session) -> str:
    return db.scalars(sa.select(Letter.message_id)).one()


@pytest.mark.parametrize("text", [POSTFIX, HEADERS_ONLY])
def test_a_letter_that_comes_back_marks_its_address_once(
    desk: Office, db: Session, command: Terminal, text: str
) -> None:
    data = report(name_of(db), text)
    said = command.invoke(args=["mail", "bounce"], input=data)
    assert (said.exit_code, f"{ONE} fails" in said.output) == (0, True), said.output
    recipient = desk.recipient(ONE)
    assert recipient.failure is not None
    assert "550" in recipient.failure
    assert desk.dispatch(ONE).state == "bounced"
    other = RequirementFactory(round=desk.round)
    plan = sending.preview(db, desk.as_organizer, desk.round.id, desk.order(ONE, needs=[other]))
    assert plan.left_out == {"failed": 1}
    wishes.mend(db, desk.as_organizer, recipient.ref, desk.programme, works=True)
    db.commit()
    assert "was marked before" in command.invoke(args=["mail", "bounce"], input=data).output
    assert desk.recipient(ONE).failed_at is None  # mended since: the old report says nothing new
    told = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("recipient."))
    entries = db.scalars(told.order_by(AuditEntry.id))
    assert list(entries) == ["recipient.failed", "recipient.mended"]
    sending.send(db, desk.as_organizer, desk.round.id, desk.order(ONE))
    assert (desk.dispatch(ONE).state, desk.dispatch(ONE).attempts) == ("queued", 2)


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        ({"status": "4.4.7", "words": "delivery time expired"}, "later"),
        ({"action": "delayed", "status": "4.4.1"}, "no_report"),
        ({"action": "delivered", "status": "2.0.0"}, "no_report"),
        ({"status": "", "words": "552 mailbox is gone"}, "marked"),
        ({"name": "<0000@localhost>"}, "unknown"),
        ({"name": "nothing"}, "unknown"),
    ],
)
def test_only_what_failed_for_good_counts(
    desk: Office, db: Session, changes: dict[str, str], fate: str
) -> None:
    taken = bouncing.take(db, report(**{"name": name_of(db), **changes}))
    assert taken.fate == fate
    assert desk.dispatch(ONE).state == ("bounced" if fate == "marked" else "sent")


def test_a_letter_about_something_else_marks_the_address_and_no_need(
    db: Session, desk: Office, mailbox: Mailbox
) -> None:
    letter = db.scalars(sa.select(Letter)).one()
    for address, fate in ((ONE, "marked"), ("nobody@example.com", "nobody")):
        other = Letter(message_id=f"<{fate}@localhost>", recipient=address, template="t", subject="", body="")
        other.created_at = letter.created_at
        db.add(other)
        db.commit()
        assert bouncing.take(db, report(other.message_id)).fate == fate
    assert desk.dispatch(ONE).state == "sent"


def test_an_account_with_a_new_address_is_known_by_it(db: Session, mailbox: Mailbox) -> None:
    desk, person = office(db), UserFactory()
    desk.send(people=(person,))
    old, person.email = person.email, "new@example.com"
    assert [each.recipient for each in mailbox.letters] == [person.email]
    assert bouncing.take(db, report(name_of(db))).fate == "marked"
    assert (desk.dispatch(old).state, desk.recipient(old).failed_at is not None) == ("bounced", True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00 no mail at all",
        MIMEText("I am away until Monday.").as_bytes(),
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n--x--",
        b"Content-Type: multipart/report\n\nAction: failed\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
        b"Content-Type: message/rfc822\n\n" * 5000,  # nobody stops the mails behind it
    ],
)
def test_what_is_no_report_says_nothing(data: bytes) -> None:
    assert bounces.read(data) is None


def test_what_no_database_keeps_is_not_in_it() -> None:
    found = bounces.read(report("<a\0b@localhost> <c@localhost>", words="550 no\0 such user"))
    assert found == bounces.Report(("<c@localhost>",), final=True, words="smtp; 550 no such user")


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_a_mailbox_is_read_once(
    desk: Office, db: Session, command: Terminal, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / kind
    box: Any = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
    for each in (report(name_of(db)), MIMEText("Hello").as_bytes()):
        box.add(io.BytesIO(each))
    box.flush()
    box.close()
    first, second = (command.invoke(args=["mail", "bounce", "--mailbox", str(place)]) for _twice in range(2))
    assert first.output.splitlines()[-1] == "No delivery report." or "fails" in first.output
    assert (len(first.output.splitlines()), second.output) == (2, "")
    assert desk.dispatch(ONE).state == "bounced"
