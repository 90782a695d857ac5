"""Rows brought as a table: looked at first, every fault by row and column, taken in once."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation
from challenge.exchange import row_imports
from challenge.exchange.row_imports import Place
from challenge.exchange.row_kinds import KINDS
from challenge.judging.models import Assignment, Criterion
from challenge.requirements.models import Requirement
from challenge.rules import row_files
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.row_files import Column
from tests.factories import UserFactory, actor_of, organizer_of
from tests.judging.stories import court
from tests.requirements.needs import open_call
from tests.requirements.sheets import ROW
from tests.requirements.test_hints import CODE
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox

TABLES = {
    "judges": "email\nli@lzu.edu.cn",
    "assignments": "Entry,Judge\nA,B",
    "scores": "Entry,Judge\nA,B",
    "requirements": "title_zh\nX",
}
JUDGES = "Name,邮箱,Most entries\nLi,li@lzu.edu.cn,12\nHan,han@lzu.edu.cn,\n"


def invited(db: Session) -> list[str]:
    return list(db.scalars(sa.select(Invitation.email).order_by(Invitation.id)))


def test_columns_are_found_by_their_names_and_marks() -> None:
    columns = (Column("email", ("邮箱", "E-mail address")), Column("name", ("姓名", "Name")))
    for text in (
        "E-mail address,Name\na@b.cn,Li",
        "\ufeff姓名\t邮箱\nLi\ta@b.cn",
        "NAME；email\n\nLi；a@b.cn\n",
    ):
        table = row_files.read(text)
        places = row_files.mapped(table.heads, columns, {})
        (_number, cells) = table.rows[0]
        assert row_files.values_of(cells, places) == {"email": "a@b.cn", "name": "Li"}
    assert row_files.mapped(["x", "y"], columns, {"name": 1}) == {"name": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("", "rows_none"), ("a,b", "rows_none"), ("a\n" * 302, "rows_too_many")),
        *((",".join("a" * 61) + "\nb", "rows_too_wide"), ('a,b\n"c', "rows_unreadable")),
    ],
)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        row_files.read(text)
    assert refusal.value.code == code


def test_words_keep_their_marks() -> None:
    text = "Title\tWhat is needed\nPump\t耐温；防腐;静音, 低耗\n"
    assert row_files.read(text).rows == [(2, ["Pump", "耐温；防腐;静音, 低耗"])]


def test_nothing_is_written_before_it_is_confirmed_and_twice_is_once(
    client: Visitor, db: Session, mailbox: Mailbox
) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/judges"
    assert "Look what would happen" in client.get(here).text
    looked = client.post(here, data={"text": JUDGES})
    assert (looked.status_code, invited(db)) == (200, [])
    assert "2 new rows, and nothing is wrong." in looked.text
    for _time in range(2):
        assert client.post(here, data={"text": JUDGES, "how": "all"}).status_code == 302
    assert invited(db) == ["li@lzu.edu.cn", "han@lzu.edu.cn"]
    assert len(mailbox.to("li@lzu.edu.cn")) == 1
    assert "All of it is here already." in client.post(here, data={"text": JUDGES}).text


def test_each_fault_stands_at_its_row_and_the_wrong_rows_go_out_to_be_mended(
    client: Visitor, db: Session
) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/judges"
    text = JUDGES + "=Wu,no address,many\n,,3\nSun,sun@lzu.edu.cn,3,more\n"
    page = client.post(here, data={"text": text, "how": "all"})
    assert (page.status_code, invited(db)) == (422, [])
    assert "3 rows are wrong." in page.text
    assert "This row has more cells than the 3 columns of the first line." in page.text
    file = client.post(here, data={"text": text, "how": "wrong"})
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Name", "邮箱", "Most entries", "", "What is wrong"]
    assert rows[1][:3] == ["'=Wu", "no address", "many"]
    assert "E-mail address: " in rows[1][4]
    assert "Most entries: " in rows[1][4]
    assert rows[3][:4] == ["Sun", "sun@lzu.edu.cn", "3", "more"]
    assert client.post(here, data={"text": text, "how": "right"}).status_code == 302
    assert invited(db) == ["li@lzu.edu.cn", "han@lzu.edu.cn"]


def test_a_list_of_addresses_needs_no_heads_and_what_it_says_goes_along(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/judges"
    text = "li@lzu.edu.cn；李雷；催化, 纳米材料；12；zh en\nhan@lzu.edu.cn\nli@lzu.edu.cn;;;;fr\n"
    refused = client.post(here, data={"text": text}).text
    assert "twice" in refused
    assert "zh and en" in refused
    file = (io.BytesIO(text.encode("gb18030")), "judges.csv")
    sent = {"file": file, "how": "right"}
    assert client.post(here, data=sent, content_type="multipart/form-data").status_code == 302
    assert invited(db) == ["li@lzu.edu.cn", "han@lzu.edu.cn"]
    facts = db.scalars(sa.select(Invitation.facts).order_by(Invitation.id)).first()
    assert facts == {
        "name": "李雷",
        "keywords": ["催化", "纳米材料"],
        "capacity": 12,
        "languages": ["zh", "en"],
    }
    file = (io.BytesIO(b"PK\x03\x04\0\0"), "judges.xlsx")
    assert client.post(here, data={"file": file}, content_type="multipart/form-data").status_code == 422


def test_a_column_that_is_called_otherwise_is_chosen(client: Visitor, db: Session) -> None:
    made = court(db)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/judges"
    data = {"text": "whom\nli@lzu.edu.cn\n", "how": "all"}
    assert client.post(here, data=data).status_code == 422
    assert client.post(here, data={**data, "column-email": "0"}).status_code == 302
    assert invited(db) == ["li@lzu.edu.cn"]


def test_assignments_go_by_label_or_address_and_tell_what_cannot_be(client: Visitor, db: Session) -> None:
    made = court(db, entries=2, assigned=False)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/assignments"
    one, two = made.entries
    text = f"Entry\tJudge\n{one.code}\t{made.judges[0].label}\n{two.code}\t{made.people[1].email}\n"
    wrong = client.post(here, data={"text": f"{text}{one.code}\tnobody\nX\t{made.judges[0].label}\n"})
    assert "Nobody on this panel has this label or mail address." in wrong.text
    assert "No entry of this phase has this number." in wrong.text
    assert db.scalar(sa.select(sa.func.count(Assignment.id))) == 0
    for _time in range(2):
        assert client.post(here, data={"text": text, "how": "all"}).status_code == 302
    pairs = db.execute(sa.select(Assignment.judge_id, Assignment.submission_id)).all()
    assert {tuple(each) for each in pairs} == {(made.judges[0].id, one.id), (made.judges[1].id, two.id)}


def test_scores_of_paper_are_locked_once_and_another_score_is_told(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    client.sign_in(made.organizer)
    here = f"/organize/rounds/{made.round.slug}/import/scores"
    entry = made.entries[0].code
    names = db.scalars(sa.select(Criterion.name_en).where(Criterion.phase_id == made.phase.id)).all()

    def text(score: str) -> str:
        lines = ("\t".join((entry, each.label, *(score for _name in names))) for each in made.judges)
        return "\n".join(("\t".join(("Entry", "Judge", *map(str, names))), *lines))

    assert "The score is off the scale" in client.post(here, data={"text": text("99")}).text
    assert client.post(here, data={"text": text("7")}).status_code == 200
    assert made.card(0) is None
    for _time in range(2):
        assert client.post(here, data={"text": text("7"), "how": "all"}).status_code == 302
    assert [made.assignment(judge).state for judge in range(2)] == ["completed", "completed"]
    assert "2 rows are wrong." in client.post(here, data={"text": text("8"), "how": "all"}).text
    assert "All of it is here already." in client.post(here, data={"text": text("7.0")}).text


def test_requirements_become_drafts_with_the_faults_of_a_workbook(client: Visitor, db: Session) -> None:
    call = open_call()
    client.sign_in(organizer_of(call.round.programme))
    here = f"/organize/rounds/{call.round.slug}/import/requirements"
    row = {"seeker": "陇原铝业新厂", "seeker_code": CODE, **ROW}

    def text(**changes: object) -> str:
        said = {**row, **changes}
        return "\t".join(said) + "\n" + "\t".join(map(str, said.values())) + "\n"

    wrong = client.post(here, data={"text": text(budget_min="much")})
    assert "1 row is wrong." in wrong.text
    assert client.post(here, data={"text": text()}).status_code == 200
    assert db.scalars(sa.select(Requirement.title_zh)).all() == []
    for _time in range(2):
        assert client.post(here, data={"text": text(), "how": "all"}).status_code == 302
    assert db.scalars(sa.select(Requirement.title_zh)).all() == [ROW["title_zh"]]


@pytest.mark.parametrize("name", KINDS)
def test_others_bring_nothing(client: Visitor, db: Session, name: str) -> None:
    made = court(db)
    here = f"/organize/rounds/{made.round.slug}/import/{name}"
    for person in (UserFactory(), UserFactory(admin=True), made.people[0], court(db).organizer):
        client.sign_in(person)
        assert client.get(here).status_code in (403, 404)
        for how in ("look", "all"):
            assert client.post(here, data={"text": JUDGES, "how": how}).status_code in (403, 404)
    for actor in (made.as_judge(), court(db).as_organizer, actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            row_imports.take(db, KINDS[name], actor, Place(made.round.id), TABLES[name], {})
    assert invited(db) == []
