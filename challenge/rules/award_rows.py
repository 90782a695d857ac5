"""The rows of the permission table about awards and results on their way out; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, admin, at, organizer, seeker, system, without_conflict
from challenge.rules.stages import Stage

OUTCOME = at(Stage.AWARD, Stage.CLOSED)

AWARDS: Mapping[Action, tuple[Row, ...]] = {
    # Nobody chooses an entry of their own: those behind the entries in question have a conflict.
    Action.AWARD_PROPOSE: ((organizer, without_conflict, OUTCOME),),
    Action.AWARD_CONFIRM: ((seeker, without_conflict, OUTCOME),),
    Action.AWARD_OVERRIDE: ((organizer, without_conflict, OUTCOME),),
    Action.AWARD_NOTICE: ((organizer, OUTCOME),),
    # Two keys: that they are two people is told by the service. Nobody with a stake in an entry turns one.
    Action.AWARD_PREPARE: ((organizer, without_conflict, OUTCOME),),
    Action.AWARD_APPROVE: ((organizer, without_conflict, OUTCOME), (admin, without_conflict, OUTCOME)),
    # To stop is always safe.
    Action.AWARD_STOP: ((organizer, OUTCOME), (admin, OUTCOME)),
    # When the delay is over, by nobody's hand.
    Action.AWARD_PUBLISH: ((system,),),
}
