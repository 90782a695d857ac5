"""Receipts and refusals as printed papers: asked for, kept, found. They are made by `flask work`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules.errors import WrongState
from challenge.submissions.models import LateArrival, Version
from challenge.submissions.paper_models import Paper
from challenge.tasks import queue
from challenge.tasks.queue import Work

TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paper of one statement for a reader; `zone` is empty where the reader has none of their own."""

    kind: str  # version or late
    id: int
    locale: str
    zone: str = ""

    @property
    def key(self) -> str:
        """The one name of its row of work."""
        return f"paper/{self.kind}:{self.id}/{self.locale}/{self.zone}"

    @property
    def work(self) -> Work:
        """The row of work that makes it."""
        payload = {"kind": self.kind, "id": self.id, "locale": self.locale, "zone": self.zone}
        return Work("paper", self.key, payload)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: `there` (with its file), `coming`, `failed`, `sealed`, or `absent`."""

    state: str
    sha256: str = ""
    size: int = 0


def standing(session: Session, wanted: Wanted, *, sealed: bool) -> Standing:
    """How it stands, in one statement or two. A sealed one is not made: it would lie open beside the seal."""
    row = session.execute(_find(wanted)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    if sealed:
        return Standing("sealed")
    state = queue.state_of(session, wanted.key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, wanted: Wanted, *, sealed: bool) -> None:
    """Have it made, also where that failed before. Asked twice it is made once."""
    if sealed:
        raise WrongState("paper_sealed")
    if session.execute(_find(wanted)).one_or_none() is None:
        queue.put_again(session, wanted.work)


def statement(session: Session, wanted: Wanted) -> tuple[dict[str, Any], int] | None:
    """The signed document to print and its submission; None where it is gone or still sealed."""
    if wanted.kind == "version":
        version = session.get(Version, wanted.id)
        found = (version.receipt, version.submission_id) if version and not version.sealed else None
    else:
        late = session.get(LateArrival, wanted.id)
        found = (late.refusal, late.submission_id) if late else None
    return found if found and found[0] else None


def keep(session: Session, wanted: Wanted, sha256: str, size: int, at: dt.datetime) -> None:
    """Name the stored bytes as this paper; one that was kept first stays."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    values = {"locale": wanted.locale, "zone": wanted.zone, "sha256": sha256, "size": size, "created_at": at}
    values[f"{wanted.kind}_id"] = wanted.id
    session.execute(insert_into(session, Paper).values(values).on_conflict_do_nothing())


def _find(wanted: Wanted) -> sa.Select[str, int]:
    whose = Paper.version_id if wanted.kind == "version" else Paper.late_id
    return sa.select(Paper.sha256, Paper.size).where(
        whose == wanted.id, Paper.locale == wanted.locale, Paper.zone == wanted.zone
    )
