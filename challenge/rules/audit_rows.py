"""The rows of the permission table about oversight; `permissions` takes them up.

An auditor reads everything of a scope and changes nothing: `EVIDENCE_READ` is the only action that the role
gives. A conflict of interest and a seal hold for auditors as for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.erasure import ERASURES
from challenge.rules.predicates import (
    Row,
    admin,
    auditor,
    host_organizer,
    not_sealed,
    organizer,
    without_conflict,
)

OVERSIGHT: Mapping[Action, tuple[Row, ...]] = {
    **ERASURES,
    Action.PROGRAMME_CREATE: ((host_organizer,), (admin,)),
    Action.PROGRAMME_EDIT: ((organizer,), (admin,)),
    Action.AUDIT_READ: ((admin,), (organizer,)),
    Action.AUDITOR_APPOINT: ((organizer,), (admin,)),
    Action.EVIDENCE_READ: ((auditor, without_conflict, not_sealed),),
}
