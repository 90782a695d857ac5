"""Who a message of an organizer goes to: parts of a round's people, chosen one by one and never all of them.

A part is a role and a state: whose entry is a draft, whose need was returned, which judges have open work.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.errors import Invalid

# role -> the states by which its people are told apart
PARTS: Mapping[str, tuple[str, ...]] = {
    "entries": ("draft", "submitted", "withdrawn", "ineligible", "selected", "not_selected"),
    "needs": ("draft", "submitted", "returned", "published", "selected", "agreed", "failed"),
    "work": ("invited", "accepted", "completed"),
    "people": ("panel", "organizers"),
}
ALL = tuple(f"{role}:{state}" for role, states in PARTS.items() for state in states)
# Judges of one phase, and entries that stand in it; the other parts know no phases.
BY_PHASE = frozenset({"entries", "work", "people:panel"})

CONFIRMED_ANEW = 200  # more than these: their number is typed once more
DELAYS = (5, 30, 120)  # minutes in which it can be stopped
SUBJECT, BODY = 120, 5000


def parts_of(chosen: list[str]) -> tuple[str, ...]:
    """The chosen parts in the table's order; raises Invalid where none is chosen or one is unknown."""
    if not chosen:
        raise Invalid("parts", "segment_empty")
    if not set(chosen) <= set(ALL):
        raise Invalid("parts", "not_a_choice")
    return tuple(each for each in ALL if each in chosen)
