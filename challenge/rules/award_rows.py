"""The rows of the permission table about results on their way out; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, admin, at, organizer, system, without_conflict
from challenge.rules.stages import Stage

OUTCOME = at(Stage.AWARD, Stage.CLOSED)

RELEASES: Mapping[Action, tuple[Row, ...]] = {
    # Two keys: that they are two people is told by the service. Nobody with a stake in an entry turns one.
    Action.AWARD_PREPARE: ((organizer, without_conflict, OUTCOME),),
    Action.AWARD_APPROVE: ((organizer, without_conflict, OUTCOME), (admin, without_conflict, OUTCOME)),
    # To stop is always safe.
    Action.AWARD_STOP: ((organizer, OUTCOME), (admin, OUTCOME)),
    # When the delay is over, by nobody's hand.
    Action.AWARD_PUBLISH: ((system,),),
}
