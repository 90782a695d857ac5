"""The rows of the permission table about branches and a seeker's own notes; `permissions` takes them up."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.lifecycles import REQUIREMENT
from challenge.rules.predicates import (
    Row,
    admin,
    after_close,
    branch_manager,
    in_state,
    manager,
    not_sealed,
    organizer,
    seeker,
    system,
    with_branch,
    without_conflict,
)
from challenge.rules.stages import Stage

HANDED_IN = in_state(*sorted(REQUIREMENT.states - {"draft"}))

BRANCHES: Mapping[Action, tuple[Row, ...]] = {
    # What an organization is a branch of: its managers reach whatever lies below, so nobody claims one.
    Action.ORGANIZATION_PLACE: ((admin,), (system,)),
    Action.MANAGER_APPOINT: ((manager,), (admin,), (system,)),
    Action.BRANCH_READ: ((manager,), (admin,)),
    # The branch's word before the organizer's, where the round screens in two steps.
    Action.REQUIREMENT_SCREEN_FIRST: (
        (branch_manager, without_conflict, in_state("submitted"), with_branch),
    ),
    # Which branch looks after a requirement: also the way out where a branch has nobody.
    Action.REQUIREMENT_BRANCH: ((organizer, HANDED_IN),),
    # A seeker's own marks and notes on what it may read: its representatives', and nobody else's.
    Action.OFFER_NOTE: (
        (
            seeker,
            without_conflict,
            not_sealed,
            in_state("submitted", "selected", "not_selected"),
            after_close(Stage.SUBMISSION),
        ),
    ),
}
