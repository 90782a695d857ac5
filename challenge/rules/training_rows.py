"""The rows of the permission table for training and certificates."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.predicates import Row, in_state, member, organizer, owner, public, signed_in

OPEN = in_state("published")

TRAINING: Mapping[Action, tuple[Row, ...]] = {
    # Courses belong to a programme; its organizers make and run them.
    Action.COURSE_EDIT: ((organizer,),),
    Action.COURSE_RUN: ((organizer,),),
    Action.COURSE_READ: ((public,), (organizer,)),
    Action.COURSE_ENROL: ((signed_in, public, OPEN),),
    # Whoever has a place in it or waits for one; that they may leave still is told by the service.
    Action.COURSE_LEAVE: ((member,),),
    Action.COURSE_CHECK_IN: ((member, OPEN),),
    Action.CERTIFICATE_ISSUE: ((organizer,),),
    Action.CERTIFICATE_REVOKE: ((organizer,),),
    # The paper names its holder: theirs, and for those who issued it.
    Action.CERTIFICATE_READ: ((owner,), (organizer,)),
    Action.CERTIFICATE_UNNAME: ((owner,),),
}
