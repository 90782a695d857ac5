"""Being there, passing, and a certificate that anyone can verify: revoked, forged or nameless too."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.files.storage import storage
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.training import attending, certificates, reads, verifying
from challenge.training.models import (
    Attendance,
    Certificate,
    CertificateHolder,
    CertificatePrint,
    CourseSession,
)
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.training.stories import HOUR, School, school

ENGLISH = {"Accept-Language": "en"}


def certified(db: Session, **given: Any) -> tuple[School, Certificate]:
    """One person who has passed."""
    made = school(db, **given)
    [number] = made.passed(made.joins("Wang Fang"))
    return made, certificates.by_number(db, number)


def test_the_code_counts_while_the_session_lasts_and_twice_is_once(db: Session) -> None:
    made = school(db)
    person, stranger = made.joins("Wang"), UserFactory()
    part = made.course.sessions[0]
    with pytest.raises(WrongState) as early:
        attending.check_in(db, actor_of(person), part.ref, part.code)
    assert early.value.code == "session_not_begun"
    part = made.running()
    with pytest.raises(Invalid) as wrong:
        attending.check_in(db, actor_of(person), part.ref, "AAAAAA")
    assert wrong.value.field == "code"
    with pytest.raises(NotAllowed):
        attending.check_in(db, actor_of(stranger), part.ref, part.code)
    typed = f" {part.code[:3].lower()}-{part.code[3:]}"
    assert attending.check_in(db, actor_of(person), part.ref, typed) is True
    assert attending.check_in(db, actor_of(person), part.ref, typed) is False
    db.execute(sa.update(CourseSession).where(CourseSession.id == part.id).values(ends_at=clock.now(db)))
    with pytest.raises(WrongState) as late:
        attending.check_in(db, actor_of(person), part.ref, typed)
    assert late.value.code == "session_over"
    assert db.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 1


def test_who_reached_share_and_mark_gets_a_certificate_once(db: Session, mailbox: Mailbox) -> None:
    made = school(db, parts=3, seats=4, share=67, exam_least=Decimal("60.5"))
    best, short, absent, late = [made.joins(name) for name in ("Wang", "Li", "Zhao", "Qian")]
    with pytest.raises(WrongState) as early:
        certificates.issue(db, made.by, made.ref)
    assert early.value.code == "course_not_over"
    made.over()
    made.attend(best, short, late)
    made.attend(best, short, late, absent, sessions=2)  # two of three is less than 67 per cent
    marks = {best: "60.5", short: "60.49", absent: "100"}
    given = {made.place(each).ref: Decimal(mark) for each, mark in marks.items()}
    for _ in range(2):
        attending.set_marks(db, made.by, made.ref, given)
    passed = {each.name: each.passed for each in reads.students(db, made.course)}
    assert passed == {"Wang": True, "Li": False, "Zhao": False, "Qian": False}
    year = clock.now(db).year
    assert certificates.issue(db, made.by, made.ref) == [f"C-{year}-0001"]
    assert certificates.issue(db, made.by, made.ref) == []
    attending.set_marks(db, made.by, made.ref, {made.place(late).ref: Decimal(61)})
    assert certificates.issue(db, made.by, made.ref) == [f"C-{year}-0002"]
    assert [each.subject for each in mailbox.to(best.email)][1:] == [f"Your certificate C-{year}-0001"]
    with pytest.raises(InvalidMany):
        attending.set_marks(db, made.by, made.ref, {made.place(late).ref: Decimal("-1")})
    assert chain.verify(db)[1] == []


def test_anyone_learns_how_a_certificate_stands(
    db: Session, visitor: Callable[..., Visitor], mailbox: Mailbox
) -> None:
    made, found = certified(db, valid_months=12)
    anyone = visitor()
    address = f"/certificates/{found.number}"

    def page() -> str:
        return anyone.get(address, headers=ENGLISH).text

    text = page()
    assert all(each in text for each in ("Valid.", "Wang Fang", "primary level", "first course"))
    asked = anyone.post("/certificates", data={"number": f" {found.number.lower()} "})
    assert (asked.status_code, asked.location) == (302, address)
    unknown = anyone.get("/certificates/C-2001-0001", headers=ENGLISH)
    assert (unknown.status_code, "Unknown." in unknown.text) == (404, True)
    strange = anyone.post("/certificates", data={"number": "7"}, headers=ENGLISH)
    assert (strange.status_code, "looks like C-2026-0007" in strange.text) == (422, True)
    for _ in range(2):
        certificates.revoke(db, made.by, found.number, "Attended for somebody else.")
    text = visitor(made.people[0]).get(address, headers=ENGLISH).text
    assert "Revoked." in text
    assert "somebody else" not in text
    [told] = [each for each in mailbox.to(made.people[0].email) if "revoked" in each.subject]
    assert "Attended for somebody else." in told.body  # its holder alone reads why
    # Once revoked, another can be issued to the same person, under another number.
    [again] = certificates.issue(db, made.by, made.ref)
    assert again != found.number


def test_one_whose_time_is_over_says_so(db: Session) -> None:
    _made, found = certified(db, valid_months=1)
    now = clock.now(db)
    assert found.valid_until is not None
    assert verifying.of_number(db, found.number, found.valid_until - HOUR).state == "valid"
    assert verifying.of_number(db, found.number, found.valid_until).state == "expired"
    assert found.valid_until - now > dt.timedelta(days=27)


def test_what_was_changed_is_told_and_not_repeated(db: Session, visitor: Callable[..., Visitor]) -> None:
    _made, found = certified(db)
    now = clock.now(db)
    signed = verifying.document(found)

    def file(**changes: Any) -> str:
        return verifying.of_file(db, json.dumps({**signed, **changes}).encode(), now).state

    assert file() == "valid"
    assert file(holder={**signed["holder"], "name": "Kestrel"}) == "altered"
    assert file(statement={**signed["statement"], "level": "senior"}) == "altered"
    assert file(signature={**signed["signature"], "key": "0" * 16}) == "foreign"
    assert verifying.of_file(db, b"{}", now).state == "nothing"
    assert verifying.of_file(db, b"\xff" * 40, now).state == "nothing"
    db.execute(sa.update(CertificateHolder).values(name="Kestrel"))
    db.expire_all()
    text = visitor().get(f"/certificates/{found.number}", headers=ENGLISH).text
    assert "Altered." in text
    assert "Kestrel" not in text
    db.execute(sa.update(CertificateHolder).values(name="Wang Fang"))
    db.execute(sa.update(Certificate).values(level="senior"))
    db.expire_all()
    assert verifying.of_number(db, found.number, now).state == "altered"


def test_the_number_stays_valid_when_the_name_goes(
    db: Session, mailbox: Mailbox, visitor: Callable[..., Visitor]
) -> None:
    made, found = certified(db)
    holder, address = made.people[0], f"/certificates/{found.number}"
    assert visitor(holder).post(f"{address}/paper").status_code == 302
    assert mailbox.letters  # what is due is done, the paper too
    paper = db.scalars(sa.select(CertificatePrint)).one()
    printed = b"".join(storage().read(paper.sha256, 0, paper.size))
    assert verifying.of_file(db, printed, clock.now(db)).name == "Wang Fang"
    got = visitor(holder).get(f"{address}/paper.pdf")
    assert (got.status_code, got.data) == (200, printed)
    assert visitor(UserFactory()).get(f"{address}/paper.pdf").status_code == 403
    assert visitor(made.organizer).post(f"{address}/unname").status_code == 403
    assert visitor(holder).post(f"{address}/unname").status_code == 302
    text = visitor().get(address, headers=ENGLISH).text
    assert "Valid." in text
    assert "Wang Fang" not in text
    assert db.scalars(sa.select(CertificatePrint)).all() == []
    assert visitor(holder).get(f"{address}/paper.pdf").status_code == 403
    # Whoever holds the file proves by it still that it was theirs.
    assert verifying.of_file(db, printed, clock.now(db)).state == "valid"


def test_with_the_account_the_name_goes_by_itself(db: Session) -> None:
    made, found = certified(db)
    number, now = found.number, clock.now(db)
    db.expunge_all()
    db.execute(sa.text("DELETE FROM user_account WHERE id = :id"), {"id": made.people[0].id})
    shown = verifying.of_number(db, number, now)
    assert (shown.state, shown.name) == ("valid", "")


def test_all_of_it_is_in_a_person_s_zip_and_nothing_of_others(
    db: Session, visitor: Callable[..., Visitor]
) -> None:
    made = school(db)
    mine, other = made.joins("Wang Fang"), made.joins("Kestrel")
    made.passed(mine, other)
    archive = zipfile.ZipFile(io.BytesIO(visitor(mine).get("/profile/data.zip").data))
    rows = {
        name: [json.loads(line) for line in archive.read(f"rows/{name}.jsonl").splitlines()]
        for name in ("enrolment", "attendance", "certificate", "certificate_holder", "register_entry")
    }
    assert {name: len(found) for name, found in rows.items()} == {
        "enrolment": 1,
        "attendance": 2,
        "certificate": 1,
        "certificate_holder": 1,
        "register_entry": 0,
    }
    assert rows["certificate_holder"][0]["name"] == rows["enrolment"][0]["name"] == "Wang Fang"
    assert b"Kestrel" not in b"".join(archive.read(name) for name in archive.namelist())


def test_only_those_who_run_the_course_issue_and_revoke(db: Session) -> None:
    made, found = certified(db)
    for somebody in (made.people[0], UserFactory(admin=True), school(db).organizer):
        for verb in (
            lambda actor: certificates.issue(db, actor, made.ref),
            lambda actor: certificates.revoke(db, actor, found.number, "No."),
            lambda actor: attending.set_marks(db, actor, made.ref, {}),
            lambda actor: attending.mark(db, actor, made.course.sessions[0].ref, []),
        ):
            with pytest.raises(NotAllowed):
                verb(actor_of(somebody))
