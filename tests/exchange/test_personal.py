"""All data of a person as one zip: whole, byte for byte, made while it is sent, and nobody else's."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.chain import GENESIS
from challenge.awards.gallery import Consent
from challenge.base import clock
from challenge.base.db import Base
from challenge.cli import database
from challenge.exchange import as_judge, packing, personal, rows, whose
from challenge.files.storage import storage
from challenge.messages.models import Letter
from challenge.requirements.version_models import RequirementChange
from challenge.submissions import extensions, submitting
from challenge.submissions.models import Submission, TeamMember, Version
from tests.awards.feedback_stories import WORDS, card, choose, publish, release
from tests.awards.stories import judged_round
from tests.awards.test_gallery import show, with_paper
from tests.factories import RequirementFactory, UserFactory, actor_of, organizer_of
from tests.judging.stories import court, lock_all
from tests.rigs.application import Visitor
from tests.submissions.stories import close, owner_of, ready, round_of, with_file, write

FILE = b"%PDF-1.7 the very bytes"


@pytest.fixture
def entered(db: Session) -> Submission:
    """A submission with a file, handed in once and changed since."""
    draft = ready()
    with_file(draft, "报告: a?.pdf", FILE)
    submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    write(draft, title="Changed since")
    db.commit()
    return draft


def opened(client: Visitor, address: str = "/profile/data.zip") -> zipfile.ZipFile:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = zipfile.ZipFile(io.BytesIO(answer.data))
    assert found.testzip() is None
    return found


def read(archive: zipfile.ZipFile, ending: str) -> bytes:
    names = [name for name in archive.namelist() if name.endswith(ending)]
    assert len(names) == 1, (ending, archive.namelist())
    return archive.read(names[0])


def lines(archive: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


def test_everything_of_a_solver_is_in_it(client: Visitor, db: Session, entered: Submission) -> None:
    owner = owner_of(entered)
    db.add(Letter(message_id="<1@x>", recipient=owner.email, template="t", subject="Hello", body="Words"))
    client.sign_in(owner)
    archive = opened(client)
    receipt = db.scalars(sa.select(Version)).one().receipt
    assert json.loads(read(archive, "versions/1/receipt.json")) == receipt
    assert read(archive, "versions/1/files/01-报告_ a_.pdf") == FILE
    assert read(archive, "draft-files/01-报告_ a_.pdf") == FILE
    about = json.loads(read(archive, "/submission.json"))
    assert about["values"]["title"] == "Changed since"
    assert json.loads(read(archive, "versions/1/version.json"))["content"]["title"] != "Changed since"
    assert json.loads(archive.read("account.json"))["email"] == owner.email
    assert [letter["subject"] for letter in lines(archive, "letters.jsonl")] == ["Hello"]
    assert [entry["action"] for entry in lines(archive, "audit.jsonl")] == ["submission.submitted"]
    assert [row["name"] for row in lines(archive, "rows/team_member.jsonl")] == [owner.name]
    assert "您的数据" in archive.read("README.txt").decode()
    assert "Your data" in archive.read("README.txt").decode()


def test_where_somebody_is_the_contact_is_in_their_zip_alone(client: Visitor, db: Session) -> None:
    person = UserFactory(email="ma@example.org")
    said = {"contact_name": "Ma Lin", "contact_phone": "0931-1234567", "contact_email": "Ma@example.org"}
    asked = RequirementFactory(**said)
    RequirementFactory(contact_name="Somebody", contact_email="else@example.org")
    client.sign_in(person)
    assert lines(opened(client), "contacts.jsonl") == [{"ref": asked.ref, **said}]
    change = RequirementChange(
        requirement_id=asked.id, side="seeker", base=1, content={}, closed={"confidential_part": "X", **said}
    )
    db.add(change)
    db.commit()
    assert lines(opened(client), "contacts.jsonl")[1:] == [{"change": change.ref, **said}]


def test_its_last_file_names_all_others_by_their_digest(client: Visitor, entered: Submission) -> None:
    client.sign_in(owner_of(entered))
    archive = opened(client)
    *names, last = archive.namelist()
    assert last == packing.CONTENTS
    told = json.loads(archive.read(last))["files"]
    assert [each["name"] for each in told] == names
    for each in told:
        assert hashlib.sha256(archive.read(each["name"])).hexdigest() == each["sha256"]
        assert archive.getinfo(each["name"]).file_size == each["size"]


def test_no_secret_and_nobody_else_is_in_it(client: Visitor, db: Session, entered: Submission) -> None:
    stranger = ready(title="The canary of another")
    submitting.submit(db, actor_of(owner_of(stranger)), stranger.ref)
    mate = UserFactory(name="Team Mate", password="$argon2id$canary")
    db.add(TeamMember(submission_id=entered.id, user_id=mate.id, email=mate.email, name=mate.name))
    client.sign_in(mate)
    archive = opened(client)
    everything = b"\n".join(archive.read(name) for name in archive.namelist())
    for canary in ("The canary of another", owner_of(stranger).email, "$argon2id$", mate.fs_uniquifier):
        assert canary.encode() not in everything, canary
    assert FILE in everything


def test_a_judge_gets_their_own_scorecards_alone(client: Visitor, db: Session) -> None:
    made = court(db, judges=2)
    lock_all(made, 0, [7] * len(made.criteria), [3] * len(made.criteria))
    client.sign_in(made.people[0])
    archive = opened(client)
    cards = lines(archive, "scorecards.jsonl")
    assert [card["submission"] for card in cards] == [made.entries[0].code]
    assert {score["value"] for score in cards[0]["scores"]} == {"7.0000"}
    assert not [name for name in archive.namelist() if name.startswith("submissions/")]


def test_one_submission_alone(client: Visitor, db: Session, entered: Submission) -> None:
    client.sign_in(owner_of(entered))
    archive = opened(client, f"/solve/{entered.ref}/all.zip")
    assert {"submission.json", "versions/1/receipt.json", "read-by.jsonl", "audit.jsonl"} <= set(
        archive.namelist()
    )
    client.sign_in(UserFactory())
    assert client.get(f"/solve/{entered.ref}/all.zip").status_code == 404
    client.sign_out()
    assert client.get(f"/solve/{entered.ref}/all.zip").status_code == 302
    assert client.get("/profile/data.zip").status_code == 302


def test_the_judges_words_and_the_gallery_are_in_it(client: Visitor, db: Session) -> None:
    judged = judged_round(db)
    entry = judged.entries[0]
    digest = with_paper(db, entry)
    card(db, judged)
    person = owner_of(entry)
    where = f"/solve/{entry.ref}/all.zip"
    archive = opened(client.sign_in(person), where)
    assert json.loads(archive.read("feedback.json")) == [], "nothing before the results"
    assert json.loads(archive.read("gallery.json")) == {"shown": False, "named": False, "files": []}
    publish(db, judged)
    choose(db, judged, "totals", comments=True)
    release(db, judged)
    show(db, entry, Consent(shown=True, files=(digest,)))
    archive = opened(client, where)
    (given,) = json.loads(archive.read("feedback.json"))
    assert (given["total"], given["place"], given["ranked"]) == ("99.00", None, None)
    assert given["comments"] == [{"text": WORDS, "name": None}]
    told = json.loads(archive.read("gallery.json"))
    assert told.pop("decided_at")
    assert told == {"shown": True, "named": False, "files": [digest], "version": 1}
    everything = opened(client)
    assert json.loads(read(everything, "/feedback.json")) == [given]
    readme = everything.read("README.txt").decode()
    inside = {name.split("/")[2] for name in everything.namelist() if name.startswith("submissions/")}
    assert all(name in readme for name in inside if "." in name), "the README names every file"


def test_a_refusal_is_in_it(client: Visitor, db: Session, entered: Submission) -> None:
    close(entered, clock.now(db) - dt.timedelta(minutes=1))
    client.sign_in(owner_of(entered))
    client.post(f"/solve/{entered.ref}/submit")
    archive = opened(client)
    name = next(name for name in archive.namelist() if "/refusals/" in name)
    assert json.loads(archive.read(name))["statement"]["kind"] == "challenge-refusal/1"


def test_others_in_the_record_have_no_number(client: Visitor, db: Session, entered: Submission) -> None:
    from challenge.audit.models import AuditEntry

    organizer = UserFactory()
    db.add(
        AuditEntry(
            chain="x",
            seq=1,
            actor=f"user:{organizer.id}",
            action="submission.ruled_out",
            subject=f"submission:{entered.id}",
            detail={},
            previous=GENESIS,
            hash="h",
            at=entered.created_at,
        )
    )
    client.sign_in(owner_of(entered))
    archive = opened(client)
    name = next(name for name in archive.namelist() if name.endswith("/audit.jsonl"))
    assert [entry["actor"] for entry in lines(archive, name)] == [f"user:{entered.owner_id}", "somebody"]


def test_a_file_that_the_storage_lost_is_named_and_the_rest_follows(
    client: Visitor, db: Session, entered: Submission
) -> None:
    storage().remove(hashlib.sha256(FILE).hexdigest())
    client.sign_in(owner_of(entered))
    archive = opened(client)
    told = json.loads(archive.read(packing.CONTENTS))["files"]
    assert [each["name"].rpartition("/")[2] for each in told if each.get("missing")] == [
        "01-报告_ a_.pdf"
    ] * 2
    assert "audit.jsonl" in archive.namelist()


def test_rows_come_in_batches(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 3)
    person = UserFactory()
    for number in range(7):
        db.add(
            Letter(
                message_id=f"<{number}>", recipient=person.email, template="t", subject=str(number), body=""
            )
        )
    db.commit()
    found = list(personal._rows(Letter, "recipient", person.email, ()))
    assert [row["subject"] for row in found] == [str(number) for number in range(7)]


# What a key to one of these names is a person, or what one person wrote; so is a column of such a name.
PERSONS = {"user_account", "panel_judge", "assignment", "scorecard"}
NAMES = re.compile(r"(^|_)(email|recipient|actor|user|person|judge|author)(_id)?$")


def test_every_column_that_can_name_a_person_has_its_place() -> None:
    assert database.MODELS
    naming = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if NAMES.search(column.name) or any(key.column.table.name in PERSONS for key in column.foreign_keys)
    }
    places = (
        set(whose.OWN),
        whose.APART,
        whose.IN_OFFICE,
        set(as_judge.OF_SEATS),
        as_judge.IN_CARDS,
        as_judge.OF_OTHERS,
    )
    assert naming - set().union(*places) == set(), "say in exchange/personal.py what becomes of it"
    assert set().union(*places) - naming == set()
    assert sum(map(len, places)) == len(set().union(*places)), "each has one place"


# ---------------------------------------------------------------- the zip alone


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "01-passwd"),
        ("C:\\Windows\\evil.exe", "01-evil.exe"),
        ("con.txt", "01-_con.txt"),
        ('a<b>:"c"|d?.pdf', "01-a_b___c__d_.pdf"),
        ("\u202egnp.exe", "01-gnp.exe"),
        ("...", "01-file"),
        ("x" * 300 + ".pdf", "01-" + "x" * 196 + ".pdf"),
    ],
)
def test_no_name_leaves_its_folder(name: str, plain: str) -> None:
    assert packing.file_name(1, name) == plain


def test_every_extension_is_in_it_with_its_reason(client: Visitor, db: Session) -> None:
    draft = ready()
    organizer, end = organizer_of(round_of(draft).programme), clock.now(db) + dt.timedelta(days=12)
    for days, why in enumerate(("The line was down.", "A storm, too.")):
        extensions.extend(db, actor_of(organizer), draft.ref, end + dt.timedelta(days=days), why)
    db.commit()
    client.sign_in(owner_of(draft))
    given = json.loads(read(opened(client), "submission.json"))["extensions"]
    assert [each["reason"] for each in given] == ["The line was down.", "A storm, too."]
