"""The rows of the permission table about changes to published needs; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import (
    Row,
    author,
    broker,
    in_state,
    member,
    organizer,
    seeker,
    without_conflict,
)

PUBLISHED = in_state("published")

CHANGES: Mapping[Action, tuple[Row, ...]] = {
    # Written beside what everyone reads. That an organizer's own is editorial is told by its service.
    Action.REQUIREMENT_CHANGE: (
        (seeker, PUBLISHED),
        (organizer, without_conflict, PUBLISHED),
        (broker, author, PUBLISHED),
    ),
    Action.REQUIREMENT_CHANGE_DECIDE: ((organizer, without_conflict, PUBLISHED),),
    # That its team has looked at what changed in the need that it answers.
    Action.SUBMISSION_LOOK: ((member,),),
}
