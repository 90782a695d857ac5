"""The organizer's word on a proposed change: returned with reasons, or published as the need's next version.

A material change makes the organizer decide about the close in the same step: it stays, the need's own close
moves, or its round's; the reason stands beside the difference for everyone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from challenge.requirements import change_reads, clearing, facts, proposing, queries, trail, versions
from challenge.requirements.content import CLOSED, Content, write
from challenge.requirements.models import Indicator, Requirement
from challenge.requirements.proposing import Differing
from challenge.requirements.version_models import RequirementChange, RequirementVersion
from challenge.requirements.versions import Why
from challenge.rounds import extending
from challenge.rounds import gate as gates
from challenge.rounds.gate import Gate
from challenge.rounds.overrides import clean_reason
from challenge.rules import needchange
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue

EDITORIAL, KEEP, NEED, ROUND = "editorial", "keep", "need", "round"
REASONS = 2000


@dataclass(frozen=True, slots=True)
class Decision:
    """What an organizer says when a change is published; nothing where it is not material.

    `close` is KEEP, NEED or ROUND with the new close at `closes_at`, or EDITORIAL where texts that changed do
    not make the change material; None is no decision yet. `seen`: when the change that was read was saved.
    """

    close: str | None = None
    closes_at: dt.datetime | None = None
    reason: str = ""
    seen: dt.datetime | None = None


def give_back(session: Session, actor: Actor, change_ref: str, reasons: str) -> RequirementChange:
    """Return it to the seeker, who can change it and hand it in again. Returned twice it is returned once."""
    gate, requirement, change = _held(session, actor, change_ref)
    if change.state == "returned" and change.reasons == reasons.strip():
        return change
    if change.state != "submitted":
        raise WrongState("change_not_waiting")
    if not reasons.strip():
        raise Invalid("reasons", "required")
    if len(reasons) > REASONS:
        raise Invalid("reasons", "too_long", most=REASONS, length=len(reasons))
    change.state, change.reasons, change.updated_at = "returned", reasons.strip(), gate.now
    change.decided_by = actor.user_id
    session.flush()
    proposing.announce(session, "change.returned", requirement, change, gate.now)
    trail.record(session, actor, "change.returned", requirement, gate.now)
    return change


def publish(
    session: Session, actor: Actor, change_ref: str, said: Decision
) -> RequirementVersion | RequirementChange:
    """Make it the need's next version, with what it makes its organizer decide; sent twice it is one version.

    An organizer's own change is published only where it is not material. Where it changes nobody but the
    contact there is no new version, and the change is returned. Nobody hands in meanwhile: an entry answers
    one version whole. Raises `Invalid("close", ...)` without a decision that is due, `TooLate` once solutions
    are closed, `InvalidMany` naming what does not fit.
    """
    gate, requirement, change = _held(session, actor, change_ref, exclusive=True)
    if change.state == "published":
        return versions.one(session, requirement.id, change.version) if change.version else change
    _check(session, gate, requirement, change, said)
    before = proposing.in_force(session, requirement)
    after = replace(proposing.content_of(change), theme_id=requirement.theme_id)
    differing = proposing.compared(before, after)
    if not differing.change:
        return _contact_only(session, actor, gate, requirement, change, after)
    why = _why(actor, change, differing, said)
    if why.close in (NEED, ROUND):
        after, why = _moved(session, actor, gate, requirement, after, why, said)
    if why.close == ROUND:  # the extension has held the gate anew
        gate, requirement, change = _held(session, actor, change_ref, exclusive=True)
    return _enact(session, actor, gate, requirement, change, after, why)


def _held(
    session: Session, actor: Actor, change_ref: str, *, exclusive: bool = False
) -> tuple[Gate, Requirement, RequirementChange]:
    ref = change_reads.requirement_of(session, change_ref)
    gate = gates.hold(session, queries.round_of(session, ref), exclusive=exclusive)
    requirement = queries.held(session, ref)
    require(actor, Action.REQUIREMENT_CHANGE_DECIDE, facts.screening_subject(session, requirement, gate.now))
    return gate, requirement, change_reads.held(session, change_ref)


def _check(
    session: Session, gate: Gate, requirement: Requirement, change: RequirementChange, said: Decision
) -> None:
    ready = "draft" if change.side == "organizer" else "submitted"
    if change.state != ready:
        raise WrongState("change_not_waiting")
    if said.seen is not None and said.seen != change.updated_at:
        raise WrongState("change_moved_on")
    proposing.check_time(gate, requirement)
    proposing.check_said(session, requirement, change)
    proposing.check_content(gate, requirement, proposing.content_of(change))


def _why(actor: Actor, change: RequirementChange, differing: Differing, said: Decision) -> Why:
    """What is kept beside the version; raises where a word or a decision is missing."""
    editorial = ""
    if said.close == EDITORIAL and differing.change.reasons():
        if differing.change.weight != needchange.WORDS:
            raise Invalid("close", "change_not_editorial")
        editorial = _reason(said.reason)
    reasons = differing.change.reasons(editorial=bool(editorial))
    why = Why(
        side=change.side,
        author_id=change.author_id,
        publisher_id=actor.user_id,
        note=change.note,
        reasons=reasons,
        editorial=editorial,
        question_ids=list(change.question_ids),
    )
    if not reasons:
        return why
    if change.side == "organizer":
        raise WrongState("change_only_editorial")
    if said.close not in (KEEP, NEED, ROUND):
        raise Invalid("close", "change_close_undecided")
    return replace(why, close=said.close, close_reason=_reason(said.reason))


def _reason(text: str) -> str:
    try:
        return clean_reason(text)
    except Invalid as fault:
        raise Invalid("close_reason", fault.code, **fault.params) from None


def _moved(
    session: Session,
    actor: Actor,
    gate: Gate,
    requirement: Requirement,
    after: Content,
    why: Why,
    said: Decision,
) -> tuple[Content, Why]:
    """Let its own close, or its round's, be later; never earlier."""
    at, before = said.closes_at, proposing.closes_at(gate, after.closes_at)
    if at is None:
        raise Invalid("closes_at", "required")
    if before is not None and at <= before:
        raise Invalid("closes_at", "not_later", at=before, zone=gate.round.zone)
    window = gate.windows.get(Stage.SUBMISSION)
    if why.close == NEED:
        latest = window.closes_at if window else None
        if after.closes_at is None or latest is None or at > latest:
            raise Invalid("closes_at", "own_close_past_round", at=latest or gate.now, zone=gate.round.zone)
        return replace(after, closes_at=at), replace(why, close_before=before, close_after=at)
    round_close = window.closes_at if window else None
    extending.extend(
        session, actor, requirement.round_id, Stage.SUBMISSION, at, why.close_reason, move_later=True
    )
    own = at if after.closes_at is not None else None
    return replace(after, closes_at=own), replace(why, close_before=before or round_close, close_after=at)


def _enact(
    session: Session,
    actor: Actor,
    gate: Gate,
    requirement: Requirement,
    change: RequirementChange,
    after: Content,
    why: Why,
) -> RequirementVersion:
    """The rows, the figures, the version, the event and the record."""
    versions.ensure(session, requirement)
    known = _revealing(session, requirement)
    trail.count(session, requirement, -1)
    write(requirement, after)
    requirement.version += 1
    requirement.updated_at = gate.now
    session.flush()
    write_rows(session, requirement, after)
    revealed = _revealing(session, requirement, why) - known
    if revealed:
        raise Invalid("redaction", "change_reveals", count=len(revealed))
    trail.count(session, requirement, 1)
    version = versions.keep(session, requirement, after, why, gate.now)
    _decided(change, actor, gate.now, version.number)
    session.flush()
    about = {
        "round_id": requirement.round_id,
        "requirement_id": requirement.id,
        "need_version_id": version.id,
    }
    subject = f"requirement:{requirement.id}"
    queue.announce(session, "requirement.changed", subject, mark=version.number, at=gate.now, **about)
    detail = {"version": str(version.number), "material": "yes" if version.material else "no"}
    trail.record(
        session, actor, "requirement.changed", requirement, gate.now, close=why.close or "none", **detail
    )
    return version


def _revealing(session: Session, requirement: Requirement, why: Why | None = None) -> set[str]:
    """What could identify an anonymous seeker and was not settled, as the need now reads.

    With what everyone reads beside the difference.
    """
    if not requirement.anonymous:
        return set()
    session.refresh(requirement, ["indicators"])
    said = (why.note, why.editorial, why.close_reason) if why else ()
    return clearing.open_keys(session, requirement, said)


def _contact_only(
    session: Session,
    actor: Actor,
    gate: Gate,
    requirement: Requirement,
    change: RequirementChange,
    after: Content,
) -> RequirementChange:
    """Nobody reads otherwise than before: the organizer has somebody else to ask."""
    for name in CLOSED:
        setattr(requirement, name, getattr(after, name))
    _decided(change, actor, gate.now, None)
    session.flush()
    trail.record(session, actor, "requirement.contact_changed", requirement, gate.now)
    return change


def _decided(change: RequirementChange, actor: Actor, now: dt.datetime, version: int | None) -> None:
    change.state, change.version, change.closed = "published", version, {}
    change.decided_by, change.updated_at = actor.user_id, now


def write_rows(session: Session, requirement: Requirement, content: Content) -> None:
    """Make its indicators those of the content. A row that only changed stays: drafts hold answers to it."""
    rows = versions.written(content)["indicators"]
    known = {id(each): each for each in (_as_row(row) for row in requirement.indicators)}
    by_place = dict(zip(known, requirement.indicators, strict=True))
    pairs = needchange.paired(list(known.values()), rows)
    place = 0
    for old, new in pairs:
        if new is None:
            session.delete(by_place[id(old)])
            continue
        place += 1
        row = by_place[id(old)] if old is not None else Indicator(requirement_id=requirement.id)
        for name in needchange.ROW:
            setattr(row, name, new[name])
        row.name_zh, row.name_en = new["name_zh"] or None, new["name_en"] or None
        row.target = None if new["comparison"] == "yes" else new["target"]
        row.position = place
        session.add(row)
    session.flush()
    session.expire(requirement, ["indicators"])


def _as_row(row: Indicator) -> dict[str, str]:
    return {name: getattr(row, name) or "" for name in needchange.ROW}
