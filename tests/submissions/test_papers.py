"""A receipt on paper: made by `flask work`, in the reader's language, with the signed statement inside."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from challenge.audit import verify_receipt
from challenge.base import clock
from challenge.engines import papers as engine
from challenge.files.models import Blob
from challenge.flow import errands
from challenge.submissions import submitting
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.submissions.paper_models import Paper
from challenge.tasks.models import Task
from tests.factories import actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.submissions.stories import close, owner_of, ready, with_file

FILE = b"%PDF-1.7 the very bytes"


@pytest.fixture
def entered(db: Session) -> Submission:
    draft = ready(title="*bold* #panic() $x$ <script>")
    owner_of(draft).locale = "en_US"
    owner_of(draft).zone = "Europe/Berlin"
    with_file(draft, "报告 #1 *x*.pdf", FILE)
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    db.commit()
    return draft


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text.replace("\u200b", "")


def attached(data: bytes) -> dict[str, object]:
    document = pypdfium2.PdfDocument(data)
    assert document.count_attachments() == 1
    found: dict[str, object] = json.loads(bytes(document.get_attachment(0).get_data()))
    document.close()
    return found


def receipt_of(db: Session) -> dict[str, object]:
    found: dict[str, object] = db.scalars(sa.select(Version)).one().receipt
    return found


def test_whoever_hands_in_gets_the_paper_unasked(client: Visitor, db: Session, entered: Submission) -> None:
    client.sign_in(owner_of(entered))
    address = f"/solve/{entered.ref}/receipts/1"
    waiting = client.get(address)
    assert "The PDF is being made" in waiting.text
    assert 'http-equiv="refresh"' in waiting.text
    assert client.get(f"{address}.pdf").headers["Location"].endswith("/receipts/1#paper")
    errands.drain()
    assert f"{address}.pdf" in client.get(address).text
    answer = client.get(f"{address}.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert attached(answer.data) == receipt_of(db)
    said = receipt_of(db)["statement"]
    text = text_of(answer.data)
    for fact in (
        "http://localhost",
        entered.code,
        "Beijing (UTC+8)",
        "Berlin (UTC+1)",
        said["submitted_at"],  # type: ignore[index]
        said["content_sha256"],  # type: ignore[index]
        said["audit"]["hash"],  # type: ignore[index]
        said["manifest"][0]["sha256"],  # type: ignore[index]
        "报告 #1 *x*.pdf",
        "http://localhost/verify",
    ):
        assert str(fact) in text, f"{fact} is not in\n{text}"


def test_the_paper_is_verified_like_its_statement(
    client: Visitor, command: FlaskCliRunner, db: Session, entered: Submission, tmp_path: Path
) -> None:
    errands.drain()
    client.sign_in(owner_of(entered))
    paper, file = tmp_path / "receipt.pdf", tmp_path / "mine.pdf"
    paper.write_bytes(client.get(f"/solve/{entered.ref}/receipts/1.pdf").data)
    file.write_bytes(FILE)
    done = command.invoke(args=["receipt", "verify", str(paper), str(file)])
    assert done.exit_code == 0, done.output
    assert "mine.pdf: is 报告 #1 *x*.pdf" in done.output
    client.sign_out()
    answer = client.post("/verify", data={"file": (paper.open("rb"), "receipt.pdf")})
    assert "Valid." in answer.text


def test_another_language_is_made_on_request_once(client: Visitor, db: Session, entered: Submission) -> None:
    errands.drain()
    client.sign_in(owner_of(entered))
    client.set_cookie("locale", "zh_CN")
    address = f"/solve/{entered.ref}/receipts/1"
    db.execute(sa.update(Version).values(submitted_at=Version.submitted_at))
    for _twice in range(2):
        assert client.post(f"{address}/paper").status_code == 302
    errands.drain()
    text = text_of(client.get(f"{address}.pdf").data)
    assert "北京时间" in text
    assert db.scalars(sa.select(Task.state).where(Task.kind == "paper")).all() == ["done", "done"]
    assert len(db.scalars(sa.select(Paper)).all()) == 2
    assert {row.sha256 for row in db.scalars(sa.select(Paper))} <= set(db.scalars(sa.select(Blob.sha256)))


def test_the_paper_is_its_teams_alone(
    client: Visitor, visitor: object, db: Session, entered: Submission
) -> None:
    errands.drain()
    stranger = owner_of(ready())
    client.sign_in(stranger)
    for door in ("receipts/1.pdf", "receipts/1/paper", "late/1", "late/1.pdf"):
        answer = client.get(f"/solve/{entered.ref}/{door}")
        assert answer.status_code in (404, 405), door
    assert client.post(f"/solve/{entered.ref}/receipts/1/paper").status_code == 404


def test_a_refusal_has_its_page_its_letter_and_its_paper(
    client: Visitor, db: Session, mailbox: Mailbox, entered: Submission
) -> None:
    owner = owner_of(entered)
    from tests.submissions.stories import write

    write(entered, title="Another title")
    close(entered, clock.now(db) - dt.timedelta(minutes=1))
    client.sign_in(owner)
    assert client.post(f"/solve/{entered.ref}/submit").status_code == 409
    late = db.scalars(sa.select(LateArrival)).one()
    letter = next(each for each in mailbox.to(owner.email) if "arrived too late" in each.subject)
    assert json.loads(letter.attachments[0]["text"]) == late.refusal
    address = f"/solve/{entered.ref}/late/{late.id}"
    assert client.get(address).status_code == 200
    paper = client.get(f"{address}.pdf")
    assert attached(paper.data) == late.refusal
    assert "was not entered" in text_of(paper.data)


def test_the_letter_carries_the_signed_receipt(db: Session, mailbox: Mailbox, entered: Submission) -> None:
    letter = mailbox.to(owner_of(entered).email)[-1]
    assert [file["name"] for file in letter.attachments] == [f"receipt-{entered.code}-1.json"]
    assert json.loads(letter.attachments[0]["text"]) == receipt_of(db)
    said = receipt_of(db)["statement"]
    for fact in (entered.code, said["content_sha256"], said["audit"]["hash"]):  # type: ignore[index]
        assert fact in letter.body


def test_in_a_sealed_round_nothing_lies_beside_the_seal(
    client: Visitor, db: Session, mailbox: Mailbox, entered: Submission
) -> None:
    db.execute(sa.update(Version).values(sealed=True))
    db.commit()
    assert mailbox.to(owner_of(entered).email)[-1].attachments == []
    assert db.scalars(sa.select(Paper)).all() == []
    client.sign_in(owner_of(entered))
    address = f"/solve/{entered.ref}/receipts/1"
    assert "once the seal of the round is opened" in client.get(address).text
    assert client.post(f"{address}/paper").status_code == 409


# ---------------------------------------------------------------- the engine alone


def said(**changes: object) -> dict[str, object]:
    return {
        "lang": "en",
        "region": "US",
        "valid": True,
        "installation": "x",
        "kind": "k",
        "title": "t",
        "lead": "l",
        "note": "n",
        "date": [2026, 11, 23, 3, 0, 0],
        "footer": "f",
        "facts": [{"label": "a", "value": "b", "code": False}],
        "files": {"title": "Files", "none": "none", "head": ["", "Name", "Size"], "rows": []},
        "verify": {"title": "v", "url": "https://example.org/verify", "alt": "code", "steps": ["one"]},
        "attachment": {"name": "receipt.json", "description": "d"},
        **changes,
    }


@pytest.mark.parametrize(
    "hostile",
    [
        '#panic() #read("/etc/passwd")',
        "*bold* _it_ $x^2$ = head",
        "x" * 3000,
        "报" * 3000,
        "\u202egnp.exe",
        "\x00\x01\x1b[2J",
        "]] #[ \\ ` ``` // /*",
        "👩‍👩‍👧 ️ \ufeff",
    ],
)
def test_nothing_that_somebody_typed_is_markup(hostile: str) -> None:
    row = {"name": hostile, "sha256": "a" * 64, "size": hostile}
    files = {"title": hostile, "none": "", "head": ["", hostile, "Size"], "rows": [row]}
    facts = [{"label": "a", "value": hostile, "code": True}, {"label": "b", "value": hostile, "code": False}]
    made = engine.receipt(said(title=hostile, lead=hostile, facts=facts, files=files), '{"a": 1}')
    assert made.startswith(b"%PDF-1.7")
    assert "root:" not in text_of(made)
    assert verify_receipt.examine(made, {})[0] == verify_receipt.NOTHING


def test_the_same_is_the_same_bytes() -> None:
    assert engine.receipt(said(), "{}") == engine.receipt(said(), "{}")


def test_two_hundred_files_fit() -> None:
    rows = [{"name": f"文件 {n}.pdf", "sha256": "a" * 64, "size": "1 MB"} for n in range(200)]
    files = {"title": "Files", "none": "", "head": ["", "Name", "Size"], "rows": rows}
    document = pypdfium2.PdfDocument(engine.receipt(said(files=files), "{}"))
    assert len(document) > 5
    document.close()


def test_an_engine_that_hangs_or_fails_is_told(app: Flask) -> None:
    with pytest.raises(engine.PaperFault, match="not done within"):
        engine.receipt(said(), "{}", seconds=0.001)
    with pytest.raises(engine.PaperFault):
        engine.receipt(said(date=["no", "date", "at", "all", 0, 0]), "{}")


def test_a_paper_that_failed_can_be_asked_for_again(
    client: Visitor, db: Session, entered: Submission
) -> None:
    client.sign_in(owner_of(entered))
    address = f"/solve/{entered.ref}/receipts/1"
    client.post(f"{address}/paper")
    db.execute(sa.update(Task).where(Task.kind == "paper").values(state="failed", error="it broke"))
    db.commit()
    assert "Try the PDF again" in client.get(address).text
    client.post(f"{address}/paper")
    errands.drain()
    assert client.get(f"{address}.pdf").status_code == 200
