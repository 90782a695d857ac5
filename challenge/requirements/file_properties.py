"""What public files say of who made them: asked for when one is attached, kept by the file's digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.requirements.face_models import FileProperties
from challenge.tasks import queue
from challenge.tasks.queue import Work

# Others have no author and no company.
TYPES = ("application/pdf", "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.")


def ask(session: Session, files: Iterable[tuple[str, str]]) -> None:
    """Have these files read, each (SHA-256, media type) once."""
    wanted = {sha256 for sha256, media_type in files if media_type.startswith(TYPES)}
    works = [Work("properties", f"properties/{each}", {"sha256": each}) for each in sorted(wanted)]
    queue.put(session, *works)


def keep(session: Session, sha256: str, said: list[str], at: dt.datetime) -> None:
    """Write down what a file says; written twice, it stands once."""
    values = {"sha256": sha256, "said": said, "created_at": at}
    session.execute(insert_into(session, FileProperties).values(values).on_conflict_do_nothing())


def said(session: Session, digests: Collection[str]) -> dict[str, list[str]]:
    """What these files say, as far as they were read (one statement)."""
    query = sa.select(FileProperties.sha256, FileProperties.said).where(FileProperties.sha256.in_(digests))
    return {row[0]: row[1] for row in session.execute(query)}
