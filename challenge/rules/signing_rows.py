"""The rows of the permission table about signing; `permissions` takes them up.

Its state is asked by the services: who comes too late is told so.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, organizer, party

SIGNING: Mapping[Action, tuple[Row, ...]] = {
    # For which side, and that nobody signs for two, is asked by the service.
    Action.AGREEMENT_SIGN: ((party,),),
    # The paper that all have signed and stamped: whoever has it puts it forward, the parties confirm it.
    Action.AGREEMENT_SCAN: ((party,), (organizer,)),
    Action.AGREEMENT_REGISTER: ((party,), (organizer,)),
}
