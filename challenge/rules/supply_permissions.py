"""The rows of the permission table about what is on offer, about matching and searching (see permissions)."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import (
    Row,
    admin,
    anyone,
    broker,
    in_state,
    opened,
    organizer,
    owner,
    public,
    representative,
)

# Of an achievement `host_id` is the organization that owns it, else `owner_id` the person.
SUPPLY: Mapping[Action, tuple[Row, ...]] = {
    Action.ACHIEVEMENT_CREATE: ((representative,), (owner,)),
    Action.ACHIEVEMENT_EDIT: ((representative,), (owner,)),
    Action.ACHIEVEMENT_PUBLISH: ((representative,), (owner,)),
    Action.ACHIEVEMENT_RETIRE: ((representative,), (owner,), (admin,)),
    Action.ACHIEVEMENT_READ: ((public,), (representative,), (owner,), (opened,)),
    # No office opens it: the owner does, to one person at a time.
    Action.ACHIEVEMENT_READ_CONFIDENTIAL: ((representative,), (owner,), (opened,)),
    # Who suits a requirement: people who agreed to be found by its organizers and brokers.
    Action.MATCHES_READ: ((organizer, in_state("published")), (broker, in_state("published"))),
    # Whoever holds the signed link of a letter may stop such letters.
    Action.SEARCH_STOP: ((anyone,),),
}
