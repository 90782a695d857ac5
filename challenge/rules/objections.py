"""Objections to a public notice: grounds, sides, limits; and their rows of the permission table."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, admin, author, organizer, public, signed_in, without_conflict

GROUNDS = ("criterion", "conflict", "eligibility")
SIDES = ("solver", "seeker", "judge", "public")  # as what somebody objects
SHORTEST, LONGEST = 20, 3_000
LONGEST_PUBLIC = 1_000
LONGEST_NAME = 100
MOST_FILES = 5
MOST_OPEN = 10  # of one person in one round that nobody has answered yet
USUAL_DAYS, MOST_DAYS = 5, 60

# Why somebody does not answer an objection, in the order in which it is told.
INVOLVED = ("filed", "judges", "tied", "decided", "filer_organization")

OBJECTIONS: Mapping[Action, tuple[Row, ...]] = {
    Action.OBJECTION_FILE: ((signed_in, public),),
    # The filer reads the own one; its text, name and files are for those who could answer it.
    Action.OBJECTION_READ: ((author,), (organizer, without_conflict), (admin, without_conflict)),
    Action.OBJECTION_WITHDRAW: ((author,),),
    # Ground, entry and state of each, and nothing of whoever filed it.
    Action.OBJECTION_LIST: ((organizer,), (admin,)),
    Action.OBJECTION_ANSWER: ((organizer, without_conflict), (admin, without_conflict)),
}
