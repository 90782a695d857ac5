"""The rows of the permission table about the platform itself; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, admin, system

ADMINISTRATION: Mapping[Action, tuple[Row, ...]] = {
    Action.USER_MANAGE: ((admin,), (system,)),
    Action.LOOK_ON: ((admin,),),
    Action.ROLE_MANAGE: ((admin,), (system,)),
    # All chains at once; of a round that the administrator takes part in, none.
    Action.AUDIT_VERIFY: ((admin,),),
    Action.SETTING_CHANGE: ((admin,),),
}
