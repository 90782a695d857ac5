"""The redaction checklist in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.requirements import clearing
from challenge.requirements.models import Requirement
from challenge.web import face_words, hints, places


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding as the page draws it; without a reason it is open."""

    key: str
    kind: str
    where: str
    before: str
    words: str
    after: str
    reason: str | None


def of(session: Session, requirement: Requirement) -> list[Shown] | None:
    """What could identify the seeker; None where it is not anonymous. Indicators must be loaded."""
    if not requirement.anonymous:
        return None
    return [_shown(line) for line in clearing.checklist(session, requirement)]


def _shown(line: clearing.Line) -> Shown:
    found = line.finding
    words = f"{found.words} {places.region_name(found.words)}" if found.where == "region" else found.words
    kind, where = str(face_words.KINDS[found.kind]), hints.place_of(found.where)
    return Shown(found.key, kind, where, found.before, words, found.after, line.reason)
