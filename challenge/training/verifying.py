"""What a certificate is worth: by its number, or as a file that somebody shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from challenge.audit import holders
from challenge.audit.chain import instant_text
from challenge.audit.statements import Verdict
from challenge.rules.errors import NotFound
from challenge.training import certificates
from challenge.training.certificates import KIND
from challenge.training.models import Certificate


@dataclass(frozen=True, slots=True)
class Shown:
    """`valid`, `expired`, `revoked`, `altered`, `foreign` or `unknown`, with what everyone may read of it.

    Nothing that is altered, foreign or unknown is repeated. `name` is empty where its holder took it off, or
    has no account any more.
    """

    state: str
    number: str = ""
    said: Mapping[str, Any] | None = None
    name: str = ""
    revoked_at: dt.datetime | None = None
    key: str = ""

    @property
    def issued_on(self) -> str:
        """The day on which it was issued, where the course was held."""
        return self._day("issued_at")

    @property
    def last_day(self) -> str:
        """The last day on which it holds; empty: for good."""
        return self._day("valid_until", -dt.timedelta(seconds=1))

    @property
    def revoked_on(self) -> str:
        """The day on which it was revoked, with its year as the others: it is read years later."""
        return "" if self.revoked_at is None else self._local(self.revoked_at)

    def _day(self, name: str, shift: dt.timedelta = dt.timedelta(0)) -> str:
        text = self.said.get(name) if self.said is not None else None
        return self._local(dt.datetime.fromisoformat(str(text)) + shift) if text else ""

    def _local(self, at: dt.datetime) -> str:
        zone = ZoneInfo(str(self.said["zone"])) if self.said is not None else dt.UTC
        return at.astimezone(zone).date().isoformat()


def of_number(session: Session, number: str, now: dt.datetime) -> Shown:
    """How the certificate of a number stands (one statement)."""
    try:
        found = certificates.by_number(session, number)
    except NotFound:
        return Shown("unknown", number)
    return shown(found, now)


def of_file(session: Session, data: bytes, now: dt.datetime) -> Shown:
    """The same of a PDF or its JSON, which whoever shows it may have changed."""
    examined = holders.examine(data, KIND)
    if examined.verdict is not Verdict.VALID or examined.statement is None:
        states = {Verdict.ALTERED: "altered", Verdict.FOREIGN: "foreign"}
        return Shown(states.get(examined.verdict, "nothing"))
    return of_number(session, str(examined.statement["number"]), now)


def shown(found: Certificate, now: dt.datetime) -> Shown:
    """How a certificate stands that was read."""
    examined = holders.standing(found.document, KIND)
    said = examined.statement
    if examined.verdict is not Verdict.VALID or said is None or not _agrees(found, said):
        return Shown("altered", found.number)
    state = "valid"
    if found.revoked_at is not None:
        state = "revoked"
    elif found.valid_until is not None and found.valid_until <= now:
        state = "expired"
    name = found.holder.name if found.holder is not None else ""
    return Shown(state, found.number, said, name, found.revoked_at, examined.key or "")


def document(found: Certificate) -> dict[str, Any]:
    """What the paper carries: the signed statement, and the name that its digest stands for."""
    holder = found.holder
    return found.document if holder is None else holders.document(found.document, holder.name, holder.salt)


def _agrees(found: Certificate, said: Mapping[str, Any]) -> bool:
    """Whether the row says what was signed: nobody has changed one of them in the database."""
    until = instant_text(found.valid_until) if found.valid_until is not None else None
    holder = found.holder
    return (
        (said["number"], said["level"]) == (found.number, found.level)
        and (said["issued_at"], said["valid_until"]) == (instant_text(found.issued_at), until)
        and (holder is None or holders.digest(holder.name, holder.salt) == said["holder_sha256"])
    )
