"""The rows of the permission table about figures and stories; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.branch_rows import HANDED_IN
from challenge.rules.predicates import Row, admin, organizer

FIGURES: Mapping[Action, tuple[Row, ...]] = {
    # Of a round or a programme its organizers', of a branch its managers', of everything the administrators'.
    Action.FIGURES_READ: ((organizer,), (admin,)),
    # Which need of an earlier edition it is: in figures both count once.
    Action.REQUIREMENT_REPEAT: ((organizer, HANDED_IN),),
    # What came of a need, told to everyone with the word of both sides.
    Action.STORY_WRITE: ((organizer,),),
}
