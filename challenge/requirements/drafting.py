"""The seeker's verbs: create a draft, edit it, hand it in, withdraw it."""

from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.base.ids import new_ref
from challenge.requirements import branching, facts, faults, queries, trail
from challenge.requirements.content import Content, read, write, write_indicators
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds import themes
from challenge.rounds.gate import Gate
from challenge.rounds.tracks import windows_of
from challenge.rules import permissions, stages
from challenge.rules.errors import Invalid, InvalidMany, TooLate, WrongState
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.rules.stages import Stage

_REF = re.compile(r"[2-9a-z]{12}")


def create(
    session: Session,
    actor: Actor,
    round_id: int,
    seeker_id: int,
    content: Content | None = None,
    *,
    ref: str | None = None,
    on_behalf: bool = False,
) -> Requirement:
    """A new draft in a round, for an organization that the actor speaks for or, as organizer, posts for.

    `ref` is the reference that the page proposed: the same page sent twice gives the same draft.
    """
    gate = gates.hold(session, round_id)
    subject = rounds.subject_of(gate.round, gate.now, seeker_id=seeker_id)
    require(actor, Action.REQUIREMENT_ENTER if on_behalf else Action.REQUIREMENT_CREATE, subject)
    if session.get(Organization, seeker_id) is None:
        raise Invalid("seeker", "not_a_choice")
    ref = ref if _REF.fullmatch(ref or "") else None
    twin = session.scalar(sa.select(Requirement).where(Requirement.ref == ref)) if ref else None
    if twin is not None and (twin.author_id, twin.seeker_id) == (actor.user_id, seeker_id):
        return twin
    content = (content or Content(currency=gate.round.currency)).tidied()
    _refuse(_draft_faults(session, gate, content))
    requirement = Requirement(
        ref=new_ref() if twin or not ref else ref,
        round_id=round_id,
        seeker_id=seeker_id,
        author_id=actor.user_id,
        on_behalf=on_behalf,
        updated_at=gate.now,
    )
    write(requirement, content)
    session.add(requirement)
    session.flush()
    write_indicators(session, requirement, content)
    trail.record(session, actor, "requirement.created", requirement, gate.now)
    return requirement


def edit(
    session: Session, actor: Actor, ref: str, content: Content, seen: dt.datetime | None = None
) -> Requirement:
    """Keep what was written; anything may be missing still. `seen`: when the editor's page was last saved.

    Raises `WrongState("changed_meanwhile")` where somebody else has saved since.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_EDIT, facts.subject_of(requirement, gate.now))
    _refuse(_draft_faults(session, gate, content))
    content = content.tidied()
    if seen is not None and requirement.updated_at != seen:
        if read(requirement, queries.closed_part(session, requirement.id)) == content:
            return requirement  # the same page sent twice
        raise WrongState("changed_meanwhile", at=requirement.updated_at)
    _unconfirm(session, actor, requirement, content)
    field = requirement.field
    write(requirement, content)
    requirement.updated_at = gate.now
    session.flush()
    write_indicators(session, requirement, content)
    if requirement.state != "draft" and requirement.field != field:  # it is counted already, there
        trail.announce(session, "requirement.moved", requirement, gate.now)
    return requirement


def _unconfirm(session: Session, actor: Actor, requirement: Requirement, content: Content) -> None:
    """What a firm confirmed and somebody else changes is to be confirmed anew."""
    if requirement.confirmed_at is None or requirement.seeker_id in actor.represents:
        return
    if read(requirement, queries.closed_part(session, requirement.id)) != content:
        requirement.confirmed_at = requirement.confirmed_by = None


def _draft_faults(session: Session, gate: Gate, content: Content) -> list[Invalid]:
    found = faults.of_draft(content, gate.round.budget_ceiling_minor)
    if content.theme_id is not None:
        known = {theme.id for theme in themes.themes_of(session, gate.round.id)}
        found += [] if content.theme_id in known else [Invalid("theme", "not_a_choice")]
    return found


def missing(session: Session, requirement: Requirement) -> list[Invalid]:
    """What keeps it from being handed in, by field; one statement, its round and windows must be loaded."""
    windows = windows_of(requirement.round)
    content = read(requirement, queries.closed_part(session, requirement.id))
    return faults.of_submission(
        content, requirement.round.budget_ceiling_minor, windows.get(Stage.SUBMISSION)
    )


def submit(session: Session, actor: Actor, ref: str) -> Requirement:
    """Hand it to the organizer: complete, and while the call is open. Raises `TooLate`, `InvalidMany`."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.subject_of(requirement, gate.now)
    if not facts.to_be_taken(actor, Action.REQUIREMENT_SUBMIT, subject, "submit"):
        return requirement
    check_call(gate, actor, subject)
    _refuse(missing(session, requirement))
    if requirement.on_behalf and requirement.confirmed_at is None:
        if requirement.seeker_id not in actor.represents:
            raise WrongState("not_confirmed")
        confirmed(session, actor, requirement, gate.now)
    requirement.state = "submitted"
    requirement.updated_at = gate.now
    branching.settle(session, requirement, gate.round)
    session.flush()
    trail.announce(session, "requirement.submitted", requirement, gate.now)
    trail.record(session, actor, "requirement.submitted", requirement, gate.now)
    return requirement


def confirmed(session: Session, actor: Actor, requirement: Requirement, now: dt.datetime) -> None:
    """Note the firm's word on what was written for it; whoever wrote it is told."""
    requirement.confirmed_at, requirement.confirmed_by = now, actor.user_id
    session.flush()
    trail.announce(session, "requirement.confirmed", requirement, now)


def check_call(gate: Gate, actor: Actor, subject: Subject) -> None:
    """Raise unless the round takes this requirement at the gate's time.

    A seeker hands in while the call is open. What came in time and was returned, and what an organizer posts
    for a seeker, may come after the call, as long as solutions can still be submitted.
    """
    if gate.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    call = gate.windows.get(Stage.REQUIREMENTS)
    posted = permissions.organizer(actor, subject) and permissions.author(actor, subject)
    if posted or (subject.state == "returned" and not stages.is_open(call, gate.now)):
        check_submission_ahead(gate)
    elif gate.round.launched_at is None:
        raise TooLate("window_unknown")
    else:
        stages.check_open(call, gate.now)


def check_submission_ahead(gate: Gate) -> None:
    """Raise `TooLate` once the round takes no solutions any more."""
    window = gate.windows.get(Stage.SUBMISSION)
    if window is None or window.closes_at is None:
        return
    if window.closed or window.closes_at <= gate.now:
        raise TooLate("window_closed", stage=Stage.SUBMISSION.value, at=window.closes_at)


def withdraw(session: Session, actor: Actor, ref: str, reason: str = "") -> Requirement:
    """Take it back. A published one needs a reason, and stays once solutions can no longer be submitted."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.subject_of(requirement, gate.now)
    if not facts.to_be_taken(actor, Action.REQUIREMENT_WITHDRAW, subject, "withdraw"):
        return requirement
    before = requirement.state
    if before == "published":
        check_submission_ahead(gate)
        if not reason.strip():
            raise Invalid("reason", "required")
        trail.count(session, requirement, -1)
    requirement.state = "withdrawn"
    requirement.state_reason = reason.strip() or None
    requirement.updated_at = gate.now
    session.flush()
    if before != "draft":
        trail.announce(session, "requirement.withdrawn", requirement, gate.now)
    trail.record(session, actor, "requirement.withdrawn", requirement, gate.now, before=before)
    return requirement


def _refuse(found: list[Invalid]) -> None:
    if found:
        raise InvalidMany(found)
