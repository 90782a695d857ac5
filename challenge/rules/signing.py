"""Signing: with what, by whom, what a signature's statement says, and when all have signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from challenge.rules.agreements import SIDES, Terms, written
from challenge.rules.errors import Invalid, WrongState

METHODS = ("typed", "picture", "scan")  # a name, its picture, the scan of the paper that all have stamped
FILE_KINDS = ("picture", "scan")
PAPERS = ("draft", "proposed", "signed")
NAME = 100
SIGNATURE = "challenge-signature/1"
RECORD = "challenge-agreement/1"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a signature binds: these terms, under this number of this agreement."""

    ref: str
    number: str
    version: int
    digest: str

    @property
    def said(self) -> dict[str, Any]:
        """As statements name it."""
        return {
            "agreement": self.ref,
            "number": self.number,
            "version": self.version,
            "terms_sha256": self.digest,
        }


def waiting(sides: Collection[str], signed: Collection[str]) -> tuple[str, ...]:
    """The sides that have not signed, in their order."""
    return tuple(side for side in SIDES if side in sides and side not in signed)


def check_side(mine: Collection[str], side: str, signed_by: Mapping[str, int | None], person: int) -> None:
    """Whether this person may sign for this side now; `signed_by` names who signed for which.

    Raises Invalid("side", ...) where the side is not theirs to sign for, WrongState where it is signed, or
    where they have signed for another.
    """
    if side not in mine:
        raise Invalid("side", "side_not_yours")
    if side in signed_by:
        raise WrongState("side_signed")
    if person in signed_by.values():
        raise WrongState("one_person_one_side")


def signer_name(text: str) -> str:
    """The name as it will stand on the paper. Raises Invalid("name", ...)."""
    plain = " ".join(text.split())
    if not plain:
        raise Invalid("name", "required")
    if len(plain) > NAME:
        raise Invalid("name", "too_long", most=NAME, length=len(plain))
    return plain


def record(bound: Bound, terms: Terms, signed_at: str, signatures: list[dict[str, Any]]) -> dict[str, Any]:
    """What the installation's signature over the whole says: the terms themselves, and every signature."""
    return {
        "kind": RECORD,
        **bound.said,
        "signed_at": signed_at,
        "terms": written(terms),
        "signatures": signatures,
    }
