"""Lists as files: every row that the reader's filters find, as text that no program calculates."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.base import csvs, sheets
from challenge.web import listing
from tests.factories import RequirementFactory, RoundFactory, UserFactory
from tests.judging.stories import court
from tests.rigs.application import Visitor

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "\t=1", "\r=1"),
    *("\n=1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "=DDE(1)", "+cmd|x!A", "-cmd|x!A", "@x", "=A1", "=-1"),
    *("=@x", "==1", "+=1", "-=1", "@=1", "=1;2", '="x"', "=WEBSERVICE(1)", "=IMPORTXML(1)", "-2+3", "+a"),
)


def sheet(data: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


@pytest.mark.sqlite
def test_thirty_formulas_stay_text_in_a_workbook_and_in_csv() -> None:
    assert len(FORMULAS) == 30
    made = b"".join(sheets.stream("x", ["a"], [[each] for each in FORMULAS]))
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [row[0] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [each.replace("\r", "\n") for each in FORMULAS]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert all(cell.quotePrefix for cell in cells)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    for row in csv.reader(io.StringIO(csvs.written([[each] for each in FORMULAS]))):
        assert row[0].startswith("'")


@pytest.mark.sqlite
def test_a_hundred_thousand_rows_cost_little_memory() -> None:
    rows = ([number, "名称 <&>", Decimal("1.50"), None] for number in range(100_000))
    tracemalloc.start()
    size = sum(map(len, sheets.stream("x", ["n", "name", "sum", "empty"], rows)))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 100_000
    assert most < 20 * 1024 * 1024


def test_the_readers_filters_hold_and_every_row_comes(
    client: Visitor, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "BATCH", 2)
    round_ = RoundFactory()
    for number in range(5):
        RequirementFactory(round=round_, title_en=f"Need {number}", field="materials")
    RequirementFactory(round=round_, title_en="Other", field="energy")
    db.commit()
    found = client.get("/requirements?field=materials&as=json").get_json()
    assert [row["title"] for row in found] == [f"Need {number}" for number in (4, 3, 2, 1, 0)]
    assert found[0]["from"]["currency"] == "CNY"
    assert found[0]["closes_at"][-6] in "+-"
    text = client.get("/requirements?field=materials&as=csv")
    assert text.data.startswith(b"\xef\xbb\xbf")
    assert "requirements.csv" in text.headers["Content-Disposition"]
    assert len(list(csv.reader(io.StringIO(text.text)))) == 6
    lines = sheet(client.get("/requirements?field=materials&as=xlsx").data)
    assert (len(lines), lines[1][2]) == (6, "Need 4")


def test_heads_are_in_the_readers_language(client: Visitor, db: Session) -> None:
    RoundFactory(title_zh="第一赛季", title_en="First")
    client.set_cookie("locale", "zh_CN")
    assert "主办" in client.get("/rounds?as=csv").text.splitlines()[0]
    client.set_cookie("locale", "en_US")
    assert "Host" in client.get("/rounds?as=csv").text.splitlines()[0]


def test_an_empty_list_is_a_file_too(client: Visitor, db: Session) -> None:
    assert client.get("/rounds?as=json").get_json() == []
    assert len(sheet(client.get("/rounds?as=xlsx").data)) == 1


def test_who_may_not_see_the_page_gets_no_file_and_personal_lists_are_on_record(
    client: Visitor, db: Session
) -> None:
    assert client.get("/admin/people?as=csv").status_code == 302
    client.sign_in(UserFactory())
    assert client.get("/admin/people?as=csv").status_code == 403
    client.sign_in(UserFactory(admin=True))
    assert len(json.loads(client.get("/admin/people?as=json&q=example").data)) >= 1
    taken = db.scalars(sa.select(AuditEntry).where(AuditEntry.action == "list.taken")).one()
    assert (taken.subject, taken.detail["form"], taken.detail["filters"]) == ("list:people", "json", ["q"])

    with client.session_transaction() as session:
        session["fs_paa"] = 1  # a proof of long ago
    asked = client.get("/admin/people?as=json&q=example")
    assert (asked.status_code, asked.location.partition("?")[0]) == (302, "/profile/confirm")
    assert client.get("/rounds?as=json").status_code == 200


def test_the_page_offers_its_files_with_its_filters(client: Visitor, db: Session) -> None:
    RequirementFactory(field="materials")
    assert "/requirements?field=materials&amp;as=xlsx" in client.get("/requirements?field=materials").text


@pytest.mark.parametrize("path", ["/results", "/achievements", "/experts", "/rounds", "/requirements"])
def test_every_public_list_answers_in_each_form(client: Visitor, db: Session, path: str) -> None:
    for form, mimetype in listing.FORMS.items():
        answer = client.get(f"{path}?as={form}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype.partition(";")[0])
    assert client.get(f"{path}?as=exe").mimetype == "text/html"


def test_the_organizers_lists_hold_what_their_pages_hold(client: Visitor, db: Session) -> None:
    made = court(db, entries=2)
    client.sign_in(made.organizer)
    found = client.get(f"/organize/rounds/{made.round.slug}/submissions?as=json").get_json()
    assert [row["code"] for row in found] == [entry.code for entry in made.entries]
    trail = client.get(f"/organize/rounds/{made.round.slug}/audit?as=json").get_json()
    assert trail[0]["action"] == "list.taken"
    client.sign_in(made.people[0])
    assert client.get(f"/organize/rounds/{made.round.slug}/submissions?as=json").status_code in (403, 404)
