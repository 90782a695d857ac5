"""Signed statements: a small JSON document that says something, and the signature that proves who said it.

The signature is over the statement's canonical JSON (sorted keys, no spaces, UTF-8), so that a document may
be indented, saved and mailed and still verify; a single changed character of what it says does not. How a
document is read is told by `verify_receipt`, which also does all of it without this application.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from challenge.audit import verify_receipt
from challenge.audit.keys import ALGORITHM, Keyring, Signature, UnknownKey
from challenge.audit.verify_receipt import MOST_BYTES, RECEIPT, REFUSAL, canonical

__all__ = [
    "MOST_BYTES",
    "RECEIPT",
    "REFUSAL",
    "Examined",
    "Verdict",
    "canonical",
    "digest",
    "examine",
    "published",
    "sign",
]


class Verdict(StrEnum):
    """What an examined document is."""

    VALID = verify_receipt.VALID
    ALTERED = verify_receipt.ALTERED
    FOREIGN = verify_receipt.FOREIGN
    NOTHING = verify_receipt.NOTHING


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdict, and the statement where there is one to show (never trust one that is not valid)."""

    verdict: Verdict
    statement: Mapping[str, Any] | None = None
    key: str | None = None


def digest(value: Any) -> str:
    """SHA-256 of the canonical spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sign(keys: Keyring, statement: Mapping[str, Any]) -> dict[str, Any]:
    """The document: the statement with its signature."""
    signature = keys.sign(canonical(statement))
    return {
        "statement": dict(statement),
        "signature": {"algorithm": ALGORITHM, "key": signature.key, "value": signature.value},
    }


def examine(keys: Keyring, data: bytes, kinds: tuple[str, ...] = verify_receipt.KINDS) -> Examined:
    """What a document from anywhere is worth: JSON, or the PDF that carries it. Never raises.

    `kinds` of statements that are looked for; any other is nothing.
    """
    try:
        statement, key, signature = verify_receipt.parsed(data, kinds)
    except verify_receipt.NoReceipt:
        return Examined(Verdict.NOTHING)
    try:
        right = keys.verifies(canonical(statement), Signature(key, base64.b64encode(signature).decode()))
    except UnknownKey:
        return Examined(Verdict.FOREIGN, statement, key)
    return Examined(Verdict.VALID if right else Verdict.ALTERED, statement, key)


def published(keys: Keyring) -> dict[str, Any]:
    """The public keys as verify_receipt.py reads them: all that ever signed here, and the one in force."""
    known = dict(sorted(keys.public_keys().items()))
    return {"algorithm": ALGORITHM, "current": keys.current(), "keys": known}
