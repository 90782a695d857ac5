"""What an award's certificate is worth: by its code, or as a file that somebody shows.

A code that was guessed or changed is answered as one that never was: no such certificate.
"""

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
from challenge.awards import certificate_reads
from challenge.awards.certificate_models import AwardCertificate
from challenge.awards.certifying import KIND
from challenge.rules import certificate_codes
from challenge.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class Shown:
    """`valid`, `revoked`, `altered`, `foreign`, `unknown` or `nothing`, with what everyone may read of it.

    Nothing that is altered, foreign or unknown is repeated. `name` is empty where it was taken off.
    """

    state: str
    code: str = ""
    said: Mapping[str, Any] | None = None
    name: str = ""
    revoked_at: dt.datetime | None = None
    withdrawn: bool = False  # the award itself was taken back
    key: str = ""

    @property
    def issued_on(self) -> str:
        """The day on which it was issued, where the round was held."""
        return "" if self.said is None else self._day(dt.datetime.fromisoformat(self.said["issued_at"]))

    @property
    def revoked_on(self) -> str:
        """The day on which it was revoked; empty where only its award was taken back."""
        return "" if self.revoked_at is None else self._day(self.revoked_at)

    def _day(self, at: dt.datetime) -> str:
        zone = ZoneInfo(str(self.said["zone"])) if self.said is not None else dt.UTC
        return at.astimezone(zone).date().isoformat()


def of_code(session: Session, text: str) -> Shown:
    """How the certificate of a code stands, as people write it (one statement)."""
    code = certificate_codes.read(text)
    try:
        found = certificate_reads.by_code(session, code or "")
    except NotFound:
        return Shown("unknown")
    return shown(found)


def of_file(session: Session, data: bytes) -> Shown:
    """The same of a PDF or its JSON, which whoever shows it may have changed."""
    examined = holders.examine(data, KIND)
    if examined.verdict is not Verdict.VALID or examined.statement is None:
        states = {Verdict.ALTERED: "altered", Verdict.FOREIGN: "foreign"}
        return Shown(states.get(examined.verdict, "nothing"))
    return of_code(session, str(examined.statement["code"]))


def shown(found: AwardCertificate) -> Shown:
    """How a certificate stands that was read."""
    examined = holders.standing(found.document, KIND)
    said = examined.statement
    if examined.verdict is not Verdict.VALID or said is None or not _agrees(found, said):
        return Shown("altered", found.code)
    withdrawn = found.award is not None and found.award.state == "withdrawn"
    state = "revoked" if found.revoked_at is not None or withdrawn else "valid"
    name = found.holder.name if found.holder is not None else ""
    return Shown(state, found.code, said, name, found.revoked_at, withdrawn, examined.key or "")


def document(found: AwardCertificate) -> dict[str, Any]:
    """What the paper carries: the signed statement, and the name that its digest stands for."""
    holder = found.holder
    return found.document if holder is None else holders.document(found.document, holder.name, holder.salt)


def _agrees(found: AwardCertificate, said: Mapping[str, Any]) -> bool:
    """Whether the row says what was signed: nobody has changed one of them in the database."""
    holder = found.holder
    return (said["code"], said["of"], said["issued_at"]) == (
        found.code,
        found.kind,
        instant_text(found.issued_at),
    ) and (holder is None or holders.digest(holder.name, holder.salt) == said["holder_sha256"])
