"""Derivatives for judges: asked for when something is entered or a round is opened, made by a child process.

A sealed round's files wait until its key is released: what is made of them would tell of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.files import derivatives
from challenge.files import services as files
from challenge.files.derivatives import Copy, Entry
from challenge.files.models import Blob
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from challenge.submissions.models import Submission, Version
from challenge.tasks import queue
from challenge.tasks.queue import Work

READ = 1024 * 1024


class Made(Protocol):
    """A derived file, still in the folder of whoever made it."""

    kind: str
    page: int
    media_type: str
    path: Path


class Missing(Protocol):
    """What was not made, and why."""

    kind: str
    state: str
    reason: str


class Outcome(Protocol):
    """All that came of one file."""

    @property
    def made(self) -> Sequence[Made]:
        """What is there."""

    @property
    def missing(self) -> Sequence[Missing]:
        """What is not."""


Derive = Callable[[Path, str, Path], Any]


def of_version(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """Something was entered: its files, as far as they can be read."""
    mine = sa.select(Version.manifest).where(
        Version.submission_id == facts["submission_id"], Version.current, sa.not_(Version.sealed)
    )
    return _works(session, session.scalars(mine).all())


def of_round(session: Session, facts: Mapping[str, Any]) -> Sequence[Work]:
    """Everything that stands in a round, and of which nothing was made yet."""
    query = (
        sa.select(Version.manifest)
        .join(Submission, Submission.id == Version.submission_id)
        .where(Submission.round_id == facts["round_id"], Version.current, sa.not_(Version.sealed))
    )
    return _works(session, session.scalars(query).all())


def _works(session: Session, manifests: Sequence[list[Any]]) -> list[Work]:
    digests = [file["sha256"] for manifest in manifests for file in manifest]
    return [
        Work("derive", f"derive/{each}", {"sha256": each}) for each in derivatives.lacking(session, digests)
    ]


def make(task: queue.Leased, derive: Derive, most_bytes: int) -> None:
    """Make the derivatives of one file and keep them; a file that has some already is left as it is."""
    sha256 = str(task.payload["sha256"])
    with fresh_session() as session:
        blob = session.get(Blob, sha256)
        if blob is None or derivatives.lacking(session, [sha256]) == []:
            queue.finish(session, task)
            return
        size, media_type = blob.size, blob.media_type
        if size > most_bytes:
            too_large = Entry("clean", 0, "failed", reason="too_large")
            derivatives.record(session, sha256, [too_large], clock.now(session))
            queue.finish(session, task)
            return
    with tempfile.TemporaryDirectory(prefix="challenge-derive-") as name:
        source, made = Path(name) / "source", Path(name) / "made"
        made.mkdir()
        _fetch(sha256, size, source)
        outcome: Outcome = derive(source, media_type, made)
        with storage().in_use():
            kept = {(each.kind, each.page): _keep(each) for each in outcome.made}
            with fresh_session() as session:
                now = clock.now(session)
                if kept:
                    files.store(session, list(kept.values()), now)
                derivatives.record(session, sha256, _entries(outcome, kept), now)
                queue.finish(session, task)


def _fetch(sha256: str, size: int, place: Path) -> None:
    with place.open("wb") as file:
        for chunk in storage().read(sha256, 0, size):
            file.write(chunk)


def _keep(made: Made) -> Kept:
    with storage().stage() as staged, made.path.open("rb") as file:
        while chunk := file.read(READ):
            staged.write(chunk)
        return Kept(storage().keep(staged), staged.size, made.media_type, "")


def _entries(outcome: Outcome, kept: Mapping[tuple[str, int], Kept]) -> list[Entry]:
    entries = [
        Entry(kind, page, "done", Copy(each.sha256, each.size, each.media_type))
        for (kind, page), each in kept.items()
    ]
    return entries + [Entry(each.kind, 0, each.state, reason=each.reason) for each in outcome.missing]
