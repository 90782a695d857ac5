"""Certificates on paper: asked for, kept, found. They are made by `flask work`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.queue import Work
from challenge.training import certificates
from challenge.training.models import Certificate, CertificateHolder, CertificatePrint

TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: `there` (with its file), `coming`, `failed`, or `absent`."""

    state: str
    sha256: str = ""
    size: int = 0


def work(number: str, locale: str) -> Work:
    """The row of work that makes one."""
    key = f"certificate-print/{number}/{locale}"
    return Work("certificate_print", key, {"number": number, "locale": locale})


def standing(session: Session, found: Certificate, locale: str) -> Standing:
    """How it stands, in one statement or two."""
    row = session.execute(_find(found.id, locale)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    state = queue.state_of(session, work(found.number, locale).key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, actor: Actor, found: Certificate, locale: str) -> None:
    """Have it made, also where that failed before. Asked twice it is made once."""
    require(actor, Action.CERTIFICATE_READ, certificates.subject_of(found))
    if session.execute(_find(found.id, locale)).one_or_none() is None:
        queue.put_again(session, work(found.number, locale))


def keep(session: Session, found: Certificate, locale: str, sha256: str, size: int, at: dt.datetime) -> None:
    """Name the stored bytes as this paper; nothing of a certificate whose name was taken off meanwhile."""
    held = sa.select(CertificateHolder.certificate_id).where(CertificateHolder.certificate_id == found.id)
    if session.scalar(held.with_for_update()) is None:
        return
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    values = {"certificate_id": found.id, "locale": locale, "sha256": sha256, "size": size}
    row = insert_into(session, CertificatePrint).values({**values, "created_at": at})
    session.execute(row.on_conflict_do_nothing())


def _find(certificate_id: int, locale: str) -> sa.Select[str, int]:
    mine = (CertificatePrint.certificate_id == certificate_id, CertificatePrint.locale == locale)
    return sa.select(CertificatePrint.sha256, CertificatePrint.size).where(*mine)
