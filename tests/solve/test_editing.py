"""The editor: text and files saved together, what is wrong said at its place, nothing lost."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment, Blob
from tests.factories import RequirementFactory
from tests.files import specimens
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.solve.editor import save, typed, upload
from tests.submissions.stories import again, owner_of, ready, with_file


def test_files_come_back_byte_for_byte_and_in_ranges(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    data = specimens.PDF + bytes(range(256)) * 4000
    assert save(client, db, draft, files=[upload('a b".pdf', data)]).status_code == 302
    ref = db.scalars(sa.select(Attachment.ref)).one()
    url = f"/solve/{draft.ref}/files/{ref}"
    whole = client.get(url)
    assert whole.data == data
    assert whole.headers["Content-Length"] == str(len(data))
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert whole.headers["Content-Disposition"].startswith("attachment; filename=")
    for asked, start, stop in (("0-9", 0, 10), ("1000-", 1000, len(data)), ("-7", len(data) - 7, len(data))):
        part = client.get(url, headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206
        assert part.data == data[start:stop]
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
    assert client.get(url, headers={"Range": f"bytes={len(data)}-"}).status_code == 416
    assert client.get(url, headers={"Range": "bytes=0-1,5-6"}).data == data
    assert client.head(url).data == b""


def test_a_page_that_was_left_open_does_not_overwrite_a_colleague(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    stale = typed(draft, db, title="Mine")
    assert save(client, db, draft, title="Theirs").status_code == 302
    answer = client.post(f"/solve/{draft.ref}/edit", **form(stale))
    assert answer.status_code == 422
    assert "Somebody of your team saved this draft" in answer.text
    assert 'value="Mine"' in answer.text
    assert again(draft).heading == "Theirs"
    version = re.search(r'name="draft_version"[^>]*value="(\d+)"', answer.text)
    assert version is not None
    assert save(client, db, draft, title="Mine", draft_version=version[1]).status_code == 302
    assert again(draft).heading == "Mine"


def test_the_same_form_twice_is_one_save_and_one_file(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    data = typed(draft, db)
    for _ in range(2):
        answer = client.post(f"/solve/{draft.ref}/edit", **form({**data, "files": [upload()]}))
        assert answer.status_code == 302
    assert again(draft).draft_version == 2
    assert db.scalar(sa.select(sa.func.count(Attachment.id))) == 1


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.pdf", b"", "empty.pdf is empty"),
        ("report.pdf", specimens.EXE, "report.pdf is really EXE"),
        ("run.exe", specimens.EXE, "run.exe is of a type that is not taken"),
        ("big.txt", b"a line\n" * 200_000, "big.txt is above the limit of 1.0 MB"),
        ("broken.docx", specimens.docx()[:-40], "broken.docx is not a readable DOCX file"),
    ],
)
def test_a_refused_file_is_named_and_the_text_is_kept(
    client: Visitor, db: Session, name: str, data: bytes, words: str
) -> None:
    draft = ready(requirement=RequirementFactory(round__max_file_mb=1))
    client.sign_in(owner_of(draft))
    answer = save(client, db, draft, title="Typed with care", files=[upload(), upload(name, data)])
    assert answer.status_code == 422
    assert words in answer.text
    assert "Your text is saved. The files were not kept." in answer.text
    assert again(draft).heading == "Typed with care"
    assert db.scalar(sa.select(sa.func.count(Attachment.id))) == 0
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 0


def test_one_file_too_many_is_refused(client: Visitor, db: Session) -> None:
    draft = ready(requirement=RequirementFactory(round__max_files=2))
    with_file(draft)
    client.sign_in(owner_of(draft))
    answer = save(client, db, draft, files=[upload("b.pdf"), upload("c.png", specimens.png())])
    assert answer.status_code == 422
    assert "There may be 2 files altogether" in answer.text


def test_a_file_is_removed_with_what_was_typed_beside_it(client: Visitor, db: Session) -> None:
    draft = ready()
    with_file(draft)
    ref = db.scalars(sa.select(Attachment.ref)).one()
    client.sign_in(owner_of(draft))
    assert save(client, db, draft, title="Typed", remove_file=ref).status_code == 302
    assert again(draft).heading == "Typed"
    assert client.get(f"/solve/{draft.ref}/files/{ref}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "x" * 121}, "121 characters; at most 120 fit."),
        ({"proposal": "字" * 20_001}, "20001 characters; at most 20000 fit."),
        ({"quote": "sixty"}, "Write a sum in figures"),
        ({"quote": "-5"}, "A sum cannot be below zero."),
        ({"quote": "60000"}, "CNY 600,000,000 is far above the budget. Did you mean CNY 60,000?"),
        ({"trl_now": "12"}, "Choose one of the list."),
        ({"trl_now": "9", "trl_delivery": "3"}, "At delivery it cannot be less mature than now."),
        ({"organization_id": "99999"}, "Not a valid choice."),
    ],
)
def test_a_wrong_entry_is_said_at_its_field_and_nothing_is_saved(
    client: Visitor, db: Session, changes: dict[str, str], words: str
) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    answer = save(client, db, draft, **{"schedule": "changed", **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert again(draft).values["schedule"] == "Six months."


def test_an_upload_without_its_token_is_refused_before_a_byte_is_kept(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    url = f"/solve/{draft.ref}/edit"
    data = form(typed(draft, db, files=[upload()]))
    assert client.post(url, **data, token=False).status_code == 400
    assert client.post(f"/solve/{draft.ref}/submit", token=False).status_code == 400
    assert db.scalar(sa.select(sa.func.count(Blob.sha256))) == 0


def test_the_token_may_come_as_the_first_field(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    page = client.get(f"/solve/{draft.ref}/edit").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], **typed(draft, db, files=[upload()])}
    url = f"/solve/{draft.ref}/edit"
    assert client.post(url, **form(data), token=False).status_code == 302


def test_a_body_that_is_no_form_is_refused(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    for kind in ("application/json", "multipart/form-data", "text/plain"):
        assert client.post(f"/solve/{draft.ref}/edit", data=b"{}", content_type=kind).status_code == 400


def test_programs_get_json(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    asked = {"Accept": "application/json"}
    url = f"/solve/{draft.ref}/edit"
    good = client.post(url, **form(typed(draft, db, files=[upload()])), headers=asked)
    assert [each["name"] for each in good.json["files"]] == ["报告.pdf"]
    bad = form(typed(again(draft), db, files=[upload("a.pdf", specimens.EXE)]))
    refused = client.post(url, **bad, headers=asked)
    assert refused.status_code == 422
    assert refused.json["errors"]["files"][0].startswith("a.pdf is really EXE")


def test_hostile_names_are_shown_as_data(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    names = ["../../x.pdf", "a\u202efdp.pdf", "<img src=x onerror=alert(1)>.pdf", "长" * 300 + ".pdf"]
    files = [upload(name, specimens.PDF + bytes([n])) for n, name in enumerate(names)]
    assert save(client, db, draft, files=files).status_code == 302
    page = client.get(f"/solve/{draft.ref}/edit").text
    assert "<img src=x" not in page
    assert "\u202e" not in page
    kept = list(db.scalars(sa.select(Attachment.name).order_by(Attachment.id)))
    assert kept[0] == "x.pdf"
    assert kept[1] == "afdp.pdf"
    assert all(len(name) <= 200 for name in kept)
    for ref in db.scalars(sa.select(Attachment.ref)):
        answer = client.get(f"/solve/{draft.ref}/files/{ref}")
        assert answer.headers["Content-Disposition"].isascii()
