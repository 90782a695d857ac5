"""Figures per branch: needs collected and published, solutions received, awards, each counted once.

A need belongs to its branch, or where it has none to the host of its round; so do its solutions and awards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.awards.models import Award
from challenge.awards.queries import SHOWN
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.branches import Branch, reach
from challenge.rules.lifecycles import ENTERED
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one organization, or of several together."""

    collected: int = 0  # ever handed in
    published: int = 0  # ever
    solutions: int = 0
    awards: int = 0  # on public notice or confirmed

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.collected + other.collected,
            self.published + other.published,
            self.solutions + other.solutions,
            self.awards + other.awards,
        )


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch with its own figures, and those of all its branches added."""

    branch: Branch
    own: Figures
    whole: Figures


Query = sa.Select[*tuple[Any, ...]]
NOTHING = Figures()
_OWNER = sa.func.coalesce(Requirement.branch_id, Programme.host_id)


def lines(session: Session, branches: Collection[Branch], round_id: int | None = None) -> list[BranchLine]:
    """A line for each of these, in their order, of all rounds or of one; three statements."""
    own = _figures(session, [each.id for each in branches], round_id)
    parents = {each.id: each.parent_id for each in branches}
    return [
        BranchLine(each, own.get(each.id, NOTHING), _sum(own, reach(parents, [each.id]))) for each in branches
    ]


def _sum(figures: Mapping[int, Figures], ids: Iterable[int]) -> Figures:
    return sum((figures.get(each, NOTHING) for each in ids), NOTHING)


def _figures(session: Session, ids: Collection[int], round_id: int | None) -> dict[int, Figures]:
    if not ids:
        return {}
    needs: dict[int, tuple[int, int]] = {}
    for owner, collected, published in session.execute(_within(_needs(), ids, round_id)):
        needs[owner] = (collected, published)
    solutions = _counted(session, _within(_solutions(), ids, round_id))
    awards = _counted(session, _within(_awards(), ids, round_id))
    return {
        each: Figures(*needs.get(each, (0, 0)), solutions.get(each, 0), awards.get(each, 0)) for each in ids
    }


def _counted(session: Session, query: Query) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _needs() -> Query:
    published = sa.or_(Requirement.published_at.is_not(None), Requirement.number.is_not(None))
    handed_in = sa.exists().where(
        AuditEntry.subject == sa.literal("requirement:") + sa.cast(Requirement.id, sa.Text),
        AuditEntry.action == "requirement.submitted",
    )
    # What was withdrawn counts as far as it came: the audit trail tells whether it was handed in.
    gone = sa.and_(Requirement.state == "withdrawn", handed_in)
    came = sa.or_(Requirement.state.not_in(("draft", "withdrawn")), published, gone)
    counts = [sa.func.sum(sa.case((which, 1), else_=0)) for which in (came, published)]
    return sa.select(_OWNER, *counts).select_from(Requirement).join(Round, Round.id == Requirement.round_id)


def _solutions() -> Query:
    return (
        sa.select(_OWNER, sa.func.count())
        .select_from(Submission)
        .join(Round, Round.id == Submission.round_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .where(Submission.state.in_(ENTERED))
    )


def _awards() -> Query:
    return (
        sa.select(_OWNER, sa.func.count())
        .select_from(Award)
        .join(Round, Round.id == Award.round_id)
        .join(Submission, Submission.id == Award.submission_id)
        .outerjoin(Requirement, Requirement.id == Submission.requirement_id)
        .where(Award.state.in_(SHOWN))
    )


def _within(query: Query, ids: Collection[int], round_id: int | None) -> Query:
    query = query.join(Programme, Programme.id == Round.programme_id).where(_OWNER.in_(ids)).group_by(_OWNER)
    return query if round_id is None else query.where(Round.id == round_id)
