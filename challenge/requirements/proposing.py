"""A change to a published need, written without touching what everyone reads, then handed to the organizer.

The seeker's people have one open change of a need at a time, and so have its organizers, who write editorial
ones. Nothing of a need changes once its solutions are closed; until then it can be withdrawn as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.requirements import change_reads, facts, faults, queries, trail, versions
from challenge.requirements.content import CLOSED, Closed, Content, read
from challenge.requirements.models import Question, Requirement
from challenge.requirements.version_models import OPEN, RequirementChange
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rules import needchange
from challenge.rules.errors import Invalid, InvalidMany, NotFound, TooLate, WrongState
from challenge.rules.needchange import Change
from challenge.rules.permissions import Action, Actor, Subject, author, require
from challenge.rules.predicates import seeker
from challenge.rules.stages import Stage
from challenge.tasks import queue

NOTE = 1000
MOST_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Written:
    """What is proposed: the need as it should stand, what changed and why, the questions that led to it."""

    content: Content
    note: str = ""
    question_refs: Collection[str] = ()


def save(
    session: Session, actor: Actor, ref: str, said: Written, seen: dt.datetime | None = None
) -> RequirementChange:
    """Keep what was written, against the version in force; anything may be missing still.

    `seen`: when the editor's page was last saved. Raises `TooLate` once solutions are closed,
    `WrongState("change_waits")` while the organizer reads it, `WrongState("changed_meanwhile")`.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    side = permit(session, actor, requirement, gate.now)
    check_time(gate, requirement)
    content = replace(said.content.tidied(), theme_id=requirement.theme_id)
    found = faults.of_draft(content, gate.round.budget_ceiling_minor) + _note_faults(said.note)
    if side == "organizer":
        found += _seekers_own(in_force(session, requirement), content)
    if found:
        raise InvalidMany(found)
    change = _open(session, requirement.id, side)
    if change is not None and change.state == "submitted":
        raise WrongState("change_waits")
    fields = {
        "content": versions.written(content),
        "closed": asdict(_closed(content)),
        "note": said.note.strip(),
        "question_ids": _questions(session, requirement.id, said.question_refs),
    }
    if change is None:
        change = RequirementChange(requirement_id=requirement.id, side=side, base=requirement.version)
        session.add(change)
    elif seen is not None and change.updated_at != seen:
        if all(getattr(change, name) == value for name, value in fields.items()):
            return change  # the same page sent twice
        raise WrongState("changed_meanwhile", at=change.updated_at)
    for name, value in fields.items():
        setattr(change, name, value)
    change.base, change.author_id, change.updated_at = requirement.version, actor.user_id, gate.now
    session.flush()
    return change


def _note_faults(note: str) -> list[Invalid]:
    return [Invalid("note", "too_long", most=NOTE, length=len(note))] if len(note) > NOTE else []


def _seekers_own(before: Content, after: Content) -> list[Invalid]:
    """Whether it is named, what is confidential and whom to ask is for a seeker alone to say."""
    names = ("anonymous", *CLOSED)
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    return [Invalid(name, "seekers_own") for name in changed]


def permit(session: Session, actor: Actor, requirement: Requirement, now: dt.datetime) -> str:
    """Require that the actor may propose a change; says for which side, the seeker's or the organizers'."""
    subject = facts.screening_subject(session, requirement, now)
    require(actor, Action.REQUIREMENT_CHANGE, subject)
    return side_of(actor, subject)


def side_of(actor: Actor, subject: Subject) -> str:
    """Whoever speaks for the seeker or wrote the need down is on its side; others are its organizers."""
    return "seeker" if seeker(actor, subject) or author(actor, subject) else "organizer"


def check_time(gate: Gate, requirement: Requirement) -> None:
    """Raise once nothing of it may change: solutions are closed, for it or for its round."""
    if gate.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    end = closes_at(gate, requirement.closes_at)
    window = gate.windows.get(Stage.SUBMISSION)
    if (window is not None and window.closed) or (end is not None and end <= gate.now):
        raise TooLate("change_closed", at=end or gate.now)


def closes_at(gate: Gate, own: dt.datetime | None) -> dt.datetime | None:
    """When solutions close for a need with this own close: with it, or with its round."""
    window = gate.windows.get(Stage.SUBMISSION)
    ends = [each for each in (own, window.closes_at if window else None) if each is not None]
    return min(ends, default=None)


def check_content(gate: Gate, requirement: Requirement, content: Content) -> None:
    """Raise `InvalidMany` naming all that keeps this content from being published as the need's next version.

    A window that opened is never silently shortened: its own close may move later then, and not earlier.
    """
    window = gate.windows.get(Stage.SUBMISSION)
    stays = content.closes_at == requirement.closes_at  # it fitted when it was published
    checked = replace(content, closes_at=None) if stays else content
    found = faults.of_submission(checked, gate.round.budget_ceiling_minor, window)
    before, after = closes_at(gate, requirement.closes_at), closes_at(gate, content.closes_at)
    opened = window is not None and window.opens_at is not None and window.opens_at <= gate.now
    if opened and before is not None and after is not None and after < before:
        found.append(Invalid("closes_at", "close_not_shortened", at=before))
    elif content.closes_at is not None and content.closes_at <= gate.now:
        found.append(Invalid("closes_at", "closes_in_past", at=content.closes_at))
    if found:
        raise InvalidMany(found)


def hand_in(session: Session, actor: Actor, ref: str) -> RequirementChange:
    """Give the seeker's open change to the organizer: complete, with a note, while it may change.

    Handed in twice it is handed in once. Raises `InvalidMany`, `TooLate`, `NotFound` where none is open.
    """
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    permit(session, actor, requirement, gate.now)
    change = _open(session, requirement.id, "seeker")
    if change is None:
        raise NotFound
    if change.state == "submitted":
        return change
    check_time(gate, requirement)
    check_content(gate, requirement, content_of(change))
    check_said(session, requirement, change)
    change.state, change.reasons, change.updated_at = "submitted", None, gate.now
    session.flush()
    announce(session, "change.submitted", requirement, change, gate.now)
    trail.record(session, actor, "change.submitted", requirement, gate.now)
    return change


def check_said(session: Session, requirement: Requirement, change: RequirementChange) -> None:
    """Raise where it is not said what changed, where nothing did, or where the need has changed meanwhile."""
    if not change.note:
        raise Invalid("note", "change_note_needed")
    if change.base != requirement.version:
        raise WrongState("change_outdated")
    if not differs(session, requirement, change):
        raise WrongState("change_of_nothing")


def drop(session: Session, actor: Actor, ref: str) -> None:
    """Give the open change of one's own side up; what was given up stays so."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    side = permit(session, actor, requirement, gate.now)
    change = _open(session, requirement.id, side)
    if change is None:
        return
    change.state, change.updated_at, change.closed = "withdrawn", gate.now, {}
    session.flush()
    trail.record(session, actor, "change.dropped", requirement, gate.now)


def announce(
    session: Session, event: str, requirement: Requirement, change: RequirementChange, now: dt.datetime
) -> None:
    """Say downward that a proposed change was handed in or returned."""
    about = {"round_id": requirement.round_id, "requirement_id": requirement.id, "change_id": change.id}
    mark = f"{change.id}-{now.isoformat()}"
    queue.announce(session, event, f"requirement:{requirement.id}", mark=mark, at=now, **about)


def _open(session: Session, requirement_id: int, side: str) -> RequirementChange | None:
    mine = (RequirementChange.requirement_id == requirement_id, RequirementChange.side == side)
    query = change_reads.whole().where(*mine, RequirementChange.state.in_(OPEN)).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def _closed(content: Content) -> Closed:
    return Closed(**{name: getattr(content, name) for name in CLOSED})


def _questions(session: Session, requirement_id: int, refs: Collection[str]) -> list[int]:
    """The ids of those that are questions on this need, in their order."""
    if not refs:
        return []
    here = (Question.requirement_id == requirement_id, Question.ref.in_(list(refs)[:MOST_QUESTIONS]))
    return list(session.scalars(sa.select(Question.id).where(*here).order_by(Question.id)))


def content_of(change: RequirementChange) -> Content:
    """What it proposes."""
    return versions.told(change.content, change.closed)


def in_force(session: Session, requirement: Requirement) -> Content:
    """The need as it stands, its indicators loaded (one statement)."""
    return read(requirement, queries.closed_part(session, requirement.id))


@dataclass(frozen=True, slots=True)
class Differing:
    """What a proposed change would change."""

    change: Change
    secret: bool  # the confidential part says something else
    contact: bool  # whom to ask is another one; nobody else is told

    def __bool__(self) -> bool:
        return bool(self.change) or self.secret or self.contact


def differs(session: Session, requirement: Requirement, change: RequirementChange) -> Differing:
    """The difference of a proposed change to the need as it stands (one statement)."""
    return compared(in_force(session, requirement), content_of(change))


def compared(before: Content, after: Content) -> Differing:
    """The difference of two contents, what is closed told by its name alone."""
    found = needchange.between(versions.written(before), versions.written(after))
    closed = needchange.confidential(before.confidential_part, after.confidential_part)
    if closed is not None:
        found = replace(found, parts=(*found.parts, closed))
    return Differing(found, closed is not None, _closed(before).contact != _closed(after).contact)
