"""Statements that are about somebody without naming them: a name beside them, under a salted digest.

The statement holds `holder_sha256`; the name and its salt travel beside it in the document, and can be taken
off it: what was signed is verified still, and says no more whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from challenge.audit import statements, verify_receipt
from challenge.audit.keys import keyring
from challenge.audit.statements import Examined, Verdict


def digest(name: str, salt: str) -> str:
    """What is signed of a name: the digest of it and its salt, which keeps it from being guessed."""
    return statements.digest({"name": name, "salt": salt})


def document(signed: Mapping[str, Any], name: str, salt: str) -> dict[str, Any]:
    """What a paper carries: the signed statement, and the name that its digest stands for."""
    return {**signed, "holder": {"name": name, "salt": salt}}


def examine(data: bytes, kind: str) -> Examined:
    """What a document of this kind from anywhere is worth; altered also where its name was exchanged."""
    examined = statements.examine(keyring(), data, (kind,))
    if examined.verdict is Verdict.VALID and examined.statement is not None:
        holder = _holder(data)
        if holder is not None and digest(*holder) != examined.statement["holder_sha256"]:
            return Examined(Verdict.ALTERED, examined.statement, examined.key)
    return examined


def standing(signed: Mapping[str, Any], kind: str) -> Examined:
    """What a document of our own database is worth."""
    return statements.examine(keyring(), statements.canonical(signed), (kind,))


def _holder(data: bytes) -> tuple[str, str] | None:
    """The name and salt that a file gives with it."""
    found = verify_receipt.document_of(data)
    holder = found.get("holder") if isinstance(found, dict) else None
    if not isinstance(holder, dict):
        return None
    return str(holder.get("name")), str(holder.get("salt"))
