"""Who made a public file of a requirement: read by a child process, kept as a few words for the checklist."""

from __future__ import annotations

from collections.abc import Callable

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.files.models import Blob
from challenge.files.storage import storage
from challenge.requirements import file_properties
from challenge.tasks import queue

Engine = Callable[[bytes, str], list[str]]


def make(task: queue.Leased, engine: Engine, most_bytes: int) -> None:
    """Read one file and keep what it says; one that is known, gone or too large has nothing to say."""
    sha256 = str(task.payload["sha256"])
    with fresh_session() as session:
        blob = session.get(Blob, sha256)
    if blob is None:
        return
    whole = b"" if blob.size > most_bytes else b"".join(storage().read(sha256, 0, blob.size))
    said = engine(whole, blob.media_type) if whole else []
    with fresh_session() as session:
        file_properties.keep(session, sha256, said, clock.now(session))
        queue.finish(session, task)
