"""A solver's way through the rooms: begin, write, send files, submit, keep the receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files.models import Attachment, Blob
from challenge.requirements.models import Indicator
from challenge.submissions import submitting
from challenge.submissions.models import LateArrival, Submission, Version
from tests.factories import RequirementFactory, RoundFactory, SubmissionFactory, UserFactory, actor_of
from tests.files import specimens
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.submissions.stories import again, close, owner_of, ready, versions, with_file


def typed(submission: Submission, db: Session, **changes: Any) -> dict[str, Any]:
    """What the editor's form holds for a complete proposal."""
    asked = list(
        db.scalars(sa.select(Indicator.id).where(Indicator.requirement_id == submission.requirement_id))
    )
    answers = {
        f"answers-{n}-{name}": value
        for n, key in enumerate(asked)
        for name, value in (("indicator", str(key)), ("met", "met"), ("evidence", "Measured."))
    }
    return {
        "draft_version": str(submission.draft_version),
        "title": "Polarised vision",
        "summary": "Four directions.",
        "proposal": "We replace the camera.",
        "trl_now": "5",
        "trl_delivery": "8",
        "quote": "60",
        "quote_unit": "wan",
        "schedule": "Six months.",
        "team_name": "Light",
        "organization_id": "",
        "original": "y",
        **answers,
        **changes,
    }


def upload(name: str = "报告.pdf", data: bytes = specimens.PDF) -> tuple[str, bytes]:
    return name, data


def save(client: Visitor, db: Session, submission: Submission, **changes: Any) -> Any:
    return client.post(f"/solve/{submission.ref}/edit", **form(typed(submission, db, **changes)))


def test_the_whole_way_from_a_requirement_to_a_receipt(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory(title_en="Surface flaws")
    client.sign_in(UserFactory())
    page = client.get(f"/solve/new/{requirement.ref}")
    assert page.status_code == 200
    assert "Surface flaws" in page.text

    begun = client.post(f"/solve/new/{requirement.ref}")
    draft = db.scalars(sa.select(Submission)).one()
    assert begun.headers["Location"].endswith(f"/solve/{draft.ref}/edit")
    assert client.get(begun.headers["Location"]).status_code == 200

    saved = save(client, db, draft, files=[upload(), upload("figure.png", specimens.png())], next="review")
    assert saved.headers["Location"].endswith(f"/solve/{draft.ref}/review")
    assert again(draft).quote_minor == 60_000_000
    review = client.get(saved.headers["Location"]).text
    assert "报告.pdf" in review
    assert "figure.png" in review

    done = client.post(f"/solve/{draft.ref}/submit")
    assert done.status_code == 302
    receipt = client.get(done.headers["Location"])
    assert "Submitted. This is your receipt; keep it." in receipt.text
    (version,) = versions(draft)
    for entry in version.manifest:
        assert entry["sha256"] in receipt.text
        assert entry["sha256"] in review

    paper = client.get(f"/solve/{draft.ref}/receipts/1.json")
    assert json.loads(paper.text) == version.receipt
    assert paper.headers["Content-Disposition"].startswith("attachment")
    verified = client.post("/verify", data={"text": paper.text})
    assert "Valid." in verified.text
    assert client.get("/solve/").text.count(draft.code) >= 1


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


@pytest.mark.parametrize("files", [1, 3])
def test_a_submit_costs_at_most_fourteen_statements(
    client: Visitor, db: Session, statements: Counting, files: int
) -> None:
    draft = ready(requirement=RequirementFactory(indicators=[{}] * files), team=[UserFactory()] * 1)
    for number in range(files):
        with_file(draft, f"{number}.pdf", b"%PDF-1.7 " + bytes([number]))
    client.sign_in(owner_of(draft))
    # Not the very first thing that happens in the round: its audit chain has begun.
    submitting.submit(db, actor_of(owner_of(other := ready(requirement=draft.requirement))), other.ref)
    url = f"/solve/{draft.ref}/submit"
    with statements() as first:
        assert client.post(url).status_code == 302
    assert len(versions(draft)) == 1
    assert len(first) <= 14, first
    draft.title = "Another"
    db.commit()
    with statements() as second:
        client.post(url)
    assert len(versions(draft)) == 2
    assert len(second) <= 14, second


def test_a_page_that_was_left_open_does_not_overwrite_a_colleague(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    stale = typed(draft, db, title="Mine")
    assert save(client, db, draft, title="Theirs").status_code == 302
    answer = client.post(f"/solve/{draft.ref}/edit", **form(stale))
    assert answer.status_code == 422
    assert "Somebody of your team saved this draft" in answer.text
    assert 'value="Mine"' in answer.text
    assert again(draft).title == "Theirs"
    version = re.search(r'name="draft_version"[^>]*value="(\d+)"', answer.text)
    assert version is not None
    assert save(client, db, draft, title="Mine", draft_version=version[1]).status_code == 302
    assert again(draft).title == "Mine"


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
    assert again(draft).title == "Typed with care"
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
    assert again(draft).title == "Typed"
    assert client.get(f"/solve/{draft.ref}/files/{ref}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "x" * 121}, "Shorten this to 120 characters."),
        ({"proposal": "字" * 20_001}, "Shorten this to 20000 characters."),
        ({"quote": "sixty"}, "Write a sum in figures"),
        ({"quote": "-5"}, "A sum cannot be below zero."),
        ({"quote": "60000"}, "CNY 600,000,000 is far above the budget. Did you mean CNY 60,000?"),
        ({"trl_now": "12"}, "Not a valid choice."),
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
    assert again(draft).schedule == "Six months."


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


def test_too_late_is_said_with_what_was_kept_and_a_paper_to_keep(client: Visitor, db: Session) -> None:
    draft = ready()
    with_file(draft)
    client.sign_in(owner_of(draft))
    close(draft, clock.now(db))
    for _ in range(2):
        answer = client.post(f"/solve/{draft.ref}/submit")
        assert answer.status_code == 409
        assert "Closed. Your draft is kept but was not entered." in answer.text
    arrival = db.scalars(sa.select(LateArrival)).one()
    paper = client.get(f"/solve/{draft.ref}/late/{arrival.id}.json")
    assert json.loads(paper.text) == arrival.refusal
    assert "Valid: a refusal." in client.post("/verify", data={"text": paper.text}).text
    assert "Arrived too late" in client.get(f"/solve/{draft.ref}").text
    assert client.get(f"/solve/{draft.ref}/edit").status_code == 302
    assert save(client, db, draft, title="Later").status_code == 409
    assert again(draft).title != "Later"


def test_an_incomplete_submit_leads_to_what_is_missing(client: Visitor, db: Session) -> None:
    draft = SubmissionFactory(quote_minor=None, original=False)
    client.sign_in(owner_of(draft))
    answer = client.post(f"/solve/{draft.ref}/submit", follow_redirects=True)
    assert "It cannot be submitted yet." in answer.text
    assert "Name your price." in answer.text
    assert "4 parts missing" not in client.get("/solve/").text
    assert "3 parts missing: indicators, quote, declaration" in client.get("/solve/").text


def test_withdrawing_asks_first(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    client.post(f"/solve/{draft.ref}/submit")
    assert "nobody judges it" in client.get(f"/solve/{draft.ref}/withdraw").text
    for _ in range(2):
        assert client.post(f"/solve/{draft.ref}/withdraw").status_code == 302
    assert again(draft).state == "withdrawn"


def test_a_second_press_on_begin_leads_to_the_same_draft(client: Visitor, db: Session) -> None:
    requirement = RequirementFactory()
    client.sign_in(UserFactory())
    for _ in range(2):
        client.post(f"/solve/new/{requirement.ref}")
    assert db.scalar(sa.select(sa.func.count(Submission.id))) == 1


def test_a_round_without_requirements_is_answered_itself(client: Visitor, db: Session) -> None:
    round_ = RoundFactory()
    client.sign_in(UserFactory())
    assert client.get(f"/solve/new-in/{round_.slug}").status_code == 200
    client.post(f"/solve/new-in/{round_.slug}")
    draft = db.scalars(sa.select(Submission)).one()
    page = client.get(f"/solve/{draft.ref}/edit").text
    assert "Indicators" not in page


def test_visitors_are_asked_to_sign_in(client: Visitor, db: Session) -> None:
    draft = ready()
    for path in ("/solve/", f"/solve/{draft.ref}", f"/solve/new/{draft.requirement.ref}", "/solve/nosuchref"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/login" in answer.headers["Location"]


def test_other_peoples_submissions_are_not_there(
    client: Visitor, db: Session, visitor: Callable[..., Visitor]
) -> None:
    """Whoever guesses an address learns nothing, whatever the method: neither draft nor file nor receipt."""
    draft = ready(title="CANARY")
    with_file(draft, "CANARY.pdf")
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    file_ref = db.scalars(sa.select(Attachment.ref)).one()
    other = ready(requirement=draft.requirement)
    client.sign_in(owner_of(other))
    base = f"/solve/{draft.ref}"
    got = ("", "/edit", "/review", "/team", "/team/1", "/withdraw", "/receipts/1", "/receipts/1.json")
    got += ("/versions", "/versions/1", "/versions/1/files/1", f"/files/{file_ref}", "/late/1.json")
    for path in got:
        answer = client.get(base + path)
        assert answer.status_code == 404, path
        assert "CANARY" not in answer.text
    for path in ("/edit", "/submit", "/withdraw", "/team", "/team/1", "/team/1/remove", "/leave"):
        answer = client.post(base + path, data={"email": "a@example.org", "name": "x"})
        assert answer.status_code == 404, path
    # A file of somebody else is not reached through a submission of one's own either.
    assert client.get(f"/solve/{other.ref}/files/{file_ref}").status_code == 404


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


def test_every_page_of_a_submitted_one_opens_in_both_languages(client: Visitor, db: Session) -> None:
    draft = ready(team=[UserFactory()])
    with_file(draft)
    client.sign_in(owner_of(draft))
    client.post(f"/solve/{draft.ref}/submit")
    paths = ("", "/edit", "/review", "/team", "/withdraw", "/receipts/1", "/versions/1")
    for language in ("en_US", "zh_CN"):
        client.set_cookie("locale", language)
        for path in paths:
            assert client.get(f"/solve/{draft.ref}{path}").status_code == 200, path
    assert db.scalar(sa.select(sa.func.count(Version.id))) == 1


def test_a_round_without_requirements_leads_to_a_solution_from_its_own_page(
    client: Visitor, db: Session
) -> None:
    bare, full = RoundFactory(), RequirementFactory(round__requirement_count=1).round
    assert f"/solve/new-in/{bare.slug}" in client.get(f"/rounds/{bare.slug}").text
    assert "/solve/new-in/" not in client.get(f"/rounds/{full.slug}").text
