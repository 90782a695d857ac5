"""The rows of the permission table about an agreement carried out; `permissions` takes them up.

Asked of the agreement: `team` is who acts for the solver, `seeker_id` the organization that signed as the
seeker. Whoever acts for both sides may deliver, and does not rule on it. Its state is asked by the services.
"""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, member, organizer, seeker, without_conflict

MILESTONES: Mapping[Action, tuple[Row, ...]] = {
    Action.MILESTONE_DELIVER: ((member,),),
    Action.MILESTONE_RULE: ((seeker, without_conflict),),
    # Written down by whoever invoiced or paid, or by the organizer for them; both sides see it.
    Action.PAYMENT_RECORD: ((seeker,), (member,), (organizer,)),
    Action.REPORT_WRITE: ((seeker,), (member,)),
    # An organizer too: a seeker who falls silent leaves nothing open that was accepted.
    Action.AGREEMENT_COMPLETE: ((seeker, without_conflict), (organizer, without_conflict)),
}
