"""The rows of the permission table about agreements; `permissions` takes them up.

Of an agreement the facts are its requirement's, `author_id` is who began it, `parties` who act for one.
Its state is asked by its services: who comes too late is told so.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, author, broker, caring, in_state, organizer, party, seeker

# A need that everybody knows, whatever became of it: also after its round is over.
AGREEABLE = in_state("published", "selected", "failed", "agreed", "delivered")
OPEN = in_state("draft", "in_signature")

# The parties' people, and whoever runs the round or looks after the need and has begun it.
HANDS: tuple[Row, ...] = ((party,), (organizer, author), (broker, author))

AGREEMENTS: Mapping[Action, tuple[Row, ...]] = {
    # Asked of the requirement.
    Action.AGREEMENT_BEGIN: ((seeker, AGREEABLE), (organizer, AGREEABLE), (broker, caring, AGREEABLE)),
    # Asked of the agreement.
    Action.AGREEMENT_READ: ((party,), (organizer,), (broker, caring), (broker, author)),
    Action.AGREEMENT_EDIT: HANDS,
    Action.AGREEMENT_PROPOSE: HANDS,
    # Who stands on the other sides: the side that looks for a solver says it.
    Action.AGREEMENT_PARTIES: ((seeker,), (organizer, author), (broker, author)),
    Action.AGREEMENT_TERMINATE: ((seeker,), (organizer,), (broker, author, OPEN)),
    # Asked of the round, and of the programme.
    Action.AGREEMENT_LIST: ((organizer,),),
    Action.AGREEMENT_TEMPLATE: ((organizer,),),
}
