"""Whether a paper that somebody shows is a signed agreement of this installation, unchanged.

Two questions are asked of a file: are its bytes those that were made here, and does the record in it prove
itself. Everyone may ask by a hash, and learns yes or no.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.agreements.signing_models import AgreementPaper, AgreementRecord
from challenge.audit import statements, verify_receipt
from challenge.audit.keys import Keyring
from challenge.audit.statements import Verdict
from challenge.rules.agreements import digest, told
from challenge.rules.signing import RECORD, SIGNATURE

MOST_BYTES = 50_000_000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a file is worth.

    `signed`: the very paper that was made here, and its record proves itself. `record`: the record alone, as
    JSON. `draft`: made here, and not signed by all. `reworked`: a right record in a file that was not made
    here, or was changed since. `altered`: the record does not fit its signature. `foreign`: signed by a key
    that is not ours. `nothing`: no agreement at all.
    """

    state: str
    sha256: str
    said: Mapping[str, Any] | None = None
    key: str = ""

    @property
    def good(self) -> bool:
        """Whether it proves what it says."""
        return self.state in ("signed", "record")

    @property
    def signatures(self) -> Sequence[Mapping[str, Any]]:
        """What each signature says; of a record that proves itself."""
        return [each["statement"] for each in self.said["signatures"]] if self.said is not None else []


def hash_of(text: str) -> str | None:
    """A hash as somebody typed or scanned it; None for what is none."""
    plain = "".join(text.split()).lower()
    return plain if _HASH.fullmatch(plain) else None


def known(session: Session, sha256: str) -> bool:
    """Whether an agreement that all its parties have signed has this hash: its terms, or its paper."""
    paper = sa.exists().where(AgreementPaper.sha256 == sha256, AgreementPaper.kind == "signed")
    terms = sa.exists().where(AgreementRecord.digest == sha256)
    return bool(session.scalar(sa.select(sa.or_(paper, terms))))


def of_file(session: Session, keys: Keyring, data: bytes) -> Proof:
    """What a file proves: a PDF, or the JSON that it carries. Never raises."""
    sha256 = hashlib.sha256(data).hexdigest()
    made = session.scalar(sa.select(AgreementPaper.kind).where(AgreementPaper.sha256 == sha256).limit(1))
    if made in ("draft", "proposed"):
        return Proof("draft", sha256)
    examined = statements.examine(keys, data, (RECORD,))
    if examined.verdict is not Verdict.VALID or examined.statement is None:
        states = {Verdict.ALTERED: "altered", Verdict.FOREIGN: "foreign"}
        return Proof(states.get(examined.verdict, "nothing"), sha256, key=examined.key or "")
    if not _whole(keys, examined.statement):
        return Proof("altered", sha256, key=examined.key or "")
    unmade = "reworked" if data.startswith(b"%PDF-") else "record"
    state = "signed" if made == "signed" else unmade
    return Proof(state, sha256, examined.statement, examined.key or "")


def _whole(keys: Keyring, said: Mapping[str, Any]) -> bool:
    """Whether its terms have the digest that it names, and every signature in it is one on that digest."""
    try:
        if digest(told(said["terms"])) != said["terms_sha256"]:
            return False
        bound = {name: said[name] for name in ("agreement", "version", "terms_sha256")}
        for each in said["signatures"]:
            found = statements.examine(keys, verify_receipt.canonical(each), (SIGNATURE,))
            if found.verdict is not Verdict.VALID or found.statement is None:
                return False
            if any(found.statement[name] != value for name, value in bound.items()):
                return False
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return bool(said["signatures"])
