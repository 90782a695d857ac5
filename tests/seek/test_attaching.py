"""Files of a requirement: attached by its seeker, read by whoever may read that face."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment
from challenge.requirements.models import Requirement
from challenge.rules.stages import Stage
from tests.factories import UserFactory
from tests.files.forms import form
from tests.requirements.needs import open_call
from tests.rigs.application import Visitor

TEXT = b"What the line looks like at night."


def put(client: Visitor, ref: str, name: str = "line.txt", content: bytes = TEXT, who: str = "no") -> Any:
    """Attach one file by the page."""
    sent = form({"confidential": who, "files": [(name, content)]})
    return client.post(f"/seek/requirements/{ref}/files", follow_redirects=True, **sent)


def file_refs(db: Session) -> list[str]:
    return list(db.scalars(sa.select(Attachment.ref).where(Attachment.removed_at.is_(None))))


def test_a_public_file_is_read_by_everyone_once_published_and_a_confidential_one_by_few(
    client: Visitor, visitor: Any, db: Session
) -> None:
    call = open_call(Stage.SUBMISSION)
    ref = call.requirement().ref
    client.sign_in(call.representative)
    assert "1 file attached." in put(client, ref, "open.txt").text
    assert "1 file attached." in put(client, ref, "closed.txt", who="yes").text
    opened, closed = (f"/requirements/{ref}/files/{file}" for file in file_refs(db))
    assert visitor().get(opened).status_code == 302  # a draft's file asks to sign in
    assert visitor(call.organizer).get(opened).status_code == 403

    db.execute(sa.update(Requirement).values(state="published"))
    readers = {"anyone": visitor(), "user": visitor(UserFactory()), "organizer": visitor(call.organizer)}
    for name, reader in readers.items():
        answer = reader.get(opened)
        assert (answer.status_code, answer.data) == (200, TEXT), name
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert readers["anyone"].get(closed).status_code == 302
    assert readers["user"].get(closed).status_code == 403
    assert readers["organizer"].get(closed).data == TEXT
    page = visitor().get(f"/requirements/{ref}").text
    assert "open.txt" in page
    assert "closed.txt" not in page


def test_a_file_of_the_wrong_type_or_empty_is_refused_with_words(client: Visitor, db: Session) -> None:
    call = open_call()
    ref = call.requirement().ref
    client.sign_in(call.representative)
    assert "is of a type that is not taken" in put(client, ref, "tool.exe", b"MZ\x90\x00").text
    assert "is empty" in put(client, ref, "empty.txt", b"").text
    assert file_refs(db) == []


def test_a_removed_file_is_gone_and_removing_it_twice_is_harmless(client: Visitor, db: Session) -> None:
    call = open_call()
    ref = call.requirement().ref
    client.sign_in(call.representative)
    put(client, ref)
    file = file_refs(db)[0]
    for _ in range(2):
        answer = client.post(f"/seek/requirements/{ref}/files/{file}/remove")
        assert answer.status_code == 302
    assert file_refs(db) == []
    assert client.get(f"/requirements/{ref}/files/{file}").status_code == 404


def test_what_is_handed_in_takes_no_more_files(client: Visitor, db: Session) -> None:
    call = open_call()
    ref = call.requirement(state="submitted").ref
    client.sign_in(call.representative)
    put(client, ref)
    assert file_refs(db) == []


def test_nobody_else_attaches(client: Visitor, db: Session) -> None:
    call = open_call()
    ref = call.requirement().ref
    for person in (call.organizer, UserFactory()):
        client.sign_in(person)
        assert put(client, ref).status_code == 403
    assert file_refs(db) == []
