"""The rows of the permission table about a centre's services; `permissions` takes them up.

Of a service `host_id` is the centre in whose catalogue it stands, `branch_id` who provides it: the same, a
branch of it or a partner. Of a request besides `seeker_id` is who asks, `author_id` who asked for them as
their broker or organizer, `opened_to` the person it is assigned to, `conflicted` the asking organization's
people.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.actors import Actor, Subject
from challenge.rules.branch_rows import HANDED_IN
from challenge.rules.predicates import (
    Row,
    author,
    broker,
    caring,
    host_organizer,
    in_state,
    opened,
    organizer,
    public,
    seeker,
    without_conflict,
)


def offering(actor: Actor, subject: Subject) -> bool:
    """An organizer or manager of the centre that offers the service, or of whoever provides it there."""
    return host_organizer(actor, subject) or actor.holds("organizer", "organization", subject.branch_id)


OFFERED = public  # of a service: whether it is to be had
BOTH_SIDES: tuple[Row, ...] = ((seeker,), (author,), (opened,), (offering, without_conflict))

SERVICES: Mapping[Action, tuple[Row, ...]] = {
    Action.SERVICE_CREATE: ((host_organizer,),),
    Action.SERVICE_EDIT: ((offering,),),
    Action.SERVICE_READ: ((public,), (offering,)),
    Action.SERVICE_DESK: ((offering,),),
    # For one's own organization; for a need also whoever looks after it or runs its round.
    Action.SERVICE_ASK: (
        (seeker, OFFERED),
        (broker, caring, in_state("published"), OFFERED),
        (broker, author, HANDED_IN, OFFERED),
        (organizer, HANDED_IN, OFFERED),
    ),
    Action.SERVICE_REQUEST_READ: BOTH_SIDES,
    Action.SERVICE_NOTE: BOTH_SIDES,
    # To accept, assign and refuse; nobody does so for their own organization.
    Action.SERVICE_RUN: ((offering, without_conflict),),
    Action.SERVICE_WORK: ((offering, without_conflict), (opened, without_conflict)),
    # To cancel, and to rate what was done: the asking side's own.
    Action.SERVICE_SETTLE: ((seeker,), (author,)),
}
