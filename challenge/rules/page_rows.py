"""The rows of the permission table about what is said to everyone or goes out; `permissions` takes it up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import (
    Row,
    admin,
    anyone,
    at,
    author,
    organizer,
    public,
    seeker,
    signed_in,
    without_conflict,
)
from challenge.rules.stages import Stage

RUNNING = at(Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
NOT_OVER = at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)

PAGES: Mapping[Action, tuple[Row, ...]] = {
    Action.QUESTION_ASK: ((signed_in, public, RUNNING),),
    Action.QUESTION_ANSWER: ((organizer,), (seeker,)),
    # Resources; whether the terms before one are accepted is asked by its service.
    Action.RESOURCE_EDIT: ((organizer, NOT_OVER),),
    Action.RESOURCE_OPEN: ((public,), (organizer,)),
    Action.TERMS_ACCEPT: ((signed_in, public),),
    # The discussion of a round: its judges read it and write nothing.
    Action.FORUM_POST: ((signed_in, public, without_conflict, RUNNING),),
    Action.FORUM_EDIT: ((author, public, RUNNING),),
    Action.FORUM_WATCH: ((signed_in, public),),
    Action.FORUM_MODERATE: ((organizer,),),
    # A programme is public with its first public round.
    Action.PROGRAMME_READ: ((public,), (organizer,), (admin,)),
    # Where events are sent: of a programme its organizers', of an organization its representatives'.
    Action.WEBHOOK_EDIT: ((organizer,), (seeker,)),
    # Whoever has the secret address, as calendar programs do.
    Action.CALENDAR_READ: ((anyone,),),
}
