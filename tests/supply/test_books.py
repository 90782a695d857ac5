"""Achievements go out as a workbook and come back: all right rows or none, each fault by its cell."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.flow.errands import drain
from challenge.rules import supply_sheets as sheets
from challenge.supply import achievements, reads
from challenge.supply.achievements import Owner
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.supply.stories import WHOLE, offered

PAGE = "/supply/books"
ROW = {
    "title_zh": "低温烧结陶瓷",
    "summary_zh": "在九百度烧结。",
    "field": "新材料",
    "keywords": "陶瓷，烧结",
    "trl": "TRL 5",
    "modes": "技术许可, Joint R&D",
    "price": "12.5",
    "region": "Gansu",
    "detail": "CANARY",
}


def workbook(*rows: dict[str, str], keys: tuple[str, ...] = sheets.COLUMNS, empty: int = 0) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["…"] * len(keys))
    page.append(keys)
    for row in rows:
        page.append([row.get(key) for key in keys])
    if empty:
        page.cell(row=empty, column=1).value = ""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def bring(client: Visitor, data: bytes, **wishes: str) -> str:
    sent = {"file": (io.BytesIO(data), "mine.xlsx"), "owner": "me", **wishes}
    answer = client.post(PAGE, data=sent, content_type="multipart/form-data")
    if answer.status_code != 302:
        return answer.text
    drain()
    return client.get(PAGE).text


def owned(db: Session, person: User) -> list[tuple[str | None, str]]:
    db.expire_all()
    return [(each.title_zh, each.state) for each in reads.mine(db, actor_of(person))]


@pytest.fixture
def person(db: Session, client: Visitor) -> User:
    made = UserFactory(locale="en_US")
    db.commit()
    client.sign_in(made)
    return made


def test_what_goes_out_comes_back_the_same(db: Session, client: Visitor, person: User) -> None:
    offered(db, owner=person)
    db.commit()
    for _ in range(2):
        assert client.post(f"{PAGE}/template", data={"owner": "me"}).status_code == 302
    drain()
    page = client.get(PAGE).text
    (link,) = {part.split('"')[0] for part in page.split('href="') if part.startswith(f"{PAGE}/")}
    said = bring(client, client.get(link).data, update_known="y")
    assert "the same" in said
    assert owned(db, person) == [("水下激光焊接装置", "published")]


def test_a_filled_row_becomes_an_achievement(db: Session, client: Visitor, person: User) -> None:
    assert "1 new achievement" in bring(client, workbook(ROW), publish="y")
    (made,) = reads.mine(db, actor_of(person))
    assert (made.state, made.field, made.trl, made.region) == ("published", "materials", 5, "620000")
    assert (made.price_minor, made.modes) == (12_500_000, ["licence", "joint"])
    assert "CANARY" not in client.get("/achievements").text


def test_nothing_is_taken_until_all_is_right_unless_that_is_asked_for(
    db: Session, client: Visitor, person: User
) -> None:
    wrong = {**ROW, "title_zh": "=HYPERLINK(1)", "trl": "11", "price": "12.5 元", "field": "magic"}
    book = workbook(ROW, wrong, {"title_en": "Only a title"})
    said = bring(client, book)
    for cell in ("B4", "H4", "K4", "F4", "D5", "F5", "G5", "H5", "J5"):
        assert f">{cell}</th>" in said, cell
    assert owned(db, person) == []
    assert "1 new achievement" in bring(client, book, only_valid="y")
    assert owned(db, person) == [("低温烧结陶瓷", "draft")]


def test_what_exists_is_changed_only_where_that_was_asked_for(
    db: Session, client: Visitor, person: User
) -> None:
    offered(db, owner=person, title_zh="低温烧结陶瓷", detail="")
    db.commit()
    assert "left as it is" in bring(client, workbook(ROW))
    assert [each.trl for each in reads.mine(db, actor_of(person))] == [WHOLE.trl]
    assert "1 changed" in bring(client, workbook({**ROW, "price": "13"}), update_known="y")
    db.expire_all()
    assert [(each.trl, each.price_minor) for each in reads.mine(db, actor_of(person))] == [(5, 13_000_000)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose the filled workbook"),
        (b"plain", "XLSX"),
        (b"PK\x03\x04 broken", "XLSX"),
        (workbook(keys=("a", "b")), "does not name the columns"),
        (workbook(keys=("title_zh", "title_zh")), "stands in it twice"),
        (workbook(), "No row is filled in"),
        (workbook(ROW, empty=100_000), "far more than its template"),
    ],
    ids=["empty", "text", "broken", "other sheet", "column twice", "no row", "100,000 empty rows"],
)
def test_a_workbook_that_is_none_is_refused_in_words(
    db: Session, client: Visitor, person: User, data: bytes, words: str
) -> None:
    assert words in bring(client, data)
    assert owned(db, person) == []


def test_nobody_brings_in_for_an_organization_of_others(db: Session, client: Visitor, person: User) -> None:
    other = offered(db)
    db.commit()
    bring(client, workbook({**ROW, "ref": other.ref}), owner="nobody", update_known="y")
    db.expire_all()
    assert reads.by_ref(db, other.ref).title_zh == WHOLE.title_zh
    assert owned(db, person) == [("低温烧结陶瓷", "draft")]  # one's own, as a person
    assert achievements.create(db, actor_of(person), Owner(person_id=person.id)).person_id == person.id
