"""The rows of the permission table for distribution, brokers, docking, and letters."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.message_rows import MESSAGES
from challenge.rules.predicates import Row, anyone, broker, caring, in_state, member, organizer, seeker

PUBLISHED = in_state("published")

OUTREACH: Mapping[Action, tuple[Row, ...]] = {
    # Distribution: what is published is sent out by its organizer, and by the broker who looks after it.
    Action.CARE_TAKE: ((broker, PUBLISHED),),
    Action.CARE_LEAVE: ((broker, caring),),
    Action.CONTACTS_EDIT: ((organizer,), (broker,)),
    Action.DISTRIBUTION_READ: ((organizer,), (broker,)),
    Action.DISTRIBUTION_SEND: ((organizer, PUBLISHED), (broker, caring, PUBLISHED)),
    # Whoever holds the signed link answers, without an account too.
    Action.DISPATCH_ANSWER: ((anyone,),),
    # Docking: of the requirement's own people, whoever looks after it, and the candidate in question.
    Action.DOCKING_LIST: ((organizer,), (broker,)),
    Action.DOCKING_READ: ((organizer,), (broker, caring), (seeker,), (member,)),
    Action.DOCKING_PLAN: ((organizer,), (broker, caring), (seeker,)),
    # How a meeting went, and both sides' words where they said them by mouth.
    Action.DOCKING_SETTLE: ((organizer,), (broker, caring), (seeker,)),
    Action.DOCKING_JUDGE: ((seeker,), (member,)),
    **MESSAGES,
}
