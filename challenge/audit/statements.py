"""Signed statements: a small JSON document that says something, and the signature that proves who said it.

The signature is over the statement's canonical JSON (sorted keys, no spaces, UTF-8), so that a document may
be indented, saved and mailed and still verify; a single changed character of what it says does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from challenge.audit.keys import ALGORITHM, Keyring, Signature, UnknownKey

RECEIPT = "challenge-receipt/1"
REFUSAL = "challenge-refusal/1"
KINDS = (RECEIPT, REFUSAL)
MOST_BYTES = 1_000_000


class Verdict(StrEnum):
    """What an examined document is."""

    VALID = "valid"
    ALTERED = "altered"
    FOREIGN = "foreign_key"
    NOTHING = "not_a_receipt"


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdict, and the statement where there is one to show (never trust one that is not valid)."""

    verdict: Verdict
    statement: Mapping[str, Any] | None = None
    key: str | None = None


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value that digests and signatures are made of."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


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


def examine(keys: Keyring, data: bytes) -> Examined:
    """What a document from anywhere is worth. Never raises, whatever the bytes are."""
    document = _parsed(data)
    statement, signature = document.get("statement"), document.get("signature")
    if not isinstance(statement, dict) or statement.get("kind") not in KINDS:
        return Examined(Verdict.NOTHING)
    named = _signature(signature)
    if named is None:
        return Examined(Verdict.NOTHING)
    try:
        right = keys.verifies(canonical(statement), named)
    except UnknownKey:
        return Examined(Verdict.FOREIGN, statement, named.key)
    except (ValueError, UnicodeEncodeError):
        return Examined(Verdict.NOTHING)
    return Examined(Verdict.VALID if right else Verdict.ALTERED, statement, named.key)


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        return {}
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _signature(value: object) -> Signature | None:
    if not isinstance(value, dict) or value.get("algorithm") != ALGORITHM:
        return None
    key, text = value.get("key"), value.get("value")
    if not isinstance(key, str) or not isinstance(text, str):
        return None
    return Signature(key, text)
