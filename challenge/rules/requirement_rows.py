"""The rows of the permission table about requirements; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.branch_rows import HANDED_IN
from challenge.rules.predicates import (
    Row,
    admin,
    at,
    author,
    branch_manager,
    broker,
    during,
    in_state,
    organizer,
    past_branch,
    public,
    seeker,
    without_conflict,
)
from challenge.rules.stages import Stage

NOT_OVER = at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING, Stage.AWARD)
OWN = in_state("draft", "returned")

REQUIREMENTS: Mapping[Action, tuple[Row, ...]] = {
    Action.REQUIREMENT_CREATE: ((seeker, during(Stage.REQUIREMENTS)), (organizer, NOT_OVER)),
    # For a firm that has no account yet; the firm gets a link, and has the last word.
    Action.REQUIREMENT_ENTER: ((organizer, NOT_OVER), (broker, during(Stage.REQUIREMENTS))),
    # Many as a workbook: one's own, or each with its firm. Each row then asks for one of the two above.
    Action.REQUIREMENT_BRING: (
        (seeker, during(Stage.REQUIREMENTS)),
        (organizer, NOT_OVER),
        (broker, during(Stage.REQUIREMENTS)),
    ),
    Action.REQUIREMENT_OFFER: ((organizer, author, OWN), (broker, author, OWN)),
    Action.REQUIREMENT_CONFIRM: ((seeker, OWN),),
    Action.REQUIREMENT_EDIT: ((seeker, OWN), (organizer, author, OWN), (broker, author, OWN)),
    Action.REQUIREMENT_SUBMIT: ((seeker, OWN), (organizer, author, OWN), (broker, author, OWN)),
    Action.REQUIREMENT_WITHDRAW: (
        (seeker, in_state("draft", "submitted", "returned", "published")),
        (organizer, author, in_state("draft", "submitted", "returned", "published")),
        (broker, author, in_state("draft", "submitted", "returned", "published")),
    ),
    Action.REQUIREMENT_SCREEN: ((organizer, without_conflict, in_state("submitted"), past_branch),),
    # Into which track it goes: prizes and judges follow from it, so not once judging may have begun.
    Action.REQUIREMENT_PLACE: ((organizer, at(Stage.DRAFT, Stage.REQUIREMENTS, Stage.SUBMISSION)),),
    # A draft is its seeker's own: an organizer sees it once it was handed in.
    Action.REQUIREMENT_READ: (
        (public,),
        (seeker,),
        (organizer, HANDED_IN),
        (branch_manager, HANDED_IN),
        (organizer, author),
        (broker, author),
        (admin, HANDED_IN),
    ),
    Action.REQUIREMENT_READ_CONFIDENTIAL: (
        (seeker,),
        (organizer, without_conflict, HANDED_IN),
        (branch_manager, without_conflict, HANDED_IN),
        (organizer, author),
        (broker, author),
    ),
}
