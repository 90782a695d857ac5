"""Every hostile file is handled as docs/files.md says: refused by a code, or kept as it is, shown safely."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files import derivatives
from challenge.files.download import HEADERS
from challenge.files.models import Attachment, Blob
from challenge.files.storage import key_of, storage
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory
from tests.files import hostile, papers
from tests.files.hostile import Specimen
from tests.rigs.application import Visitor
from tests.solve.test_resuming import begin, left, patch
from tests.submissions.stories import owner_of, ready

ROOT = Path(__file__).parents[2]
SHOWN = {"image/jpeg", "image/png", "application/pdf", "text/plain", "text/csv", "text/markdown"}


@cache
def everything() -> dict[str, list[Specimen]]:
    """All of them by family."""
    families: dict[str, list[Specimen]] = {}
    for specimen in hostile.specimens_of_all_kinds():
        families.setdefault(specimen.family, []).append(specimen)
    return families


FAMILIES = (
    *("another type by its name", "a file renamed to lie about its type", "names", "EICAR", "archives"),
    *("polyglots", "script in text", "Office and OpenDocument", "pictures", "PDF"),
)


@pytest.fixture
def draft(client: Visitor, db: Session) -> Submission:
    """A draft of whoever is signed in."""
    made = ready(requirement=RequirementFactory(round__max_file_mb=2, round__max_files=50))
    client.sign_in(owner_of(made))
    return made


def send(client: Visitor, draft: Submission, specimen: Specimen) -> str:
    """Upload it: the code of its refusal, or "accepted"."""
    answer = begin(client, draft, len(specimen.data), specimen.name)
    if answer.status_code == 201:
        answer = patch(client, answer.headers["Location"], 0, specimen.data)
    if answer.status_code == 204:
        return "accepted"
    assert answer.status_code == 422, specimen.name
    return str(answer.json["code"])


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_each_is_refused_or_kept_as_it_says(
    client: Visitor, db: Session, draft: Submission, family: str
) -> None:
    for specimen in everything()[family]:
        said = send(client, draft, specimen)
        assert said == ("accepted" if specimen.accepted else specimen.outcome), specimen.name
    papers.derive_all(db)
    rows = db.execute(sa.select(Attachment.name, Attachment.ref, Blob).join(Blob)).all()
    accepted = {each.shown or each.name: each for each in everything()[family] if each.accepted}
    assert {name for name, _ref, _blob in rows} == set(accepted)
    for name, ref, blob in rows:
        specimen = accepted[name]
        answer = client.get(f"/solve/{draft.ref}/files/{ref}")
        assert answer.data == specimen.data
        check_headers(answer.headers)
        derived = derivatives.of(db, {blob.sha256})[blob.sha256]
        assert (derived.reason if derived.state == "failed" else derived.state) == (
            specimen.outcome.removeprefix("accepted/")
        ), name
        copies = [*derived.pages, *([derived.clean] if derived.clean else [])]
        assert {each.media_type for each in copies} <= SHOWN | {blob.media_type}
    check_folder(db)


def check_headers(headers: object) -> None:
    """A download runs nowhere, and its name is one line of plain letters."""
    found = {name.lower(): value for name, value in dict(headers).items()}
    for name, value in HEADERS.items():
        assert found[name.lower()] == value
    disposition = found["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.isascii()
    assert disposition.isprintable()


def check_folder(db: Session) -> None:
    """Nothing lies where it was not put: every file under its own digest, and the waiting room is empty."""
    known = {key_of(each) for each in db.scalars(sa.select(Blob.sha256))}
    folder = storage().waiting_room.parent
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} >= known
    strange = [
        path for path in folder.rglob("*") if path.is_file() and not re.fullmatch(r"[0-9a-f]{64}", path.name)
    ]
    assert (strange, left()) == ([], [])
    temporary = Path(tempfile.gettempdir())
    for place in (Path("/"), Path("/var"), ROOT, folder.parent, temporary, Path("/etc/cron.d")):
        assert not list(place.glob("*slip-canary*")), place
    assert not Path("/etc/cron.d/x.txt").exists()


def test_there_are_more_than_a_hundred_and_the_document_counts_them() -> None:
    counts = Counter(each.family for each in hostile.specimens_of_all_kinds())
    assert tuple(counts) == FAMILIES
    assert counts.total() >= 100
    text = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| (\d+) \|", text, re.MULTILINE)
    assert {name: int(number) for name, number in rows} == dict(counts)
