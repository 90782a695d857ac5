"""A requirement's track in its round: wished by its seeker in the form, settled by the organizer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.requirements import facts, queries, trail
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import themes
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, can, require


def place(session: Session, actor: Actor, ref: str, theme_ref: str) -> Requirement:
    """Put a requirement into a track of its round, or into none (''), until judging opens.

    Raises `Invalid("theme", ...)` for a track of another round, NotFound for a seeker's own draft.
    """
    gate = gates.hold(session, queries.round_of(session, ref), exclusive=True)
    requirement = queries.held(session, ref)
    subject = facts.subject_of(requirement, gate.now)
    require(actor, Action.REQUIREMENT_PLACE, subject)
    if not can(actor, Action.REQUIREMENT_READ, subject):
        raise NotFound
    theme_id = themes.by_ref(session, gate.round.id, theme_ref).id if theme_ref else None
    if requirement.theme_id == theme_id:
        return requirement
    requirement.theme_id = theme_id
    session.flush()
    trail.record(session, actor, "requirement.placed", requirement, gate.now, track=theme_ref)
    return requirement
