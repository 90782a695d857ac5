"""Paper scores as a workbook: out as a template, in with every fault by its cell, locked for their judges."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.engines import workbooks
from challenge.judging.models import Scorecard
from challenge.judging.on_site_models import ScoreBook
from challenge.judging.score_books import MOST_BYTES
from challenge.rules.paper_scores import LIMITS
from challenge.work import drain
from tests.factories import UserFactory
from tests.judging.hall import call, hall, present
from tests.judging.stories import Court
from tests.rigs.application import Visitor

Fill = Callable[[Any], None]


def room(made: Court, verb: str = "") -> str:
    return f"/organize/rounds/{made.round.slug}/on-site" + (f"/{verb}" if verb else "")


def book_of(made: Court, kind: str) -> ScoreBook:
    query = sa.select(ScoreBook).where(ScoreBook.phase_id == made.phase.id, ScoreBook.kind == kind)
    newest = query.order_by(ScoreBook.id.desc()).limit(1).execution_options(populate_existing=True)
    return made.db.scalars(newest).one()


@pytest.fixture
def final(db: Session) -> Court:
    """Two entries that were on stage, two judges, nothing scored yet."""
    made = hall(db, entries=2)
    for entry in range(2):
        call(made, entry)
    return made


def template(client: Visitor, made: Court) -> bytes:
    client.sign_in(made.organizer)
    assert client.post(room(made, "template")).status_code == 302
    made.db.commit()
    drain()
    answer = client.get(room(made, f"template/{book_of(made, 'template').ref}"))
    assert answer.status_code == 200
    return bytes(answer.data)


def filled(data: bytes, fill: Fill) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    fill(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def bring(client: Visitor, made: Court, data: bytes, **more: str) -> ScoreBook:
    sent = {"file": (io.BytesIO(data), "scores.xlsx"), **more}
    answer = client.post(room(made, "scores"), data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    made.db.commit()
    drain()
    return book_of(made, "scores")


def all_right(sheet: Any) -> None:
    for number, row in enumerate(sheet.iter_rows(min_row=3), start=1):
        row[4].value, row[5].value = 6 + number / 2, 7


def faults(book: ScoreBook) -> set[tuple[str, str]]:
    return {(fault["cell"], fault["code"]) for fault in book.faults}


def test_filled_template_locks_every_card_for_its_judge(client: Visitor, final: Court) -> None:
    book = bring(client, final, filled(template(client, final), all_right))
    assert (book.state, book.entered, book.faults) == ("done", 4, [])
    for judge in range(2):
        for entry in range(2):
            assert final.assignment(judge, entry).state == "completed"
            card = final.card(judge, entry)
            assert card is not None
            assert (card.state, card.from_paper, card.entered_by) == ("locked", True, final.organizer.id)
    standing = final.standing(0)
    assert standing is not None
    assert standing.scorecards == 2
    actions = final.db.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("scorecard.from_paper") == 4
    assert "4 cards entered" in client.get(room(final)).text

    again = bring(client, final, filled(template(client, final), lambda _sheet: None))
    assert (again.state, faults(again)) == ("refused", {("A3", "nothing_filled_in")})


def wrong(sheet: Any) -> None:
    sheet["E3"], sheet["F3"] = 99, 7.3  # off the scale, off the step
    sheet["E4"] = "=1+1"
    sheet["F4"] = 5
    sheet["A5"], sheet["E5"], sheet["F5"] = "nobody", 5, 5
    sheet["E6"] = 5  # and nothing on the second criterion


def test_every_fault_is_named_by_its_cell_and_nothing_is_stored(client: Visitor, final: Court) -> None:
    book = bring(client, final, filled(template(client, final), wrong))
    assert (book.state, book.entered) == ("refused", 0)
    assert faults(book) == {
        ("E3", "off_scale"),
        ("F3", "off_step"),
        ("E4", "cell_formula"),
        ("A5", "code_unknown"),
        ("F6", "score_missing"),
    }
    assert final.db.scalars(sa.select(Scorecard)).all() == []
    page = client.get(room(final)).text
    assert "The score is off the scale: 0 to 10." in page
    assert "No entry of this phase has this code: nobody" in page


def test_right_rows_alone_are_entered_where_that_is_asked_for(client: Visitor, final: Court) -> None:
    def half(sheet: Any) -> None:
        all_right(sheet)
        sheet["E4"] = 99

    book = bring(client, final, filled(template(client, final), half), only_valid="y")
    assert (book.state, book.entered, faults(book)) == ("done", 3, {("E4", "off_scale")})


def test_locked_cards_and_those_who_sit_out_stay_as_they_are(client: Visitor, final: Court) -> None:
    data = template(client, final)
    present(final, 0, (8, 8))
    final.entries[1].owner_id = final.people[1].id
    final.db.flush()
    book = bring(client, final, filled(data, all_right), only_valid="y")
    assert {code for _cell, code in faults(book)} == {"card_locked", "card_conflict"}
    assert book.entered == 2
    kept = final.card(0, 0)
    assert kept is not None
    assert (kept.from_paper, str(kept.total)) == (False, "40.0000")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda sheet: sheet.move_range("E1:E6", cols=2), "column_missing"),
        (lambda sheet: sheet.delete_rows(2), "column_missing"),
        (lambda sheet: sheet.cell(2, 7, "c999"), "column_unknown"),
    ],
)
def test_moved_columns_are_told_and_nothing_is_guessed(
    client: Visitor, final: Court, change: Fill, found: str
) -> None:
    def moved(sheet: Any) -> None:
        all_right(sheet)
        change(sheet)

    book = bring(client, final, filled(template(client, final), moved), only_valid="y")
    assert (book.state, book.entered) == ("refused", 0)
    assert found in {code for _cell, code in faults(book)}


def test_swapped_columns_are_told_by_both_cells(client: Visitor, final: Court) -> None:
    def swapped(sheet: Any) -> None:
        all_right(sheet)
        sheet["E2"].value, sheet["F2"].value = sheet["F2"].value, sheet["E2"].value

    book = bring(client, final, filled(template(client, final), swapped))
    assert faults(book) == {("E2", "column_moved"), ("F2", "column_moved")}


def test_what_is_no_workbook_is_refused_at_the_door_or_by_the_worker(client: Visitor, final: Court) -> None:
    client.sign_in(final.organizer)
    for data, words in ((b"", "Choose the filled workbook."), (b"code,judge", "This is no .xlsx workbook")):
        sent = {"file": (io.BytesIO(data), "scores.xlsx")}
        answer = client.post(room(final, "scores"), data=sent, content_type="multipart/form-data")
        assert (answer.status_code, words in answer.text) == (422, True)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="s.xlsx"\r\n\r\nPK\x03\x04'
    heavy = head + b"x" * MOST_BYTES + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    answer = client.post(room(final, "scores"), data=heavy, content_type=kind)
    assert (answer.status_code, "A workbook has at most" in answer.text) == (422, True)
    assert faults(bring(client, final, b"PK\x03\x04 and then nothing")) == {("A1", "not_a_workbook")}
    assert client.sign_in(UserFactory()).post(room(final, "template")).status_code == 403


def test_a_workbook_that_unpacks_to_far_more_is_not_opened() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (LIMITS.unpacked + 1))
    assert workbooks.read(made.getvalue(), LIMITS) == "book_too_large"


def test_a_workbook_that_comes_too_late_enters_nothing(client: Visitor, final: Court) -> None:
    data = filled(template(client, final), all_right)
    sent = {"file": (io.BytesIO(data), "scores.xlsx")}
    client.post(room(final, "scores"), data=sent, content_type="multipart/form-data")
    final.close()
    final.db.commit()
    drain()
    book = book_of(final, "scores")
    assert (book.state, book.entered) == ("refused", 0)
    assert final.db.scalars(sa.select(Scorecard)).all() == []


def test_what_is_written_is_never_a_formula(client: Visitor, final: Court) -> None:
    risky = '=HYPERLINK("http://example.org")'
    final.entries[0].title = risky
    final.db.flush()
    sheet = openpyxl.load_workbook(io.BytesIO(template(client, final))).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    shown = [cell for cell in cells if cell.value == risky]
    assert [cell.quotePrefix for cell in shown] == [True, True]
