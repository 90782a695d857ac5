"""Agreements on paper: asked for, kept, found. They are made by `flask work`.

A paper is of the terms of one digest: signed, with every signature and the record attached; proposed, to be
signed and stamped on it; or a draft.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.models import Agreement
from challenge.agreements.proposing import frozen
from challenge.agreements.signing_models import AgreementPaper, AgreementRecord
from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules.agreements import digest, told
from challenge.tasks import queue
from challenge.tasks.queue import Work

TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper: of an agreement, of the terms of a digest, of a kind."""

    agreement_id: int
    digest: str
    kind: str

    @property
    def work(self) -> Work:
        """The row of work that makes it."""
        payload = {"agreement_id": self.agreement_id, "digest": self.digest, "kind": self.kind}
        return Work(
            "agreement_print", f"agreement-print/{self.agreement_id}/{self.kind}/{self.digest}", payload
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: `there` (with its file), `coming`, `failed`, or `absent`."""

    state: str
    sha256: str = ""
    size: int = 0


def wanted(agreement: Agreement, record: AgreementRecord | None) -> Wanted:
    """The paper that an agreement has now: of what was signed, else of its terms as a version says them.

    Its terms are loaded.
    """
    if record is not None:
        return Wanted(agreement.id, record.digest, "signed")
    kind = "proposed" if agreement.state == "in_signature" else "draft"
    return Wanted(agreement.id, digest(frozen(told(agreement.terms))), kind)


def standing(session: Session, asked: Wanted) -> Standing:
    """How it stands, in one statement or two."""
    row = session.execute(_find(asked)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    state = queue.state_of(session, asked.work.key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, asked: Wanted) -> None:
    """Have it made, also where that failed before. Asked twice it is made once. The door asks who may."""
    if session.execute(_find(asked)).one_or_none() is None:
        queue.put_again(session, asked.work)


def keep(session: Session, asked: Wanted, sha256: str, size: int, at: dt.datetime) -> None:
    """Name the stored bytes as this paper; one that was kept first stays, older unsigned ones go."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    mine = (AgreementPaper.agreement_id == asked.agreement_id, AgreementPaper.kind != "signed")
    same = sa.and_(AgreementPaper.digest == asked.digest, AgreementPaper.kind == asked.kind)
    session.execute(sa.delete(AgreementPaper).where(*mine, sa.not_(same)))
    values = {"agreement_id": asked.agreement_id, "digest": asked.digest, "kind": asked.kind}
    row = insert_into(session, AgreementPaper).values(
        {**values, "sha256": sha256, "size": size, "created_at": at}
    )
    session.execute(row.on_conflict_do_nothing())


def _find(asked: Wanted) -> sa.Select[str, int]:
    return sa.select(AgreementPaper.sha256, AgreementPaper.size).where(
        AgreementPaper.agreement_id == asked.agreement_id,
        AgreementPaper.digest == asked.digest,
        AgreementPaper.kind == asked.kind,
    )
