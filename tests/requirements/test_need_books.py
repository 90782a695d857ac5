"""Workbooks of requirements through the door and `flask work`: all, or nothing, or the right ones."""

from __future__ import annotations

import io

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership
from challenge.audit.models import AuditEntry
from challenge.requirements.intake_models import NeedBook
from challenge.requirements.models import Requirement
from challenge.work import drain
from tests.factories import OrganizationFactory, UserFactory
from tests.requirements.needs import Call, open_call
from tests.requirements.sheets import Filled, blank, fill_form, form
from tests.requirements.test_hints import CODE
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

HTML = "<script>alert(1)</script>弱光"


def room(call: Call, whose: str = "all", verb: str = "") -> str:
    return f"/seek/rounds/{call.round.slug}/workbooks/{whose}" + (f"/{verb}" if verb else "")


def bring(client: Visitor, db: Session, path: str, data: bytes, **more: str) -> NeedBook:
    sent = {"file": (io.BytesIO(data), "needs.xlsx"), **more}
    answer = client.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    db.commit()
    drain()
    newest = sa.select(NeedBook).order_by(NeedBook.id.desc()).limit(1)
    return db.scalars(newest.execution_options(populate_existing=True)).one()


def titles(db: Session) -> list[tuple[str | None, str]]:
    query = sa.select(Requirement.title_zh, Requirement.state).order_by(Requirement.id)
    return [(title, state) for title, state in db.execute(query)]


def test_an_organizer_takes_the_right_rows_after_reading_what_is_wrong(client: Visitor, db: Session) -> None:
    call = open_call()
    filled = Filled(named=True)
    filled.need(3, seeker=call.seeker.name, title_zh=HTML).need(4, seeker=CODE, title_zh="乙")
    filled.need(5, seeker=call.seeker.name, title_zh="丙", budget_unit="元")
    filled.need(6, seeker=call.seeker.name, title_zh=HTML)
    client.sign_in(call.organizer)
    book = bring(client, db, room(call), filled.data(), hand_in="y")
    assert (book.state, book.good, book.entered, titles(db)) == ("refused", 1, 0, [])
    assert {(each["cell"], each["code"]) for each in book.faults} == {
        (filled.at("seeker", 4), "firm_without_name"),
        (filled.at("budget_min", 5), "amount_small_meant"),
        (filled.at("budget_max", 5), "amount_small_meant"),
        (filled.at("title_zh", 6), "need_known"),
    }
    page = client.get(room(call)).text
    assert "Did you mean CNY 600,000?" in page
    assert "Take the 1 right requirement" in page
    for _twice in range(2):
        assert client.post(room(call, verb=f"{book.ref}/good")).status_code == 302
        db.commit()
        drain()
    assert titles(db) == [(HTML, "submitted")]
    assert "1 requirement taken in" in client.get(room(call)).text
    queue = client.get(f"/organize/rounds/{call.round.slug}/requirements").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;弱光" in queue
    assert "<script>alert(1)" not in queue
    actions = list(db.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert [each for each in actions if each.startswith("needs.")] == ["needs.refused", "needs.imported"]


def test_a_seeker_gets_drafts_of_their_own_and_the_same_file_twice_makes_nothing_new(
    client: Visitor, db: Session
) -> None:
    call = open_call()
    path = room(call, call.seeker.ref)
    client.sign_in(call.representative)
    assert client.post(f"{path}/template").status_code == 302
    db.commit()
    drain()
    made = db.scalars(sa.select(NeedBook)).one()
    assert client.get(f"{path}/{made.ref}").data.startswith(b"PK")
    data = Filled().need(3).need(4, title_zh="乙").data()
    assert bring(client, db, path, data).entered == 2
    assert [state for _title, state in titles(db)] == ["draft", "draft"]
    again = bring(client, db, path, data)
    assert (again.state, again.good, len(titles(db))) == ("refused", 0, 2)
    other = UserFactory(represents=[call.seeker])
    assert made.ref not in client.sign_in(other).get(path).text
    assert client.get(f"{path}/{made.ref}").status_code == 404


def test_a_paper_form_becomes_a_draft_of_its_seeker(client: Visitor, db: Session) -> None:
    call = open_call()
    client.sign_in(call.representative)
    book = bring(client, db, room(call, call.seeker.ref), form(fill_form))
    assert (book.state, book.entered, titles(db)) == ("done", 1, [("弱光检测", "draft")])


def test_who_may_not_post_brings_no_workbook(client: Visitor, db: Session) -> None:
    call = open_call()
    stranger = UserFactory(represents=[OrganizationFactory()])
    client.sign_in(stranger)
    for whose in ("all", call.seeker.ref):
        assert client.get(room(call, whose)).status_code == 403
        sent = {"file": (io.BytesIO(blank()), "needs.xlsx")}
        answer = client.post(room(call, whose), data=sent, content_type="multipart/form-data")
        assert answer.status_code == 403
    assert client.post(room(call, verb="template")).status_code == 403


def test_what_is_no_workbook_or_comes_from_nobody_says_so(client: Visitor, db: Session) -> None:
    call = open_call()
    path = room(call, call.seeker.ref)
    client.sign_in(call.representative)
    sent = {"file": (io.BytesIO(b"title;budget"), "needs.xlsx")}
    answer = client.post(path, data=sent, content_type="multipart/form-data")
    assert (answer.status_code, "This is no .xlsx workbook" in answer.text) == (422, True)
    broken = bring(client, db, path, b"PK\x03\x04 and then nothing")
    assert [each["code"] for each in broken.faults] == ["not_a_workbook"]
    sent = {"file": (io.BytesIO(Filled().need(3).data()), "needs.xlsx")}
    client.post(path, data=sent, content_type="multipart/form-data")
    db.execute(sa.delete(Membership))
    db.commit()
    drain()
    late = db.scalars(sa.select(NeedBook).order_by(NeedBook.id.desc()).limit(1)).one()
    db.refresh(late)
    assert ([each["code"] for each in late.faults], titles(db)) == (["not_allowed"], [])


def test_the_page_asks_as_much_for_three_workbooks_as_for_one(
    client: Visitor, db: Session, statements: Counting
) -> None:
    call = open_call()
    client.sign_in(call.organizer)
    counts = []
    for _more in (1, 2):
        for _each in range(_more):
            db.add(NeedBook(round_id=call.round.id, kind="needs", state="refused", locale="en_US",
                            author_id=call.organizer.id, faults=[], good=1))  # fmt: skip
        db.commit()
        with statements() as asked:
            assert client.get(room(call)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
