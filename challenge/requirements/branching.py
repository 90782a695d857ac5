"""Which branch of the host looks after a requirement, and the branch's word before the organizer's."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches as trees
from challenge.accounts.models import Organization
from challenge.requirements import facts, queries, trail
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds.models import Round
from challenge.rules.branches import Branch, branch_for
from challenge.rules.errors import Invalid
from challenge.rules.permissions import Action, Actor, can, require


def settle(session: Session, requirement: Requirement, round_: Round) -> None:
    """At handing in: find its branch by the seeker's own tree or region, and lay it on the branch's desk.

    A branch that was chosen stays. Three statements at most; one where the host has no branches.
    """
    requirement.branch_accepted_at = None
    if requirement.branch_id is not None:
        return
    branches = trees.branches_of(session, round_.programme.host_id)
    if not branches:
        return
    lineage = trees.lineage(session, requirement.seeker_id)
    seeker = session.scalar(sa.select(Organization.region).where(Organization.id == requirement.seeker_id))
    found = branch_for(branches, lineage, seeker or requirement.region)
    requirement.branch_id = found.id if found else None


def offered(session: Session, requirement: Requirement) -> list[Branch]:
    """The branches that its seeker may choose from; none once it was handed in. One statement at most."""
    if requirement.state != "draft":
        return []
    return trees.branches_of(session, requirement.round.programme.host_id)


def wish(session: Session, actor: Actor, ref: str, branch_ref: str) -> None:
    """The seeker's choice before handing in; '' leaves it to the region. The organizer may change it later.

    Raises `Invalid("branch", "not_a_choice")` for what is no branch of the host.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_EDIT, facts.subject_of(requirement, gate.now))
    if requirement.state == "draft":
        chosen = _chosen(trees.branches_of(session, gate.round.programme.host_id), branch_ref)
        requirement.branch_id = chosen.id if chosen else None
        session.flush()


def choose(session: Session, actor: Actor, ref: str, branch_ref: str) -> Requirement:
    """Give a requirement to another branch of the host, or to the centre alone ('').

    It lies at that branch's desk then, where its round screens in two steps.
    Raises `Invalid("branch", "not_a_choice")` for what is no branch of the host.
    """
    gate = gates.hold(session, queries.round_of(session, ref), exclusive=True)
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_BRANCH, facts.subject_of(requirement, gate.now))
    branch = _chosen(trees.branches_of(session, gate.round.programme.host_id), branch_ref)
    branch_id = branch.id if branch else None
    if requirement.branch_id == branch_id:
        return requirement
    requirement.branch_id, requirement.branch_accepted_at = branch_id, None
    session.flush()
    if requirement.state == "submitted" and branch is not None:
        trail.announce(session, "requirement.branched", requirement, gate.now)
    trail.announce(session, "requirement.moved", requirement, gate.now)
    trail.record(session, actor, "requirement.branched", requirement, gate.now, branch=branch_ref)
    return requirement


def _chosen(branches: list[Branch], ref: str) -> Branch | None:
    found = next((each for each in branches if each.ref == ref), None)
    if ref and found is None:
        raise Invalid("branch", "not_a_choice")
    return found


def accept(session: Session, actor: Actor, ref: str) -> Requirement:
    """The branch's word: its organizer may screen it now. Said twice it is said once."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.screening_subject(session, requirement, gate.now)
    if requirement.branch_accepted_at is not None:
        before = replace(subject, state="submitted", with_branch=True)
        if can(actor, Action.REQUIREMENT_SCREEN_FIRST, before):
            actor.asked.add(Action.REQUIREMENT_SCREEN_FIRST)
            return requirement
    require(actor, Action.REQUIREMENT_SCREEN_FIRST, subject)
    requirement.branch_accepted_at = requirement.updated_at = gate.now
    session.flush()
    trail.announce(session, "requirement.branch_accepted", requirement, gate.now)
    trail.record(session, actor, "requirement.branch_accepted", requirement, gate.now)
    return requirement
