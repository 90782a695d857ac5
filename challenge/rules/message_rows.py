"""The rows of the permission table about letters: one's own, and those of an organizer's round."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, admin, anyone, organizer

MESSAGES: Mapping[Action, tuple[Row, ...]] = {
    # Whoever holds the signed link of a letter may end letters of its kind.
    Action.LETTERS_STOP: ((anyone,),),
    Action.GROUP_WRITE: ((organizer,),),
    Action.LETTER_WORD: ((organizer,), (admin,)),
}
