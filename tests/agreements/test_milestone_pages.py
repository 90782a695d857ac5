"""The pages of an agreement carried out: both sides take their steps, and nobody else reads a word."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import RoleGrant
from challenge.agreements import closing_reports, delivering, facts, handing_over, milestone_reads
from challenge.agreements.milestone_models import Delivery
from challenge.base import clock, i18n
from challenge.distribution.models import Care
from challenge.flow import daily, handover_papers
from challenge.flow.errands import drain
from tests.agreements.milestone_stories import DAY, signed
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-CN"}
Come = Callable[..., Visitor]
CANARY = "kestrel"
MULTIPART = "multipart/form-data"
SIGNED = ("Ma Ke", "Bai Yu")
REPORT = b"%PDF-1.7 the report"


def delivery(**changes: Any) -> dict[str, Any]:
    """What the form of a delivery sends."""
    usual = {
        "ref": "d" * 12,
        "note": "All ten cameras.",
        "quantity": "10 cameras",
        "place": "Lanzhou",
        "answer-1": "met",
        "value-1": "0.4",
        "answer-2": "partly",
        "evidence-2": "=1+1<script>",
        "files": (io.BytesIO(REPORT), "report.pdf"),
    }
    return usual | changes


def test_both_sides_take_a_milestone_to_its_handover_record(db: Session, visitor: Come) -> None:
    deal = signed(db)
    buyer, maker = visitor(deal.buyer), visitor(deal.maker)
    at = f"/agreements/{deal.ref}/milestones"
    board = maker.get(at, headers=ENGLISH).text
    assert "Batch 1" in board
    assert "CNY 100,000" in board
    page = maker.get(f"{at}/1", headers=ENGLISH).text
    assert "Miss rate" in page
    assert f"{at}/1/deliver" in page
    assert f"{at}/1/deliver" not in buyer.get(f"{at}/1").text
    deal.buyer.locale = "zh_CN"
    db.commit()
    assert "必须" in buyer.get(f"{at}/1").text
    deal.buyer.locale = "en_US"
    db.commit()
    empty = maker.post(f"{at}/1/deliver", data={"note": "Nothing"}, content_type=MULTIPART, headers=ENGLISH)
    assert empty.status_code == 422
    assert "Attach at least one file" in empty.text
    many = [(io.BytesIO(REPORT), f"{n}.pdf") for n in range(21)]
    full = maker.post(f"{at}/1/deliver", data=delivery(files=many), headers=ENGLISH)
    assert full.status_code == 422
    assert db.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 0
    for _ in range(2):
        assert maker.post(f"{at}/1/deliver", data=delivery()).status_code == 302
    waits = maker.post(f"{at}/1/deliver", data=delivery(ref="e" * 12))
    assert waits.status_code == 302
    assert "Delivery 1 waits for the other side" in maker.get(f"{at}/1", headers=ENGLISH).text
    page = buyer.get(f"{at}/1", headers=ENGLISH).text
    assert "=1+1&lt;script&gt;" in page
    file = buyer.get(f"{at}/1/deliveries/1/files/1")
    assert file.data == REPORT
    assert file.headers["Content-Disposition"].startswith("attachment")
    ruling = {"ruling-1": "passed", "ruling-2": "failed"}
    unreasoned = buyer.post(f"{at}/1/deliveries/1/return", data=ruling, headers=ENGLISH)
    assert unreasoned.status_code == 422
    assert "Fill this in" in unreasoned.text
    buyer.post(f"{at}/1/deliveries/1/return", data=ruling | {"reason": "The manual is missing."})
    assert "The manual is missing." in maker.get(f"{at}/1").text
    maker.post(f"{at}/1/deliver", data=delivery(ref="f" * 12, files=[]), content_type=MULTIPART)
    buyer.post(f"{at}/1/deliveries/2/accept", data=ruling | {"note-2": "Came by mail."})
    both = maker.get(f"{at}/1", headers=ENGLISH).text
    assert "The manual is missing." in both
    assert "Came by mail." in both
    record = buyer.get(f"/agreements/{deal.ref}/handovers/1", headers=ENGLISH).text
    for words in ("Batch 1", "10 cameras", "Lanzhou", "Ma Ke", "Bai Yu", "Hexi Institute"):
        assert words in record
    assert "Record 1" in maker.get(at, headers=ENGLISH).text


def test_zeros_and_numbers_without_end_break_nothing(db: Session, visitor: Come) -> None:
    deal = signed(db)
    buyer, maker = visitor(deal.buyer), visitor(deal.maker)
    at = f"/agreements/{deal.ref}"
    zeros = delivery(note="a\x00b", place="\x00") | {"evidence-1": "\x00"}
    assert maker.post(f"{at}/milestones/1/deliver", data=zeros).status_code == 302
    ruling = {"ruling-1": "passed", "ruling-2": "passed", "note-1": "\x00", "reason": "x\x00"}
    assert buyer.post(f"{at}/milestones/1/deliveries/1/return", data=ruling).status_code == 302
    page = buyer.get(f"{at}/milestones/1").text
    assert "ab" in page
    assert "\x00" not in page
    many = "9" * 20
    for path in (f"/milestones/{many}", f"/handovers/{many}", f"/milestones/1/deliveries/1/files/{many}"):
        assert buyer.get(at + path).status_code == 404
    assert maker.get(f"{at}/milestones/2").status_code == 404


def test_payments_are_written_down_on_their_pages(db: Session, visitor: Come) -> None:
    deal = signed(db)
    buyer, maker = visitor(deal.buyer), visitor(deal.maker)
    at = f"/agreements/{deal.ref}/payments"
    assert "once milestone 1 is accepted" in maker.get(at, headers=ENGLISH).text
    one = f"{at}/{deal.payments()[0].ref}"
    page = maker.get(one, headers=ENGLISH).text
    today = re.search(r'name="invoice-on_day"[^>]*value="([^"]+)"', page)
    assert today is not None
    typed = {"on_day": today[1], "amount": "10", "currency": "USD-yuan", "number": "INV-7"}
    wrong = maker.post(f"{one}/invoice", data={f"invoice-{k}": v for k, v in typed.items()}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "This agreement is in CNY" in wrong.text
    typed["currency"] = "CNY-wan"
    maker.post(f"{one}/invoice", data={f"invoice-{k}": v for k, v in typed.items()})
    paid = {"on_day": today[1], "amount": "40000", "currency": "CNY-yuan", "number": ""}
    buyer.post(f"{one}/paid", data={f"paid-{k}": v for k, v in paid.items()})
    shown = maker.get(one, headers=ENGLISH).text
    assert "INV-7" in shown
    assert "CNY 60,000" in shown  # what is left
    much = buyer.post(f"{one}/paid", data={f"paid-{k}": v for k, v in (paid | {"amount": "70000"}).items()})
    assert much.status_code == 422
    assert buyer.post(at, data={"label": "Royalty", "amount": "1", "currency": "CNY-wan"}).status_code == 302
    assert len(deal.payments()) == 1


def test_the_report_is_written_and_made_public_by_both(db: Session, visitor: Come) -> None:
    deal = signed(db)
    buyer, maker = visitor(deal.buyer), visitor(deal.maker)
    at = f"/agreements/{deal.ref}/report"
    assert "Not yet." in buyer.get(at, headers=ENGLISH).text
    deal.delivered_and_accepted()
    db.commit()
    assert "Complete the agreement" in buyer.get(f"/agreements/{deal.ref}/milestones", headers=ENGLISH).text
    assert maker.post(f"/agreements/{deal.ref}/complete").status_code == 403
    buyer.post(f"/agreements/{deal.ref}/complete")
    assert maker.post(at, data={"text": " "}).status_code == 422
    assert maker.post(at, data={"text": "Good", "rating": "7"}).status_code == 422
    maker.post(at, data={"text": "A fair partner.", "rating": "5"})
    assert "A fair partner." in buyer.get(at).text
    buyer.post(f"{at}/public", data={"public_title": "Fewer flaws", "public_text": "Half a per cent."})
    assert "not public" in maker.get(at, headers=ENGLISH).text
    maker.post(f"{at}/consent", data={"revision": "1", "yes": "1"})
    shown = visitor(deal.organizer).get(at, headers=ENGLISH).text
    assert "Fewer flaws" in shown
    assert "not public" not in shown


def test_nobody_else_reads_a_word(db: Session, visitor: Come, mailbox: Mailbox) -> None:
    deal = signed(db, 2, title=f"{CANARY} vision")
    told = deal.handed(note=f"{CANARY} note")
    delivering.deliver(db, deal.as_maker, deal.ref, 2, told)
    deal.delivered_and_accepted()
    db.commit()
    at = f"/agreements/{deal.ref}"
    payment = deal.payments()[0].ref
    paths = (
        *(f"{at}/milestones", f"{at}/milestones/1", f"{at}/milestones/2", f"{at}/milestones/2/deliver"),
        *(f"{at}/milestones/2/deliveries/1/files/1", f"{at}/payments", f"{at}/payments/{payment}"),
        *(f"{at}/handovers/1", f"{at}/handovers/1.pdf", f"{at}/report", "/agreements/due"),
    )
    readers = {deal.buyer, deal.maker, deal.organizer}
    for reader in (deal.buyer, deal.organizer):
        assert CANARY in visitor(reader).get(f"{at}/milestones/2").text
        assert CANARY in visitor(reader).get("/agreements/due").text
    for person in (None, UserFactory(), UserFactory(admin=True), deal.broker):
        stranger = visitor(person) if person else visitor()
        for path in paths:
            answer = stranger.get(path)
            assert CANARY not in answer.text, path
            assert answer.status_code in (302, 403) or path == "/agreements/due", path
    told_to = {each.recipient for each in mailbox.letters if CANARY in f"{each.subject}{each.body}"}
    assert told_to <= {each.email for each in readers}


def test_a_broker_in_charge_reads_along_while_they_are_one(db: Session, visitor: Come) -> None:
    deal = signed(db)
    db.add(Care(requirement_id=deal.need.id, broker_id=deal.broker.id, state="claimed"))
    db.commit()
    assert visitor(deal.broker).get(f"/agreements/{deal.ref}/milestones").status_code == 200
    assert milestone_reads.due(db, actor_of(deal.broker), dt.date(2099, 1, 1))
    db.execute(sa.delete(RoleGrant).where(RoleGrant.user_id == deal.broker.id))
    db.commit()
    assert milestone_reads.due(db, actor_of(deal.broker), dt.date(2099, 1, 1)) == []


def day_of_letters(db: Session, day: dt.date) -> None:
    """The errands of a day, twice."""
    for _ in range(2):
        for what in ("milestones", "deliveries", "payments"):
            facts = {"what": what, "day": day.isoformat(), "after": 0}
            daily.PARTS[what](db, facts)
    db.commit()


def test_who_is_due_is_reminded_once_a_day(db: Session, mailbox: Mailbox) -> None:
    deal = signed(db)
    due = deal.milestones()[0].due_on
    assert due is not None
    for days in (8, 7, 6, 1, 0, -1, -2, -8):
        day_of_letters(db, due - days * DAY)
    late = [letter.subject for letter in mailbox.to(deal.maker.email)]
    assert len(late) == 4  # seven days before, one before, one after, eight after
    assert all("Batch 1" in subject for subject in late)
    assert mailbox.to(deal.buyer.email) == []
    delivering.deliver(db, deal.as_maker, deal.ref, 1, deal.handed())
    today = clock.now(db).date()
    for days in (1, 7, 10):
        day_of_letters(db, today + days * DAY)
    waiting = [letter.subject for letter in mailbox.to(deal.buyer.email)]
    assert waiting == ["Delivered: Batch 1", "Waits for your decision: Batch 1"]
    deal.payments()[0].due_on = today
    db.flush()
    day_of_letters(db, today + DAY)
    assert any("Instalment 1" in letter.subject for letter in mailbox.to(deal.buyer.email))


def test_what_is_late_stands_on_the_lists_of_all_concerned(db: Session, visitor: Come) -> None:
    deal = signed(db)
    deal.milestones()[0].due_on = clock.now(db).date() - 3 * DAY
    db.commit()
    for person in (deal.buyer, deal.maker, deal.organizer):
        page = visitor(person).get("/agreements/due", headers=ENGLISH).text
        assert "Batch 1" in page
        assert "overdue" in page
        assert f"/agreements/{deal.ref}/milestones/1" in visitor(person).get("/work").text
    assert "Nothing is due" in visitor(UserFactory()).get("/agreements/due", headers=ENGLISH).text


@pytest.mark.parametrize(("locale", "made"), [("en_US", "met"), ("zh_CN", "满足")])
def test_the_record_is_printed_as_pdf(db: Session, visitor: Come, locale: str, made: str) -> None:
    deal = signed(db)
    deal.delivered_and_accepted()
    deal.buyer.locale = locale
    db.commit()
    buyer = visitor(deal.buyer)
    at = f"/agreements/{deal.ref}/handovers/1"
    assert buyer.get(f"{at}.pdf").status_code == 302
    for _ in range(2):
        buyer.post(f"{at}/paper")
    drain()
    printed = buyer.get(f"{at}.pdf")
    assert printed.data.startswith(b"%PDF-")
    assert b"pdfaid" in printed.data
    assert f"{at}.pdf" in buyer.get(at).text
    with i18n.reading_as(locale, None):
        agreement = facts.by_ref(db, deal.ref)
        said = handover_papers.words(agreement, handing_over.at(db, agreement, 1))
    assert said["files"]["rows"][0][2] == deal.handed().files[0].sha256
    assert said["criteria"]["rows"][0][3] == made
    boxes = [
        (box["text"], box["lines"][0].endswith(name)) for box, name in zip(said["boxes"], SIGNED, strict=True)
    ]
    assert boxes == [("Hexi Institute", True), ("Longyuan", True)]


@pytest.mark.parametrize("milestones", [1, 3])
def test_the_pages_ask_the_database_no_more_for_three_than_for_one(
    db: Session, visitor: Come, statements: Counting, milestones: int
) -> None:
    deal = signed(db, milestones)
    for place in range(1, milestones + 1):
        deal.delivered_and_accepted(place)
    closing_reports.complete(db, deal.as_buyer, deal.ref)
    db.commit()
    buyer = visitor(deal.buyer)
    at = f"/agreements/{deal.ref}"
    most = {"/milestones": 12, "/milestones/1": 15, "/payments": 11, "/handovers/1": 12, "/report": 16}
    for path, count in most.items():
        buyer.get(at + path)
        with statements() as asked:
            assert buyer.get(at + path).status_code == 200
        assert len(asked) <= count, f"{path}: {len(asked)}\n{asked}"
    with statements() as asked:
        buyer.get("/agreements/due")
    assert len(asked) <= 7, str(asked)
