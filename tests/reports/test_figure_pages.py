"""The pages of figures: who reads which, what each figure opens, and what is taken along."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.figures import keeping
from challenge.flow import errands
from challenge.reports import records
from tests.factories import GrantFactory, UserFactory, organizer_of
from tests.reports import thirty
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

BEHIND = {
    "collected": 27,  # rows: what came again stands there twice
    "published": 20,
    "answered": 15,
    "docked": 9,
    "intent": 5,
    "contract": 8,
    "delivered": 2,
    "solutions": 19,
    "dockings": 10,
    "intents": 5,
    "contracts": 9,
}


@pytest.fixture
def town(db: Session) -> thirty.Town:
    made = thirty.town(db)
    keeping.refresh(db, made.things(), records.facts(db, made.things()))
    return made


def manager(organization_id: int) -> User:
    user: User = UserFactory()
    GrantFactory(user_id=user.id, role="manager", scope="organization", scope_id=organization_id)
    return user


def text_of(page: str) -> str:
    """The words of a page, without what marks them."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_administrator_reads_the_whole_funnel(client: Visitor, town: thirty.Town) -> None:
    client.sign_in(UserFactory(admin=True))
    page = text_of(client.get("/figures/site/all").text)
    for said in ("Needs collected 21", "Solutions received", "1 of them ended since", "CNY 5,700,000"):
        assert said in page
    assert "CNY 600,000" in page, "what ended since is told apart"
    assert "USD 9,000,000" in page, "currencies are never added up"


@pytest.mark.parametrize(("name", "count"), BEHIND.items())
def test_each_figure_opens_the_list_behind_it(
    client: Visitor, db: Session, town: thirty.Town, name: str, count: int
) -> None:
    client.sign_in(UserFactory(admin=True))
    rows = lines(client.get(f"/figures/site/all/behind/{name}?as=csv").text)
    assert len(rows) - 1 == count
    page = client.get(f"/figures/site/all/behind/{name}")
    assert page.text.count('<th scope="row">') == count


def test_whose_figures_they_are_says_who_reads_them(client: Visitor, db: Session, town: thirty.Town) -> None:
    round_, branch = town.rounds["A24"].slug, town.organization("L").ref
    places = ("site/all", "programme/" + town.programmes["A"].slug, f"round/{round_}", f"branch/{branch}")
    readers: dict[User, set[int]] = {
        organizer_of(town.programmes["A"]): {1, 2},
        organizer_of(town.programmes["B"]): set(),
        manager(town.organization("L").id): {3},
        manager(town.organization("G").id): {1, 2, 3},
        UserFactory(): set(),
        UserFactory(admin=True): {0, 1, 2, 3},
    }
    for person, reads in readers.items():
        client.sign_in(person)
        found = {at for at, place in enumerate(places) if client.get(f"/figures/{place}").status_code == 200}
        assert found == reads
        for ending in (".csv", "/behind/contracts", "/behind/contracts?as=csv"):
            answers = [client.get(f"/figures/{place}{ending}").status_code for place in places]
            assert [code == 200 for code in answers] == [at in reads for at in range(4)], ending
    client.sign_out()
    assert client.get("/figures/site/all").status_code in (302, 404)


def test_a_branch_manager_reads_its_own_with_filters(client: Visitor, town: thirty.Town) -> None:
    client.sign_in(manager(town.organization("L").id))
    own = f"/figures/branch/{town.organization('L').ref}"
    assert "Needs collected 8" in text_of(client.get(own).text)
    chosen = f"{own}?programme={town.programmes['A'].slug}&field=materials&year=2025"
    assert "Needs collected 2" in text_of(client.get(chosen).text)
    rows = lines(client.get(f"{own}.csv?field=materials").text)
    assert ["Needs collected", "2", "2", "2", "", "", ""] in rows
    assert any(row[:1] == ["Figures of"] for row in rows)


def test_what_is_not_public_is_named_by_number_alone_to_who_does_not_run_it(
    client: Visitor, db: Session, town: thirty.Town
) -> None:
    secret = town.needs["07"]  # handed in, not published
    client.sign_in(UserFactory(admin=True))
    assert secret.title_en not in client.get("/figures/site/all/behind/collected").text
    code = re.compile(r"\bS-\d")
    assert not code.search(client.get("/figures/site/all/behind/solutions").text)
    client.sign_in(organizer_of(town.programmes["A"]))
    round_ = town.rounds["A24"].slug
    assert secret.title_en in client.get(f"/figures/round/{round_}/behind/collected").text
    assert code.search(client.get(f"/figures/round/{round_}/behind/solutions").text)


@pytest.mark.parametrize("place", ["site/all", "programme", "round", "branch"])
def test_a_page_of_figures_costs_the_same_however_much_there_is(
    client: Visitor, db: Session, town: thirty.Town, statements: Counting, place: str
) -> None:
    addresses = {
        "programme": f"programme/{town.programmes['A'].slug}",
        "round": f"round/{town.rounds['A24'].slug}",
        "branch": f"branch/{town.organization('G').ref}",
    }
    client.sign_in(UserFactory(admin=True))
    address = f"/figures/{addresses.get(place, place)}"
    client.get(address)
    now = 1  # the frame of every page asks for the time
    for path in (address, f"{address}?year=2024", f"{address}?year=1999"):
        with statements() as asked:
            client.get(path)
        assert len(asked) - now <= (5 if place == "site/all" else 6), str(asked)
    with statements() as asked:
        client.get(f"{address}/behind/collected")
    assert len(asked) - now <= 4, str(asked)


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_figures_are_taken_along_as_a_file(
    client: Visitor, db: Session, town: thirty.Town, form: str
) -> None:
    client.sign_in(organizer_of(town.programmes["A"]))
    own = f"/figures/programme/{town.programmes['A'].slug}"
    for _twice in range(2):
        answer = client.post(f"{own}/files", data={"form": form, "year": "2024"})
        assert answer.status_code == 302
    db.commit()
    errands.work_once(99)
    page = client.get(f"{own}/files").text
    assert page.count(f"{own}/files/") == 1, "asked twice, it is one"
    address = page.partition(f'href="{own}/files/')[2].partition('"')[0]
    made = client.get(f"{own}/files/{address}")
    assert made.status_code == 200
    if form == "pdf":
        assert made.data.startswith(b"%PDF-")
    else:
        sheet = zipfile.ZipFile(io.BytesIO(made.data)).read("xl/sharedStrings.xml").decode()
        assert "Needs collected" in sheet
    client.sign_in(UserFactory(admin=True))
    assert client.get(f"{own}/files/{address}").status_code == 404
