"""Resources of a round: open ones, and those behind terms that each person accepts once per version."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rounds import resources, terms
from challenge.rounds.models import Round
from challenge.rounds.resource_models import Acceptance, Opening, Resource
from challenge.rounds.resources import ResourceFacts
from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from tests.factories import RoundFactory, UserFactory, actor_of, organizer_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

DATA, SECRET = ResourceFacts(title_en="Sample images"), ResourceFacts(title_en="Drawings", gated=True)
PDF = b"%PDF-1.7 drawings"


def organized(stage: Stage = Stage.SUBMISSION) -> tuple[Round, Actor]:
    round_ = RoundFactory(stage=stage)
    return round_, actor_of(organizer_of(round_.programme))


def happened(db: Session, action: str) -> int:
    return db.scalar(sa.select(sa.func.count()).where(AuditEntry.action == action)) or 0


def gated_link(db: Session, round_: Round, organizer: Actor) -> str:
    """The path of a link behind terms."""
    terms.write(db, organizer, round_.id, "保密。", "Keep it to yourself.")
    found = resources.add_link(db, organizer, round_.id, SECRET, "https://data.example.org/a?b=1")
    return f"/rounds/{round_.slug}/resources/files/{found.ref}"


def test_a_link_is_added_once_and_leads_there(client: Visitor, db: Session) -> None:
    round_, organizer = organized()
    for _ in range(2):
        found = resources.add_link(db, organizer, round_.id, DATA, " https://example.org/data ")
    assert happened(db, "resource.added") == 1
    answer = client.get(f"/rounds/{round_.slug}/resources/files/{found.ref}")
    assert (answer.status_code, answer.location) == (302, "https://example.org/data")
    assert [row.user_id for row in db.scalars(sa.select(Opening))] == [None]
    page = client.get(f"/rounds/{round_.slug}/resources").text
    assert "Sample images" in page
    assert "Resources" in client.get(f"/rounds/{round_.slug}").text


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.org/x",
            "//example.org",
            "example.org",
            "",
        ),
        *("https://", "https://user:secret@example.org/", "https://example.org/\u202egpj", "https://a b.org"),
        *("https://example.org:port/", "https://example.org/\r\nX-Evil: 1", "file:///etc/passwd"),
    ],
)
def test_a_link_is_a_web_page_by_its_whole_address(db: Session, url: str) -> None:
    round_, organizer = organized()
    with pytest.raises(InvalidMany) as refused:
        resources.add_link(db, organizer, round_.id, DATA, url)
    assert [(each.field, each.code) for each in refused.value.faults] == [("url", "not_a_web_page")]


def test_limits_of_texts_and_nothing_behind_terms_that_are_not_written(db: Session) -> None:
    round_, organizer = organized()
    facts = ResourceFacts(note_zh="长" * 501, gated=True)
    with pytest.raises(InvalidMany) as refused:
        resources.add_link(db, organizer, round_.id, facts, "https://example.org/" + "x" * 500)
    assert {(each.field, each.code) for each in refused.value.faults} == {
        ("note_zh", "too_long"),
        ("title_zh", "title_needed"),
        ("gated", "terms_missing"),
        ("url", "too_long"),
    }
    with pytest.raises(InvalidMany):
        terms.write(db, organizer, round_.id, " ", "x" * 20_001)


def test_resources_are_the_organizer_s_until_the_round_is_over(db: Session) -> None:
    round_, organizer = organized(Stage.CLOSED)
    for who in (organizer, actor_of(UserFactory()), actor_of(UserFactory(admin=True))):
        with pytest.raises(NotAllowed):
            resources.add_link(db, who, round_.id, DATA, "https://example.org/")


def test_terms_are_accepted_once_then_it_opens_and_both_are_on_record(client: Visitor, db: Session) -> None:
    round_, organizer = organized()
    path = gated_link(db, round_, organizer)
    here = f"/rounds/{round_.slug}/resources"
    assert client.get(path).location.startswith("/login")
    solver = UserFactory()
    client.sign_in(solver)
    assert client.get(path).location == f"{here}#terms"
    assert "Keep it to yourself." in client.get(here).text
    for _ in range(2):
        assert client.post(f"{here}/terms", data={"version": "1"}).status_code == 302
    (word,) = db.scalars(sa.select(Acceptance)).all()
    assert word.user_id == solver.id
    assert happened(db, "terms.accepted") == 1
    assert client.get(path).location == "https://data.example.org/a?b=1"
    assert [row.user_id for row in db.scalars(sa.select(Opening))] == [solver.id]
    assert "Terms accepted" in client.get(here).text


def test_changed_terms_ask_again_and_the_same_terms_do_not(client: Visitor, db: Session) -> None:
    round_, organizer = organized()
    path = gated_link(db, round_, organizer)
    solver = UserFactory()
    terms.accept(db, actor_of(solver), round_.id, 1)
    assert terms.write(db, organizer, round_.id, "保密。", "Keep it to yourself. ").version == 1
    client.sign_in(solver)
    assert client.get(path).location.startswith("https://data")
    assert terms.write(db, organizer, round_.id, "保密。", "And delete it afterwards.").version == 2
    assert client.get(path).location.endswith("#terms")
    with pytest.raises(WrongState, match="resource_terms_changed"):
        terms.accept(db, actor_of(solver), round_.id, 1)
    client.post(f"/rounds/{round_.slug}/resources/terms", data={"version": "2"})
    assert client.get(path).location.startswith("https://data")
    assert [word.version for word in terms.words(db, round_.id)] == [2, 1]


def test_another_round_s_terms_open_nothing_here(client: Visitor, db: Session) -> None:
    round_, organizer = organized()
    path = gated_link(db, round_, organizer)
    other, its_organizer = organized()
    gated_link(db, other, its_organizer)
    solver = UserFactory()
    terms.accept(db, actor_of(solver), other.id, 1)
    client.sign_in(solver)
    assert client.get(path).location.endswith("#terms")
    wrong_round = path.replace(round_.slug, other.slug)
    assert client.get(wrong_round).status_code == 404


def test_a_draft_round_s_resources_are_nobody_s_yet(client: Visitor, db: Session) -> None:
    round_, organizer = organized(Stage.DRAFT)
    found = resources.add_link(db, organizer, round_.id, DATA, "https://example.org/")
    path = f"/rounds/{round_.slug}/resources/files/{found.ref}"
    client.sign_in(UserFactory())
    assert client.get(path).status_code == 403
    assert client.get(f"/rounds/{round_.slug}/resources").status_code == 403
    assert client.post(f"/rounds/{round_.slug}/resources/terms", data={"version": "1"}).status_code == 403


def test_the_organizer_s_page_adds_a_file_and_shows_who_opened_it(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    person = organizer_of(round_.programme)
    client.sign_in(person)
    here = f"/organize/rounds/{round_.slug}/resources"
    written = {"terms-text_en": "Keep it to yourself."}
    assert client.post(f"{here}/terms", data=written).status_code == 302
    form = {"file-title_en": "Drawings", "file-gated": "y", "file-files": (BytesIO(PDF), "图纸.pdf")}
    answer = client.post(f"{here}/files", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    resource = db.scalars(sa.select(Resource)).one()
    assert (resource.file_name, resource.gated) == ("图纸.pdf", True)
    solver = UserFactory(name="Curious Solver")
    terms.accept(db, actor_of(solver), round_.id, 1)
    client.sign_in(solver)
    path = f"/rounds/{round_.slug}/resources/files/{resource.ref}"
    got = client.get(path)
    assert (got.status_code, got.data) == (200, PDF)
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    rest = client.get(path, headers={"Range": "bytes=5-"})
    assert (rest.status_code, rest.data) == (206, PDF[5:])
    assert db.scalar(sa.select(sa.func.count()).select_from(Opening)) == 1
    client.sign_in(person)
    page = client.get(here).text
    assert page.count("Curious Solver") == 2
    assert client.post(f"{here}/{resource.ref}/remove").status_code == 302
    client.sign_in(solver)
    assert client.get(path).status_code == 404


def test_faults_come_back_to_their_form(client: Visitor, db: Session) -> None:
    round_ = RoundFactory(stage=Stage.SUBMISSION)
    client.sign_in(organizer_of(round_.programme))
    here = f"/organize/rounds/{round_.slug}/resources"
    answer = client.post(f"{here}/links", data={"link-url": "javascript:alert(1)", "link-title_en": "Kept"})
    assert answer.status_code == 422
    assert 'id="link-url-error"' in answer.text
    assert "Kept" in answer.text
    answer = client.post(
        f"{here}/files", data={"file-title_en": "No file"}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert 'id="file-files-error"' in answer.text
    assert client.post(f"{here}/terms", data={}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_whatever_it_shows(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    round_, organizer = organized()
    terms.write(db, organizer, round_.id, "", "Terms.")
    for number in range(count):
        facts = ResourceFacts(title_en=f"Part {number}", gated=True)
        resources.add_link(db, organizer, round_.id, facts, f"https://example.org/{number}")
    with statements() as asked:
        assert client.get(f"/rounds/{round_.slug}/resources").status_code == 200
    assert len(asked) <= 4, asked
