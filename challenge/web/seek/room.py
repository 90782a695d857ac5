"""The seeker's blueprint, and how a page of one requirement is entered."""

from __future__ import annotations

from flask import Blueprint

from challenge.base.db import db
from challenge.base.session import actor
from challenge.requirements import facts, queries
from challenge.requirements.models import Requirement
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, require
from challenge.web.context import page_now

blueprint = Blueprint("seek", __name__, url_prefix="/seek")


def enter(ref: str, action: Action) -> Requirement:
    """The requirement of a page, with all that it shows, once the actor may do `action` with it."""
    requirement = queries.by_ref(db.session, ref)
    require(actor(), action, facts.subject_of(requirement, page_now()))
    return requirement


def enter_step(ref: str, action: Action, verb: str) -> tuple[Requirement, bool]:
    """The same for the page of a step; False where that step cannot be taken (any more)."""
    requirement = queries.by_ref(db.session, ref)
    try:
        possible = facts.to_be_taken(actor(), action, facts.subject_of(requirement, page_now()), verb)
    except WrongState:
        possible = False
    return requirement, possible
