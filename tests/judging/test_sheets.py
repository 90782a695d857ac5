"""The assignment as a workbook: out with codes and labels, in with errors by cell."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.engines import workbooks
from challenge.flow import errands
from challenge.judging.models import Assignment
from challenge.rules.assignment import World
from challenge.rules.assignment_sheet import LIMITS, Fault, read, sheet
from challenge.rules.workbooks import Sheet, cell
from tests.factories import MembershipFactory
from tests.judging.stories import Court, assign, court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

LABELS = {1: "J1", 2: "J2"}


def written(world: World) -> list[list[str]]:
    made = sheet(world, LABELS)
    return [list(row) for row in (made.heads[0][1], *made.rows)]


def book(rows: list[list[str]]) -> bytes:
    return workbooks.write(Sheet("T", [("bold", rows[0])], rows[1:], 1, ("bold", "mark"), (14,)))


WORLD = World(
    {100: "S-1", 101: "S-2"},
    {1: 1, 2: None},
    {(1, 100): "accepted", (2, 101): "declined"},
    (),
    {(2, 100): "team"},
)


def test_a_mark_for_what_is_assigned_and_a_dash_for_what_cannot_be() -> None:
    assert written(WORLD) == [["Entry", "J1", "J2"], ["S-1", "x", "–"], ["S-2", "", "–"]]


def test_what_is_written_adds_nothing_when_it_is_read() -> None:
    assert read(written(WORLD), WORLD, LABELS) == ([], [])


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], Fault("A1", "sheet_without_entries")),
        ([["J1", "J2"], ["x", ""]], Fault("A1", "sheet_without_entries")),
        ([["Entry", "J9"], ["S-1", ""]], Fault("B1", "judge_unknown", "J9")),
        ([["Entry", "J1", "J1"], ["S-1"]], Fault("C1", "judge_twice", "J1")),
        ([["Entry", "J1"], ["S-9", "x"]], Fault("A2", "entry_unknown", "S-9")),
        ([["Entry", "J1"], ["S-1"], ["s-1"]], Fault("A3", "entry_twice", "s-1")),
        ([["Entry", "J1"], ["", "x"]], Fault("A2", "entry_unknown")),
        ([["Entry", "J1"], ["S-1", "", "x"]], Fault("C1", "judge_unknown")),
        ([["Entry", "J1"], ["S-2", "?"]], Fault("B2", "sheet_value", "?")),
        ([["Entry", "J2"], ["S-1", "x"]], Fault("B2", "team", "J2")),
        ([["Entry", "J2"], ["S-2", "x"]], Fault("B2", "declined", "J2")),
        ([["Entry", "J1"], ["S-2", "x"]], Fault("B2", "full", "J1")),
    ],
)
def test_every_cell_that_cannot_be_taken_is_named(rows: list[list[str]], fault: Fault) -> None:
    assert read(rows, WORLD, LABELS) == ([], [fault])


def test_columns_and_rows_may_be_moved() -> None:
    here = World(WORLD.entries, {1: None, 2: None}, {}, (), {})
    rows = [["J2", "Entry", "J1"], ["", "S-2", "X"], ["1", "S-1", ""]]
    assert read(rows, here, LABELS) == ([(1, 101), (2, 100)], [])


@pytest.mark.parametrize(
    ("place", "name"),
    [((0, 0), "A1"), ((25, 8), "Z9"), ((26, 0), "AA1"), ((701, 0), "ZZ1"), ((702, 1), "AAA2")],
)
def test_cells_have_the_names_that_a_workbook_gives_them(place: tuple[int, int], name: str) -> None:
    assert cell(*place) == name


def test_what_looks_like_a_formula_is_text() -> None:
    made = book([["=1+1", "http://a.cn", "+3", "7"]])
    page = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert [(each.data_type, each.value) for each in next(page.iter_rows())] == [
        ("s", "=1+1"),
        ("s", "http://a.cn"),
        ("s", "+3"),
        ("s", "7"),
    ]
    assert workbooks.read(made, LIMITS) == [["=1+1", "http://a.cn", "+3", "7"]]


def packed(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("workbook", "code"),
    [
        (b"PK\x03\x04 no archive", "not_a_workbook"),
        (packed(word=b"other"), "not_a_workbook"),
        (packed(bomb=b"\0" * (65 * 1024 * 1024)), "book_too_large"),
        (
            packed(liar=b"\0" * 5_000_000).replace((5_000_000).to_bytes(4, "little"), bytes(4)),
            "not_a_workbook",
        ),
        (packed(**{f"part{number}": b"" for number in range(201)}), "book_too_large"),
    ],
)
def test_a_workbook_that_is_none_or_unpacks_to_too_much_is_refused(workbook: bytes, code: str) -> None:
    assert workbooks.read(workbook, LIMITS) == code


def test_a_part_gives_no_more_than_the_directory_says() -> None:
    honest = packed(**{"xl/worksheets/sheet1.xml": b"\0" * 5_000_000})
    liar = honest.replace((5_000_000).to_bytes(4, "little"), (7).to_bytes(4, "little"))
    with zipfile.ZipFile(io.BytesIO(liar)) as archive, pytest.raises(zipfile.BadZipFile):
        archive.read(archive.infolist()[0])
    assert workbooks.read(liar, LIMITS) == "not_a_workbook"


def test_a_workbook_that_takes_too_long_is_refused() -> None:
    assert workbooks.read(packed(a=b""), LIMITS, seconds=0.01) == "book_too_slow"


def body(data: bytes) -> bytes:
    """An upload; the test client would leave a large one of its own lying open."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
    return head + data + b"\r\n--b--\r\n"


def here(made: Court, room: str = "assignments") -> str:
    return f"/organize/rounds/{made.round.slug}/{room}"


def worked(db: Session) -> None:
    db.commit()
    errands.drain()
    db.expire_all()


def bring(client: Visitor, made: Court, rows: list[list[str]]) -> None:
    file = (io.BytesIO(book(rows)), "a.xlsx")
    answer = client.post(here(made, "assignments/workbook/back"), data={"file": file})
    assert answer.location == here(made, "assignments#run")
    assert "The workbook is being read" in client.get(here(made)).text
    worked(made.db)


def apply(client: Visitor, made: Court) -> set[tuple[str, str]]:
    page = client.get(here(made)).text
    digest = page.split('name="digest" value="')[1].split('"')[0]
    client.post(here(made, "assignments/proposed"), data={"digest": digest})
    labels = {judge.id: judge.label for judge in made.judges}
    codes = {each.id: each.code for each in made.entries}
    rows = made.db.execute(sa.select(Assignment.judge_id, Assignment.submission_id))
    return {(labels[judge], codes[entry]) for judge, entry in rows}


def test_a_workbook_is_made_handed_out_changed_and_brought_back(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=2, assigned=False, per_entry=1)
    assign(made.phase, made.judges[0], made.entries[0])
    client.sign_in(made.organizer)
    page = here(made, "assignments/workbook")
    for _ in range(2):
        assert client.post(page).location == page
    assert "The workbook is being made" in client.get(page).text
    worked(db)
    address = client.get(page).text.split('.xlsx"')[0].split('href="')[-1] + ".xlsx"
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = workbooks.read(answer.data, LIMITS)
    codes = [each.code for each in made.entries]
    assert rows == [["Entry", "J1", "J2"], [codes[0], "x"], [codes[1]]]
    for person in made.people:
        assert person.name.encode() not in answer.data
    bring(client, made, [["Entry", "J1", "J2"], [codes[0], "x", ""], [codes[1], "", "x"]])
    assert "1 new assignment" in client.get(here(made)).text
    assert apply(client, made) == {("J1", codes[0]), ("J2", codes[1])}


def test_faulty_cells_are_shown_and_the_others_taken_on_demand(client: Visitor, db: Session) -> None:
    made = court(db, judges=2, entries=2, assigned=False, per_entry=1)
    MembershipFactory(user_id=made.people[0].id, organization=made.requirement.seeker)
    client.sign_in(made.organizer)
    codes = [each.code for each in made.entries]
    bring(client, made, [["Entry", "J1", "J2", "J7"], [codes[0], "x", "x", "x"], ["S-?", "", "x"]])
    page = client.get(here(made)).text
    assert "3 cells cannot be taken." in page
    for name, why in (
        ("B2", "of the seeker"),
        ("D1", "no judge of this panel has this label"),
        ("A3", "no entry of this phase has this code"),
    ):
        assert f'<b class="num">{name}</b>' in page
        assert why in page
    assert "Assign only the valid ones" in page
    assert apply(client, made) == {("J2", codes[0])}


def test_what_is_no_workbook_is_refused_at_once_or_told_on_the_board(client: Visitor, db: Session) -> None:
    made = court(db, assigned=False)
    client.sign_in(made.organizer)
    door = here(made, "assignments/workbook/back")
    for data, said in (
        (b"a,b", "This is no .xlsx workbook"),
        (b"PK\x03\x04" + b"0" * 1_500_000, "A workbook has at most 1.5 MB."),
    ):
        answer = client.post(door, data=body(data), content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 422
        assert said in answer.text
    assert client.post(door).status_code == 422
    client.post(door, data={"file": (io.BytesIO(packed(word=b"x")), "a.xlsx")})
    worked(db)
    assert "This is no workbook that can be read." in client.get(here(made)).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_large_it_is(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = court(db, judges=count, entries=count)
    client.sign_in(made.organizer)
    with statements() as asked:
        assert client.get(here(made, "assignments/workbook")).status_code == 200
    assert len(asked) <= 7, asked


def test_only_organizers_take_it_out_or_bring_it_back(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    for room in ("assignments/workbook", "assignments/workbook/aaaaaaaaaaaa.xlsx"):
        assert client.get(here(made, room)).status_code in (403, 404)
    for room in ("assignments/workbook", "assignments/workbook/back"):
        assert client.post(here(made, room)).status_code in (403, 404)
    client.sign_in(made.organizer)
    assert client.get(here(made, "assignments/workbook/aaaaaaaaaaaa.xlsx")).status_code == 404
