"""Requirements as printed paper forms: asked for, kept, found. They are made by `flask work`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import insert_into
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.requirements.intake_models import NeedPrint
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.queue import Work

TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paper form in a language: blank, or of one requirement as it stood when it was saved last."""

    locale: str
    ref: str = ""
    saved: str = ""

    @property
    def key(self) -> str:
        """The one name of the paper and of its row of work."""
        return f"need-print/{self.ref or 'blank'}/{self.locale}/{self.saved}"

    @property
    def work(self) -> Work:
        """The row of work that makes it."""
        return Work("need_print", self.key, {"locale": self.locale, "ref": self.ref, "saved": self.saved})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a paper stands: `there` (with its file), `coming`, `failed`, or `absent`."""

    state: str
    sha256: str = ""
    size: int = 0


def of(requirement: Requirement, locale: str) -> Wanted:
    """The paper of a requirement as it stands now."""
    return Wanted(locale, requirement.ref, requirement.updated_at.isoformat())


def standing(session: Session, wanted: Wanted) -> Standing:
    """How it stands, in one statement or two."""
    row = session.execute(_find(wanted)).one_or_none()
    if row is not None:
        return Standing("there", *row)
    state = queue.state_of(session, wanted.key)
    return Standing({None: "absent", "done": "absent", "failed": "failed"}.get(state, "coming"))


def ask(session: Session, actor: Actor, wanted: Wanted) -> None:
    """Have it made, also where that failed before. Asked twice it is made once.

    Of a requirement whoever may read its closed part may ask: the door has asked for that.
    """
    require(actor, Action.ACCOUNT_USE)
    if session.execute(_find(wanted)).one_or_none() is None:
        queue.put_again(session, wanted.work)


def keep(session: Session, wanted: Wanted, sha256: str, size: int, at: dt.datetime) -> None:
    """Name the stored bytes as this paper; what it showed before in this language goes."""
    files.store(session, [Kept(sha256, size, TYPE, "")], at)
    before = f"need-print/{wanted.ref or 'blank'}/{wanted.locale}/"
    session.execute(sa.delete(NeedPrint).where(NeedPrint.key.startswith(before), NeedPrint.key != wanted.key))
    owner = session.scalar(sa.select(Requirement.id).where(Requirement.ref == wanted.ref))
    values: dict[str, Any] = {"key": wanted.key, "requirement_id": owner, "sha256": sha256, "size": size}
    row = insert_into(session, NeedPrint).values({**values, "created_at": at})
    session.execute(row.on_conflict_do_nothing())


def _find(wanted: Wanted) -> sa.Select[str, int]:
    return sa.select(NeedPrint.sha256, NeedPrint.size).where(NeedPrint.key == wanted.key)
