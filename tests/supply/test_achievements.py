"""An achievement is written, published, kept current, opened to single people, and retired."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed
from challenge.supply import achievements, reads
from challenge.supply.achievements import Owner
from challenge.supply.content import Content
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.supply.stories import WHOLE, offered, owning

FORM = {
    "title_zh": "水下激光焊接装置",
    "summary_zh": "在三十米水深焊接不锈钢。",
    "detail": "CANARY-SECRET",
    "field": "manufacturing",
    "keywords": "焊接，激光",
    "trl": "6",
    "modes": "licence",
    "price": "120",
    "price_unit": "CNY-wan",
}


def test_it_is_written_and_published_by_form(db: Session, client: Visitor) -> None:
    person, organization = owning(db)
    db.commit()
    client.sign_in(person)
    page = {"ref": "abcdefghijkm", "owner": organization.ref}
    for _ in range(2):  # the same page sent twice is one draft
        begun = client.post("/supply/achievements/new", data=page)
        assert begun.headers["Location"] == "/supply/achievements/abcdefghijkm"
    done = client.post("/supply/achievements/abcdefghijkm", data={**FORM, "next": "publish"})
    assert done.headers["Location"] == "/achievements/abcdefghijkm"
    client.sign_out()
    shown = client.get("/achievements/abcdefghijkm").text
    assert "水下激光焊接装置" in shown
    assert (organization.name_en or organization.name) in shown
    assert "CANARY-SECRET" not in shown
    assert "水下激光焊接装置" in client.get("/achievements?trl=5&field=manufacturing").text
    assert "水下激光焊接装置" not in client.get("/achievements?trl=7").text


def test_what_is_missing_comes_back_to_its_field(db: Session, client: Visitor) -> None:
    person, organization = owning(db)
    made = achievements.create(db, actor_of(person), Owner(organization.id))
    db.commit()
    client.sign_in(person)
    answer = client.post(f"/supply/achievements/{made.ref}", data={"title_en": "Head", "next": "publish"})
    assert answer.status_code == 422
    for field in ("summary_zh", "field", "trl", "keywords", "modes"):
        assert f'id="{field}-error"' in answer.text, field
    db.expire_all()
    assert reads.by_ref(db, made.ref).title_en == "Head"  # saved all the same


@pytest.mark.parametrize(
    ("price", "field"), [("1.2亿", "price"), ("-3", "price"), ("120 元", "price"), ("9" * 20, "price")]
)
def test_a_price_that_cannot_be_read_is_refused(db: Session, client: Visitor, price: str, field: str) -> None:
    made = offered(db, owner=(person := UserFactory()))
    db.commit()
    client.sign_in(person)
    answer = client.post(f"/supply/achievements/{made.ref}", data={**FORM, "price": price})
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


def test_only_the_owner_changes_it(db: Session) -> None:
    made, stranger = offered(db), actor_of(UserFactory())
    for act in (
        lambda: achievements.edit(db, stranger, made.ref, WHOLE),
        lambda: achievements.retire(db, stranger, made.ref),
        lambda: achievements.confirm(db, stranger, made.ref),
        lambda: achievements.open_to(db, stranger, made.ref, "a@example.org"),
        lambda: achievements.create(db, stranger, Owner(organization_id=made.organization_id), WHOLE),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_published_one_stays_whole(db: Session) -> None:
    made = offered(db, owner=(person := UserFactory()))
    with pytest.raises(InvalidMany):
        achievements.edit(db, actor_of(person), made.ref, Content(title_en="Only a title"))


def test_the_confidential_part_is_for_its_owner_and_those_let_in(db: Session, client: Visitor) -> None:
    made = offered(db, owner=(person := UserFactory()))
    reader, admin = UserFactory(), UserFactory(admin=True)
    with pytest.raises(Invalid):
        achievements.open_to(db, actor_of(person), made.ref, "nobody")
    for _ in range(2):
        achievements.open_to(db, actor_of(person), made.ref, f" {reader.email.upper()} ")
    db.commit()
    for who, reads_it in (
        (person, True),
        (reader, True),
        (admin, False),
        (UserFactory(), False),
        (None, False),
    ):
        db.commit()
        client.sign_out() if who is None else client.sign_in(who)
        assert ("CANARY-SECRET" in client.get(f"/achievements/{made.ref}").text) is reads_it, who
    achievements.close_to(db, actor_of(person), made.ref, reader.email)
    db.commit()
    client.sign_in(reader)
    assert "CANARY-SECRET" not in client.get(f"/achievements/{made.ref}").text
    opened = sa.select(sa.func.count()).where(
        AuditEntry.action.in_(("achievement.opened", "achievement.shut"))
    )
    assert db.scalar(opened) == 2


def test_what_is_retired_is_its_owner_s_alone(db: Session, client: Visitor) -> None:
    made = offered(db, owner=(person := UserFactory()))
    db.commit()
    client.sign_in(person)
    for _ in range(2):
        assert client.post(f"/supply/achievements/{made.ref}/retire").status_code == 302
    assert client.get(f"/achievements/{made.ref}").status_code == 200
    client.sign_in(other := UserFactory())
    db.commit()
    assert other.id != person.id
    assert client.get(f"/achievements/{made.ref}").status_code == 403
    assert "水下激光焊接装置" not in client.get("/achievements").text


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_they_show(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    person = UserFactory()
    for number in range(count):
        offered(db, owner=person, title_en=f"Head {number}")
    db.commit()
    client.sign_in(person)
    with statements() as asked:
        assert "Head 0" in client.get("/supply").text
    assert len(asked) <= 5, asked
    client.sign_out()
    with statements() as asked:
        assert client.get("/achievements").text.count("welding") >= 0
    assert len(asked) <= 3, asked


def test_the_export_holds_the_public_part(db: Session, app: Flask) -> None:
    offered(db)
    offered(db, title_en="Second")
    db.commit()
    said = app.test_cli_runner().invoke(args=["export", "achievements"]).stdout.splitlines()
    assert len(said) == 3
    assert "水下激光焊接装置" in said[1]
    assert "CANARY" not in "".join(said)
