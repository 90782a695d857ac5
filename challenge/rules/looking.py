"""What an administrator who looks on as somebody else does not get to see, whatever that person may see.

Looking on lends a person's eyes, never their trust: what was opened to them by name stays shut, so does
what is sealed, and so does whatever the administrator has a part or a conflict of their own in.
"""

from __future__ import annotations

from challenge.rules.actions import Action
from challenge.rules.actors import Actor, Subject

MINUTES = (15, 30, 60)
REASON = 500
# What was entrusted to this person by name, or under an agreement that the administrator has not accepted.
NEVER_LENT = frozenset(
    {
        Action.REQUIREMENT_READ_CONFIDENTIAL,
        Action.FACE_READ,
        Action.RESOURCE_OPEN,
        Action.DIAGNOSIS_OPEN,
    }
)


def lent(actor: Actor, action: Action, subject: Subject) -> bool:
    """Whether an administrator may look at this through the eyes of the person they look on as."""
    if action in NEVER_LENT or (subject.sealed and subject.kind == "submission"):
        return False
    known = subject.conflicted | subject.team | subject.parties | subject.opened_to
    ones = (subject.owner_id, subject.author_id, subject.judge_id, subject.broker_id, subject.expert_id)
    return actor.seen_by not in known and actor.seen_by not in ones
