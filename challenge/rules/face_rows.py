"""The rows of the permission table about a requirement's confidential face; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.branch_rows import HANDED_IN
from challenge.rules.predicates import (
    Row,
    at,
    author,
    branch_manager,
    broker,
    caring,
    in_state,
    opened,
    organizer,
    past_branch,
    public,
    seeker,
    signed_in,
    with_branch,
    without_conflict,
)
from challenge.rules.stages import Stage

NOT_OVER = at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
OWN = in_state("draft", "returned")
PUBLISHED = in_state("published")
WAITING = in_state("submitted")
# Once everyone could read its public part: what was opened then can be taken back later.
OUT = in_state("published", "selected", "agreed", "delivered", "failed", "withdrawn")

FACES: Mapping[Action, tuple[Row, ...]] = {
    # The agreement of a round, and one requirement's own instead of it.
    Action.NDA_EDIT: ((organizer, NOT_OVER),),
    Action.NDA_ACCEPT: ((signed_in, public),),
    # Whether anybody may ask at all is its seeker's word, and of whoever wrote it for the seeker.
    Action.FACE_SET: ((seeker,), (organizer, author), (broker, author)),
    Action.FACE_ASK: ((signed_in, public, PUBLISHED),),
    Action.FACE_DECIDE: ((seeker, OUT), (organizer, without_conflict, OUT), (broker, author, OUT)),
    Action.FACE_INVITE: (
        (seeker, PUBLISHED),
        (organizer, without_conflict, PUBLISHED),
        (broker, author, PUBLISHED),
        (broker, caring, PUBLISHED),
    ),
    # To whom it was opened, as long as everyone may read the public part.
    Action.FACE_READ: ((opened, public),),
    # Who asked, who accepted, who opened what.
    Action.FACE_WATCH: (
        (seeker,),
        (organizer, without_conflict, HANDED_IN),
        (organizer, author),
        (broker, author),
    ),
    # That something which could identify the seeker stays.
    Action.REDACTION_SETTLE: (
        (seeker, OWN),
        (organizer, author, OWN),
        (broker, author, OWN),
        (organizer, without_conflict, WAITING, past_branch),
        (branch_manager, without_conflict, WAITING, with_branch),
    ),
}
