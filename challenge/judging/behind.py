"""Who is behind an entry reads nothing of what single judges gave it, whatever else they are in the round."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.judging import conflicts, entries
from challenge.judging.models import Phase
from challenge.rules.errors import NotAllowed
from challenge.rules.permissions import Actor


def check(session: Session, actor: Actor, submission_id: int) -> None:
    """Raise NotAllowed("own_conflict") where the actor has a tie to the entry (two statements)."""
    if conflicts.of_person(session, actor.user_id, submission_id) is not None:
        raise NotAllowed("own_conflict")


def of_phase(session: Session, actor: Actor, phase: Phase) -> frozenset[int]:
    """The entries of a phase that the actor has a tie to (two statements)."""
    return frozenset(conflicts.of_person_with(session, actor.user_id, entries.of_phase(phase)))
