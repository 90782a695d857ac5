"""What people say for judging: keywords, languages, texts of their own, ties to others."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import OrganizationAlias
from challenge.judging import expertise
from challenge.rules.conflicts import name_key
from challenge.rules.errors import Invalid, InvalidMany
from challenge.supply import experts
from challenge.ties import services as ties
from challenge.ties.models import Tie
from challenge.ties.services import Told
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.judging.stories import court
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

PAGE = "/profile/judging"


def test_what_a_judge_says_is_read_with_the_panel(db: Session, client: Visitor) -> None:
    made = court(db)
    client.sign_in(made.people[0])
    said = {"keywords": "纳米材料, catalysis，catalysis", "languages": ["en", "zh"]}
    for _ in range(2):
        assert client.post(PAGE, data=said).status_code == 302
        text = {"title": "Perovskites", "text": "An abstract"}
        assert client.post(f"{PAGE}/documents", data=text).status_code == 302
    known = expertise.of_panel(db, made.phase.id)[made.judges[0].id]
    assert known.keywords == ("纳米材料", "catalysis")
    assert known.languages == {"zh", "en"}
    assert known.texts == ("Perovskites\nAn abstract",)
    shown = client.get(PAGE).text
    assert "Perovskites" in shown
    (document,) = experts.of_person(db, made.people[0].id).documents
    remove = f"{PAGE}/documents/{document.ref}/remove"
    for _ in range(2):
        assert client.post(remove).status_code == 302
    assert experts.of_person(db, made.people[0].id).documents == ()


def test_nobody_takes_away_what_is_another_s(db: Session) -> None:
    mine, other = UserFactory(), UserFactory()
    experts.add_document(db, actor_of(mine), "T", "x")
    (document,) = experts.of_person(db, mine.id).documents
    experts.remove_document(db, actor_of(other), document.ref)
    assert experts.of_person(db, mine.id).documents == (document,)
    tie = ties.tell(db, actor_of(mine), Told("family", "Li Lei"))
    ties.take_back(db, actor_of(other), tie.ref)
    assert ties.mine(db, mine.id) == [tie]


def test_an_agreement_recorded_again_ties_until_the_later_end(db: Session) -> None:
    one, other = OrganizationFactory(), OrganizationFactory()
    ends = {"organization_id": one.id, "other_organization_id": other.id}
    late, early = dt.date(2030, 1, 1), dt.date(2027, 1, 1)
    for until, stands in ((early, early), (late, late), (early, late), (None, None), (late, None)):
        assert ties.record(db, "agreement", **ends, until=until).until == stands


@pytest.mark.parametrize(
    ("keywords", "languages", "code"),
    [
        (",".join(f"k{n}" for n in range(21)), [], "too_many_keywords"),
        ("x" * 61, [], "too_long"),
        ("x", ["fr"], "not_a_choice"),
    ],
)
def test_words_beyond_reason_come_back(db: Session, keywords: str, languages: list[str], code: str) -> None:
    with pytest.raises(InvalidMany) as refusal:
        experts.save(db, actor_of(UserFactory()), keywords, languages)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_twenty_texts_fit(db: Session) -> None:
    me = actor_of(UserFactory())
    for number in range(20):
        experts.add_document(db, me, f"T{number}", "x")
    with pytest.raises(Invalid, match="too_many_documents"):
        experts.add_document(db, me, "One more", "x")
    with pytest.raises(InvalidMany):
        experts.add_document(db, me, " ", "x" * 20_001)


def test_a_tie_is_told_once_and_finds_people_and_organizations(db: Session, client: Visitor) -> None:
    works = OrganizationFactory(name="省科院")
    db.add(OrganizationAlias(organization_id=works.id, name="轻工所", name_key=name_key("轻工所")))
    sister, me = UserFactory(email="sister@lzu.edu.cn"), UserFactory()
    client.sign_in(me)
    for _ in range(2):
        family = {"kind": "family", "name": "My sister", "email": "Sister@LZU.edu.cn"}
        assert client.post(f"{PAGE}/ties", data=family).status_code == 302
        shares = {"kind": "equity", "name": "轻工 所", "since": "2024-02-01"}
        assert client.post(f"{PAGE}/ties", data=shares).status_code == 302
    told = db.scalars(sa.select(Tie).order_by(Tie.id)).all()
    assert [(t.kind, t.other_id, t.organization_id) for t in told] == [
        ("family", sister.id, None),
        ("equity", None, works.id),
    ]
    assert "My sister" in client.get(PAGE).text
    remove = f"{PAGE}/ties/{told[0].ref}/remove"
    for _ in range(2):
        assert client.post(remove).status_code == 302
    assert db.scalar(sa.select(sa.func.count()).select_from(Tie)) == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "enmity"}, "kind", "not_a_choice"),
        ({"kind": "agreement"}, "year", "say_when"),
        ({"kind": "co_author", "year": "1900"}, "year", "out_of_range"),
        ({"kind": "co_author", "year": "2024", "since": "2024-01-01"}, "year", "year_or_days"),
        ({"note": "x" * 501}, "note", "too_long"),
        ({"name": " - "}, "name", "required"),
        ({"email": "nobody"}, "email", "not_an_address"),
        ({"since": "2999-01-01"}, "since", "not_yet"),
        ({"since": "2024-01-02", "until": "2024-01-01"}, "until", "ends_before_start"),
    ],
)
def test_a_faulty_tie_comes_back_to_its_field(
    db: Session, client: Visitor, change: dict[str, str], field: str, code: str
) -> None:
    client.sign_in(UserFactory())
    answer = client.post(f"{PAGE}/ties", data={"kind": "family", "name": "Li Lei", **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text, code


def test_what_was_told_is_in_the_person_s_own_data(db: Session, client: Visitor) -> None:
    me = UserFactory()
    experts.save(db, actor_of(me), "catalysis", ["zh"])
    experts.add_document(db, actor_of(me), "Perovskites", "An abstract")
    ties.tell(db, actor_of(me), Told("family", "Li Lei"))
    db.commit()
    client.sign_in(me)
    found = zipfile.ZipFile(io.BytesIO(client.get("/profile/data.zip").data))
    for table, word in (("expert", "catalysis"), ("expert_document", "Perovskites"), ("tie", "Li Lei")):
        assert word in found.read(next(n for n in found.namelist() if f"/{table}." in n)).decode()


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_whatever_it_shows(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    me = UserFactory()
    for number in range(count):
        experts.add_document(db, actor_of(me), f"T{number}", "x")
        ties.tell(db, actor_of(me), Told("family", f"Li {number}"))
    client.sign_in(me)
    with statements() as asked:
        assert client.get(PAGE).status_code == 200
    assert len(asked) <= 6, asked
