"""What goes wrong under an upload is said, and the last good byte is where it goes on."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files import partial
from challenge.files.models import Attachment, Blob
from challenge.files.storage import storage
from challenge.rules.errors import Away
from challenge.submissions.models import Submission
from tests.factories import RequirementFactory
from tests.files import specimens
from tests.rigs.application import Visitor
from tests.solve.test_resuming import begin, left, offset, patch
from tests.submissions.stories import owner_of, ready

DATA = specimens.PDF + b"% " + os.urandom(900_000)


@pytest.fixture
def draft(client: Visitor, db: Session) -> Submission:
    """A draft of whoever is signed in."""
    made = ready(requirement=RequirementFactory(round__max_file_mb=2))
    client.sign_in(owner_of(made))
    return made


@pytest.mark.parametrize("room_left", [0, 1, 100_000, 262_144, 400_001, 899_000])
def test_a_full_disk_is_a_507_and_it_goes_on_when_there_is_room(
    client: Visitor, db: Session, draft: Submission, monkeypatch: pytest.MonkeyPatch, room_left: int
) -> None:
    place = begin(client, draft, len(DATA)).headers["Location"]
    assert patch(client, place, 0, DATA[:1000]).status_code == 204
    write, written = os.pwrite, [0]

    def nearly_full(file: int, data: bytes, where: int) -> int:
        if len(bytes(data)) > 256 or where:  # the mark beside it needs no new room
            fits = min(len(bytes(data)), room_left - written[0])
            if fits <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            written[0] += fits
            return write(file, bytes(data)[:fits], where)
        return write(file, data, where)

    monkeypatch.setattr(partial.os, "pwrite", nearly_full)
    answer = patch(client, place, 1000, DATA[1000:])
    monkeypatch.undo()
    assert (answer.status_code, answer.json["code"]) == (507, "no_room")
    assert offset(client, place) == 1000
    assert (storage().waiting_room / left()[0]).stat().st_size == 1000
    assert patch(client, place, 1000, DATA[1000:]).status_code == 204
    assert db.scalars(sa.select(Blob.sha256)).one() == hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize("step", ["rename", "sync"])
def test_a_disk_that_is_full_at_the_end_costs_one_byte(
    client: Visitor, db: Session, draft: Submission, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    place = begin(client, draft, len(DATA)).headers["Location"]

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((Path, "replace") if step == "rename" else (os, "fsync")), full)
    answer = patch(client, place, 0, DATA)
    monkeypatch.undo()
    assert answer.status_code == 507
    resumed = offset(client, place)
    assert resumed in (0, len(DATA) - 1)
    assert patch(client, place, resumed, DATA[resumed:]).status_code == 204
    assert db.scalar(sa.select(sa.func.count(Attachment.id))) == 1


def test_a_store_that_is_away_costs_one_byte(
    client: Visitor, db: Session, draft: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = begin(client, draft, len(DATA)).headers["Location"]

    def away(*_args: object) -> None:
        raise Away("storage_away")

    monkeypatch.setattr(storage(), "keep_file", away)
    answer = patch(client, place, 0, DATA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    monkeypatch.undo()
    assert offset(client, place) == len(DATA) - 1
    assert patch(client, place, len(DATA) - 1, DATA[-1:]).status_code == 204
    assert db.scalars(sa.select(Blob.size)).one() == len(DATA)


def test_a_kill_between_the_file_and_its_row_is_made_good(
    client: Visitor, db: Session, draft: Submission
) -> None:
    """The file lies under its digest, its row was never written: the last byte once more attaches it."""
    place = begin(client, draft, len(DATA)).headers["Location"]
    ref = place.rpartition("/")[2]
    known = partial.Partial(storage().waiting_room, ref, len(DATA))
    with known.turn(0) as turn:
        turn.write(DATA)
        digest = turn.settle()
        storage().keep_file(known.path, digest)
    assert offset(client, place) == len(DATA) - 1
    assert patch(client, place, len(DATA) - 1, DATA[-1:]).status_code == 204
    assert db.scalars(sa.select(Attachment.sha256)).one() == digest
    assert left() == []
