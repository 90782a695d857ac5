"""Past agreements and co-authorships: told by people, brought as files, found with their source."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit.models import AuditEntry
from challenge.base import clock
from challenge.files.models import Blob
from challenge.judging.conflict_models import ConflictCase
from challenge.rounds.models import Programme
from challenge.ties import services as ties
from challenge.ties.brought import MOST_BYTES
from challenge.ties.models import Tie, TieFile
from challenge.ties.services import Told
from challenge.work import drain
from tests.factories import OrganizationFactory, UserFactory, organizer_of
from tests.judging.stories import Court, court
from tests.judging.test_cases import found
from tests.judging.test_conflicts import a_member, home_of_judge
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

HEAD = "kind,one,other,year,until,note"
CODE = "91620102MA71A1B2X3"


def year(made: Court, back: int = 0) -> int:
    return clock.now(made.db).year - back


def slug(made: Court) -> str:
    query = sa.select(Programme.slug).where(Programme.id == made.round.programme_id)
    return made.db.scalars(query).one()


def here(made: Court) -> str:
    return f"/organize/programmes/{slug(made)}/ties"


def bring(client: Visitor, made: Court, *rows: str, head: str = HEAD) -> TieFile:
    """Bring a CSV file as the organizer, and let it be read."""
    data = "\n".join([head, *rows]).encode()
    return send(client, made, data, "ties.csv")


def send(client: Visitor, made: Court, data: bytes, name: str) -> TieFile:
    made.db.commit()
    client.sign_in(made.organizer)
    form = {"file": (io.BytesIO(data), name)}
    answer = client.post(here(made), data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    made.db.commit()
    drain()
    made.db.expire_all()
    return made.db.scalars(sa.select(TieFile).order_by(TieFile.id.desc()).limit(1)).one()


def cases(made: Court) -> dict[str, ConflictCase]:
    """What stands on the record, without a search of ours."""
    made.db.expire_all()
    query = sa.select(ConflictCase).where(ConflictCase.judge_id == made.judges[0].id)
    return {each.kind: each for each in made.db.scalars(query)}


def solver_s_place(made: Court, **of_it: Any) -> Organization:
    works: Organization = OrganizationFactory(**of_it)
    made.entries[0].organization_id = works.id
    return works


def test_a_person_tells_agreements_and_works(client: Visitor, db: Session) -> None:
    made = court(db)
    solver_s_place(made, registration_code=CODE, name="Solver Works")
    db.commit()
    client.sign_in(made.people[0])
    for _ in range(2):
        told = {"kind": "agreement", "name": CODE.lower(), "year": year(made), "note": "A pilot plant"}
        assert client.post("/profile/judging/ties", data=told).status_code == 302
    assert db.scalar(sa.select(sa.func.count()).select_from(Tie)) == 1
    page = client.get("/profile/judging").text
    assert "Solver Works" in page
    assert "A pilot plant" in page
    db.commit()
    drain()
    said = cases(made)["agreement"].evidence
    assert [(each["code"], each["place"], each["note"]) for each in said] == [
        ("own_word", "Solver Works", "A pilot plant")
    ]
    client.sign_in(made.organizer)
    assert "“A pilot plant”" in client.get(f"/organize/rounds/{made.round.slug}/conflicts").text


def test_an_agreement_with_a_person_goes_by_the_address(db: Session) -> None:
    made = court(db)
    a_member(made, email="solver@qq.com")
    ties.tell(db, made.as_judge(), Told("agreement", "A friend", "Solver@QQ.com", year=year(made)))
    assert "agreement" in found(made)


@pytest.mark.parametrize(("back", "counts"), [(2, True), (3, True), (4, False)])
def test_a_year_counts_for_three_years_after_its_end(db: Session, back: int, counts: bool) -> None:
    made = court(db)
    a_member(made, email="solver@qq.com")
    ties.tell(db, made.as_judge(), Told("co_author", "x", "solver@qq.com", year=year(made, back)))
    assert ("co_author" in found(made)) is counts


def of_two_people(made: Court) -> tuple[str, str]:
    return "co-authorship", a_member(made, email="solver@qq.com").email


def of_a_person_and_the_solver_s_place(made: Court) -> tuple[str, str]:
    return "agreement", solver_s_place(made, name="Solver Works").name


def of_a_place_by_its_code(made: Court) -> tuple[str, str]:
    solver_s_place(made, registration_code=CODE)
    return "协议", CODE


@pytest.mark.parametrize("whom", [of_two_people, of_a_person_and_the_solver_s_place, of_a_place_by_its_code])
@pytest.mark.parametrize("turned", [False, True])
def test_what_a_file_states_becomes_a_case_with_the_file_and_the_row(
    client: Visitor, db: Session, whom: Any, turned: bool
) -> None:
    made = court(db)
    kind, other = whom(made)
    if turned and kind == "co-authorship":
        ends = f"{other},{made.people[0].email.upper()}"
    elif turned:
        ends = f"{other},{made.people[0].email}"
    else:
        ends = f"{made.people[0].email},{other}"
    file = bring(client, made, "", f"{kind},{ends},{year(made, 1)},,Patent")
    assert (file.state, file.added, file.faults) == ("done", 1, [])
    (case,) = cases(made).values()
    assert case.state == "open"
    (said,) = case.evidence
    assert (said["code"], said["file"], said["row"], said["note"]) == ("stated", "ties.csv", 3, "Patent")
    page = client.get(f"/organize/rounds/{made.round.slug}/conflicts").text
    assert "“Patent” – file ties.csv, row 3" in page


def test_agreements_of_two_organizations_and_of_a_colleague_are_found(client: Visitor, db: Session) -> None:
    made = court(db)
    mine, theirs = home_of_judge(made, name="Judge Works"), solver_s_place(made, name="Solver Works")
    member = a_member(made)
    db.flush()
    row = f"contract,{mine.name},%s,{year(made)}"
    bring(client, made, row % theirs.name, row % member.email, head="类型,甲方,乙方,年份")
    said = cases(made)["agreement"].evidence
    assert [(each["code"], each.get("both"), each.get("who", "")) for each in said] == [
        ("agreement", ["Judge Works", "Solver Works"], ""),
        ("stated", None, "x"),
    ]


def test_a_file_is_withdrawn_and_brought_twice_is_one(client: Visitor, db: Session) -> None:
    made = court(db)
    row = f"co-author,{made.people[0].email},{a_member(made, email='solver@qq.com').email},{year(made)}"
    first = bring(client, made, row)
    assert bring(client, made, row).id == first.id
    turned = ",".join([row.split(",", maxsplit=1)[0], "solver@qq.com", made.people[0].email, str(year(made))])
    second = bring(client, made, turned, turned)
    assert (second.added, second.known) == (0, 2)
    assert db.scalar(sa.select(sa.func.count()).select_from(Blob)) == 2
    assert {first.sha256, second.sha256} == {None}, "its bytes are not wanted once it is read"
    for _ in range(2):
        assert client.post(f"{here(made)}/{first.ref}/withdraw").status_code == 302
    db.commit()
    drain()
    assert cases(made)["co_author"].gone_at is not None
    assert "withdrawn" in client.get(here(made)).text
    of_ties = sa.select(AuditEntry.action).where(AuditEntry.action.like("ties.%"))
    actions = db.scalars(of_ties.order_by(AuditEntry.seq)).all()
    assert actions == ["ties.brought", "ties.brought", "ties.withdrawn"]
    assert bring(client, made, row).added == 1


def test_a_file_counts_in_its_programme_alone(client: Visitor, db: Session) -> None:
    made, other = court(db), court(db)
    for each in (made, other):
        a_member(each, email="solver@qq.com") if each is made else None
    row = f"co-author,{other.people[0].email},{made.people[0].email},{year(made)}"
    bring(client, made, row)
    other.entries[0].owner_id = made.people[0].id
    db.flush()
    assert found(other) == {}
    stranger = organizer_of(other.round.programme)
    client.sign_in(stranger)
    assert client.get(here(made)).status_code == 403
    assert client.post(f"{here(made)}/{db.scalars(sa.select(TieFile.ref)).one()}/withdraw").status_code == 403


def test_every_fault_is_told_by_its_cell_and_nothing_is_kept(client: Visitor, db: Session) -> None:
    made = court(db)
    me = made.people[0].email
    now = year(made)
    rows = [
        f"agreement,{me},Any Place,{now}",
        f"friend,{me},a@example.org,{now}",
        f"co-author,Somebody,a@example.org,{now}",
        f"agreement,,{me},{now + 1}",
        f"agreement,Here Ltd,There Ltd,{now}",
        f"co-author,{me},{me},{now}",
        f"co-author,{me},a@,{now},{now - 1}",
        f"agreement,=A1,{me},{now}",
    ]
    file = bring(client, made, *rows)
    assert (file.state, file.added) == ("refused", 0)
    told = [(each["cell"], each["code"]) for each in file.faults]
    assert told == [
        ("A3", "tie_kind"),
        ("B4", "tie_needs_address"),
        ("B5", "tie_end_missing"),
        ("D5", "tie_year"),
        ("E8", "ends_before_start"),
        ("B9", "cell_formula"),
        ("B6", "tie_unknown"),
        ("C7", "tie_same_ends"),
    ]
    page = client.get(here(made)).text
    assert all(cell in page for cell, _ in told)
    assert "Write agreement or co-authorship: friend" in page
    assert db.scalar(sa.select(sa.func.count()).select_from(Tie)) == 0


def test_columns_are_needed_and_stand_anywhere(client: Visitor, db: Session) -> None:
    made = court(db)
    file = bring(client, made, "x", head="kind,Kind,one,year")
    assert [(each["cell"], each["code"]) for each in file.faults] == [
        ("B1", "column_twice"),
        ("A1", "column_needed"),
    ]
    me, other = made.people[0].email, a_member(made).email
    moved = bring(client, made, f"{year(made)},anything,{me},{other},合著", head="年份,?,一方,另一方,类型")
    assert moved.added == 1


def test_a_workbook_is_read_and_what_is_none_is_refused(client: Visitor, db: Session) -> None:
    made = court(db)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(","))
    sheet.append(["agreement", made.people[0].email, "Any Place", year(made)])
    out = io.BytesIO()
    book.save(out)
    assert send(client, made, out.getvalue(), "t.xlsx").added == 1
    broken = send(client, made, b"PK\x03\x04 no workbook", "t.xlsx")
    assert [each["code"] for each in broken.faults] == ["not_a_workbook"]
    assert send(client, made, b"\xff\xff\xff", "t.csv").state == "refused"
    client.sign_in(made.organizer)
    assert client.post(here(made), data={}).status_code == 422
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
    heavy = part + b"x" * (MOST_BYTES + 1) + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    assert client.post(here(made), data=heavy, content_type=kind).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_a_fixed_number_of_times(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    made = court(db)
    for number in range(count):
        db.add(
            TieFile(programme_id=made.round.programme_id, name="x", digest=str(number), size=1, state="done")
        )
    db.commit()
    client.sign_in(made.organizer)
    page = here(made)
    with statements() as asked:
        assert client.get(page).status_code == 200
    # user, roles, programme, files, the time
    assert len(asked) == 5, asked


def test_no_judge_reads_what_a_file_says(client: Visitor, db: Session) -> None:
    """Who was written into a file would tell a judge in a blind phase who takes part."""
    made = court(db)
    a_member(made, email="canary@qq.com", name="Canaria")
    bring(client, made, f"co-author,{made.people[0].email},canary@qq.com,{year(made)},,canary-note")
    client.sign_in(made.people[0])
    for path in ("/profile/judging", "/work", "/judge/", f"/judge/{made.assignment().ref}"):
        assert "canar" not in client.get(path).text.casefold(), path
    client.sign_in(UserFactory())
    assert client.get(here(made)).status_code == 403
