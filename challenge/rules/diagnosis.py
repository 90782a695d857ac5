"""What an expert is asked about a requirement, and the rows of the permission table about it."""

from __future__ import annotations

from collections.abc import Mapping

from challenge.rules.actions import Action
from challenge.rules.branch_rows import HANDED_IN
from challenge.rules.predicates import (
    Row,
    author,
    branch_manager,
    broker,
    diagnosing,
    in_state,
    opened,
    organizer,
    seeker,
    with_branch,
    without_conflict,
)
from challenge.rules.requirement_rows import OWN

# The questions, each with its answers, from the best to the worst and "cannot tell".
SCALES: Mapping[str, tuple[str, ...]] = {
    "feasible": ("yes", "hard", "no", "open"),
    "clear": ("yes", "partly", "no"),
    "novel": ("new", "adapted", "known", "open"),
    "budget": ("fits", "low", "high", "open"),
}
VERDICTS = ("accept", "rework", "reject")
# What an expert may put into other words.
TEXTS = ("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en", "goals")
WORDED = (*TEXTS, "indicators")
REMIND_DAYS = 2  # so many days before it is due an expert is reminded, once

WAITING = in_state("submitted")

DIAGNOSES: Mapping[Action, tuple[Row, ...]] = {
    # Whoever decides on it asks; a branch while it lies at the branch's desk.
    Action.DIAGNOSIS_ASK: (
        (organizer, without_conflict, WAITING),
        (branch_manager, without_conflict, WAITING, with_branch),
    ),
    Action.DIAGNOSIS_READ: (
        (organizer, without_conflict, HANDED_IN),
        (branch_manager, without_conflict, HANDED_IN),
    ),
    # One's own page of it, and to say no: also with a conflict, which is a reason to.
    Action.DIAGNOSIS_OWN: ((diagnosing,),),
    # An expert reads and words what waits to be decided, never what its author is changing.
    Action.DIAGNOSIS_WRITE: ((diagnosing, without_conflict, WAITING),),
    # The confidential part, where whoever asked has opened it to the expert.
    Action.DIAGNOSIS_OPEN: ((diagnosing, opened, without_conflict, WAITING),),
    # The requirement is its author's: a proposal changes nothing until the author takes it over.
    Action.WORDING_TAKE: ((seeker, OWN), (organizer, author, OWN), (broker, author, OWN)),
}
