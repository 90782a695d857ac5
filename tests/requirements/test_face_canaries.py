"""What is opened to one person is told to nobody else: by no page, letter, feed, search, export or log."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.flow import indexing
from challenge.matches import subjects
from challenge.requirements import face_invitations, faces, ndas
from challenge.requirements.face_models import Access
from challenge.tasks.models import Task
from tests.factories import UserFactory, actor_of, organizer_of
from tests.requirements.face_stories import AGREED, Closed, accepted, closed_need, let_in, put_file
from tests.requirements.needs import open_call
from tests.rigs.mail import Mailbox

# Whose need it is, what it keeps to itself, and why somebody asks: each for other eyes.
SEEKER, SECRET, ASKER = "kestrel", "osprey", "merlin"


@dataclass
class Aviary:
    """An anonymous seeker's need, a reader of its confidential part, and all who are not (any more)."""

    closed: Closed
    reader: User
    others: dict[str, User]


@pytest.fixture
def aviary(db: Session) -> Aviary:
    closed = closed_need(db, anonymous=True, contact_name=SEEKER, contact_email=f"{SEEKER}@example.org")
    closed.call.seeker.name = closed.call.seeker.name_en = f"{SEEKER} Works"
    closed.need.confidential_part = f"The {SECRET} line."
    put_file(db, closed.need, f"{SECRET}.txt", SECRET.encode())
    faces.set_face(db, closed.call.as_seeker, closed.need.ref, "decide", [f"{SEEKER}-9"])
    reader = UserFactory(name=ASKER, affiliation=ASKER)
    let_in(db, closed, reader)
    accepted(db, closed, reader)
    names = ("waiting", "refused", "revoked", "undecided", "invited", "stranger")
    others = {name: UserFactory() for name in names}
    faces.ask(db, actor_of(others["waiting"]), closed.need.ref, "Please.")
    refused = faces.ask(db, actor_of(others["refused"]), closed.need.ref, "Please.")
    faces.decide(db, closed.call.as_seeker, closed.need.ref, refused.ref, "refuse", "No.")
    accepted(db, closed, others["revoked"])
    gone = db.scalars(sa.select(Access).where(Access.user_id == others["revoked"].id)).one()
    faces.decide(db, closed.call.as_seeker, closed.need.ref, gone.ref, "revoke", "Over.")
    let_in(db, closed, others["undecided"])  # let in, and has not accepted
    face_invitations.invite(db, closed.call.as_organizer, closed.need.ref, others["invited"].email)
    others["other organizer"] = organizer_of(open_call().round.programme)
    others["administrator"] = UserFactory(admin=True)
    db.commit()
    return Aviary(closed, reader, others)


def test_pages_and_files_tell_nobody_but_the_reader(aviary: Aviary, visitor: Any, db: Session) -> None:
    closed, need = aviary.closed, aviary.closed.need
    reader = visitor(aviary.reader)
    mine = reader.get(closed.page).text
    assert SECRET in mine
    assert SEEKER not in mine
    files = [link.split('"')[0] for link in mine.split('href="') if "/files/" in link.split('"')[0]]
    assert [SECRET.encode() in reader.get(path).data for path in files].count(True) == 1
    access = db.scalars(sa.select(Access.ref).where(Access.user_id == aviary.reader.id)).one()
    passed_on = f"{closed.page}/{face_invitations.pass_of(access)}"
    slug = closed.call.round.slug
    paths = [
        *("/", "/requirements", f"/requirements/{need.ref}", closed.page, passed_on, closed.desk, *files),
        "/requirements.atom",
        *("/work", "/profile/opened", f"/rounds/{slug}", f"/rounds/{slug}/requirements", "/profile/data"),
        f"/organize/rounds/{slug}/requirements/{need.ref}",
        f"/docking/needs/{need.ref}",
    ]
    curious = {name: visitor(person) for name, person in aviary.others.items()} | {"anyone": visitor()}
    leaks = [
        (name, path, word)
        for name, visits in curious.items()
        for path in paths
        for word in (SECRET, SEEKER, ASKER)
        if word in (answer := visits.get(path)).text + str(answer.headers)
    ]
    assert leaks == []


def test_no_search_finds_it(aviary: Aviary, visitor: Any, db: Session) -> None:
    db.commit()
    indexing.rebuild()
    ref = aviary.closed.need.ref
    for visits in (visitor(), visitor(aviary.reader), visitor(aviary.closed.call.organizer)):
        for word in (SECRET, SEEKER, ASKER):
            for path in ("/search", "/requirements", "/search.atom"):
                assert ref not in visits.get(f"{path}?q={word}").text, (path, word)
        assert ref in visits.get("/search?q=Flaws").text


def test_zips_and_exports_of_others_hold_nothing_of_it(
    aviary: Aviary, visitor: Any, db: Session, app: Flask
) -> None:
    for name in ("waiting", "revoked", "stranger"):
        answer = visitor(aviary.others[name]).get("/profile/data.zip")
        found = zipfile.ZipFile(io.BytesIO(answer.data))
        whole = b"".join(found.read(each) for each in found.namelist()).decode()
        assert [word for word in (SECRET, SEEKER, ASKER) if word in whole] == [], name
    texts = [need.text for need in subjects.needs(db)]
    texts += [text for each in subjects.everyone(db, {}) for text in each.texts]
    assert [each for each in texts if SECRET in each.text or SEEKER in each.text] == []
    out = app.test_cli_runner().invoke(args=["export", "achievements"]).output
    assert SECRET not in out


def test_letters_the_record_and_the_log_hold_nothing_of_it(
    aviary: Aviary, db: Session, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, visitor: Any
) -> None:
    closed = aviary.closed
    ndas.write(db, closed.call.as_organizer, closed.call.round.id, "", AGREED + " Never.", again=True)
    visitor(aviary.reader).get(closed.page)
    for name in ("stranger", "waiting"):
        visitor(aviary.others[name]).get(closed.page + "/altered")
    letters = [(each.template, each.subject + each.body) for each in mailbox.letters]
    assert {"face_asked", "face_granted", "face_refused", "face_revoked", "nda_changed", "invitation"} <= {
        template for template, _text in letters
    }
    told = [template for template, text in letters for word in (SECRET, SEEKER, ASKER) if word in text]
    assert told == []
    entries = [f"{each.subject} {json.dumps(each.detail)}" for each in db.scalars(sa.select(AuditEntry))]
    tasks = [json.dumps(each.payload) for each in db.scalars(sa.select(Task))]
    lines = [*entries, *tasks, caplog.text]
    assert [line for line in lines for word in (SECRET, SEEKER, ASKER) if word in line] == []
