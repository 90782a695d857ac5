"""Bring a requirement and a candidate together: plan meetings, move them, call them off, settle them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.distribution import facts as distribution
from challenge.docking import facts
from challenge.docking.models import CHANNELS, NOTES_LENGTH, VERDICTS, Docking, DockingPair
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules import predicates
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.lifecycles import DOCKING
from challenge.rules.permissions import Action, Actor, Subject, require
from challenge.tasks import queue
from challenge.tasks.queue import Work

TEXT_LENGTH = 500
LONGEST = dt.timedelta(days=7)
REMIND_BEFORE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may solve it: exactly one of a person, an organization, or an address that answered."""

    user_id: int | None = None
    organization_id: int | None = None
    recipient_id: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """When, how and with whom. `people`: {side, name, address} each."""

    channel: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str = ""
    people: Sequence[dict[str, str]] = ()
    nda: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: `held` or `no_show`, and both sides' words as far as they are known."""

    state: str
    notes: str = ""
    seeker_verdict: str | None = None
    candidate_verdict: str | None = None
    blocker: str = ""
    next_action: str = ""
    next_at: dt.datetime | None = None
    nda: bool = False


def pair_up(session: Session, actor: Actor, ref: str, candidate: Candidate) -> DockingPair:
    """The pair of a requirement and a candidate, made where there is none. Raises Invalid `candidate`."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = distribution.subject_of(session, requirement, gate.now)
    require(actor, Action.DOCKING_PLAN, subject)
    if requirement.number is None and requirement.state != "published":
        raise WrongState("not_public")
    return paired(session, actor, requirement, candidate, gate.now)


def paired(
    session: Session, actor: Actor, requirement: Requirement, candidate: Candidate, now: dt.datetime
) -> DockingPair:
    """The same for whoever asked the permission table and holds the requirement's gate."""
    chosen = {name: value for name, value in dataclasses.asdict(candidate).items() if value is not None}
    if len(chosen) != 1:
        raise Invalid("candidate", "one_candidate")
    if candidate.organization_id == requirement.seeker_id:
        raise Invalid("candidate", "not_a_choice")
    this = [getattr(DockingPair, name) == value for name, value in chosen.items()]
    known = session.scalar(sa.select(DockingPair).where(DockingPair.requirement_id == requirement.id, *this))
    if known is not None:
        return known
    pair = DockingPair(
        requirement_id=requirement.id,
        names_seeker=not requirement.anonymous,
        author_id=actor.user_id,
        created_at=now,
        **chosen,
    )
    session.add(pair)
    session.flush()
    _record(session, actor, "docking.paired", requirement, f"pair:{pair.id}", now)
    return pair


def plan(session: Session, actor: Actor, ref: str, meeting: Meeting) -> Docking:
    """The pair's next meeting; everybody named gets an invitation for the calendar. Sent twice it is one."""
    pair, requirement, _subject, now = _enter(session, actor, ref, Action.DOCKING_PLAN)
    _check(meeting)
    same = (Docking.starts_at == meeting.starts_at, Docking.channel == meeting.channel)
    query = sa.select(Docking).where(Docking.pair_id == pair.id, Docking.state == DOCKING.start, *same)
    known = session.scalar(query)
    if known is not None:
        return known
    last = session.scalar(sa.select(sa.func.max(Docking.number)).where(Docking.pair_id == pair.id))
    docking = Docking(
        pair_id=pair.id, number=(last or 0) + 1, author_id=actor.user_id, created_at=now, moved_at=now
    )
    _write(docking, meeting)
    session.add(docking)
    session.flush()
    _remind(session, docking, now)
    return _told(session, actor, docking, requirement, now, "docking.planned")


def move(session: Session, actor: Actor, ref: str, meeting: Meeting) -> Docking:
    """Another time or place: the invitation in the calendars is updated. The same again changes nothing."""
    docking, requirement, _subject, now = _enter_docking(session, actor, ref, Action.DOCKING_PLAN)
    if docking.state != DOCKING.start:
        raise WrongState("docking_over")
    _check(meeting)
    before = _written(docking)
    _write(docking, meeting)
    if _written(docking) == before:
        return docking
    docking.revision += 1
    docking.moved_at = now
    session.flush()
    _remind(session, docking, now)
    return _told(session, actor, docking, requirement, now, "docking.moved")


def cancel(session: Session, actor: Actor, ref: str, reason: str) -> Docking:
    """Call it off, with a reason that everybody named reads; it leaves their calendars."""
    docking, requirement, _subject, now = _enter_docking(session, actor, ref, Action.DOCKING_PLAN)
    if docking.state == "cancelled":
        return docking
    if docking.state != DOCKING.start:
        raise WrongState("docking_over")
    docking.reason = _text("reason", reason, TEXT_LENGTH, needed=True)
    docking.state = DOCKING.step(docking.state, "cancel")
    docking.revision += 1
    docking.settled_at = docking.moved_at = now
    session.flush()
    return _told(session, actor, docking, requirement, now, "docking.cancelled")


def settle(session: Session, actor: Actor, ref: str, outcome: Outcome) -> Docking:
    """Write down what came of it, once it has begun; the words can be mended later, the state stays."""
    docking, requirement, _subject, now = _enter_docking(session, actor, ref, Action.DOCKING_SETTLE)
    verbs = {"held": "hold", "no_show": "miss"}
    if outcome.state not in verbs:
        raise Invalid("state", "not_a_choice")
    if docking.starts_at > now:
        raise WrongState("docking_early", at=docking.starts_at)
    if docking.state != outcome.state:
        docking.state = DOCKING.step(docking.state, verbs[outcome.state])
        docking.settled_at = now
    docking.notes = _text("notes", outcome.notes, NOTES_LENGTH)
    docking.blocker = _text("blocker", outcome.blocker, TEXT_LENGTH)
    docking.next_action = _text("next_action", outcome.next_action, TEXT_LENGTH)
    for side in ("seeker_verdict", "candidate_verdict"):
        if (verdict := getattr(outcome, side)) is not None:
            setattr(docking, side, _verdict(verdict))
    docking.next_at, docking.nda, docking.moved_at = outcome.next_at, outcome.nda, now
    session.flush()
    if docking.next_at is not None and docking.next_at > now:
        key = f"docking/{docking.id}/next/{docking.next_at.isoformat()}"
        facts_ = {"docking_id": docking.id, "at": docking.next_at.isoformat()}
        queue.put(session, Work("docking_next", key, facts_, docking.next_at - now), at=now)
    subject, about = f"docking:{docking.id}", {"requirement_id": requirement.id}
    queue.announce(session, "docking.settled", subject, mark=now.isoformat(), at=now, **about)
    _record(session, actor, "docking.settled", requirement, subject, now)
    return docking


def judge(session: Session, actor: Actor, ref: str, verdict: str) -> Docking:
    """One's own side's verdict on a meeting that was held."""
    docking, requirement, subject, now = _enter_docking(session, actor, ref, Action.DOCKING_JUDGE)
    if docking.state != "held":
        raise WrongState("wrong_state")
    side = "seeker_verdict" if predicates.seeker(actor, subject) else "candidate_verdict"
    if getattr(docking, side) == _verdict(verdict):
        return docking
    setattr(docking, side, verdict)
    docking.moved_at = now
    session.flush()
    _record(session, actor, "docking.judged", requirement, f"docking:{docking.id}", now)
    return docking


def name_seeker(session: Session, actor: Actor, ref: str) -> None:
    """Let the candidate know who the seeker is: an anonymous seeker's own word, and nobody else's."""
    pair, requirement, subject, now = _enter(session, actor, ref, Action.DOCKING_JUDGE)
    if not predicates.seeker(actor, subject):
        raise NotAllowed("anonymous_seeker")
    if pair.names_seeker:
        return
    pair.names_seeker = True
    session.flush()
    _record(session, actor, "docking.named", requirement, f"pair:{pair.id}", now)


def _enter(
    session: Session, actor: Actor, ref: str, action: Action
) -> tuple[DockingPair, Requirement, Subject, dt.datetime]:
    gate = gates.hold(session, facts.round_of(session, ref))
    pair, requirement = facts.pair_by_ref(session, ref, held=True)
    subject = facts.subject_of(session, pair, requirement, gate.now)
    require(actor, action, subject)
    return pair, requirement, subject, gate.now


def _enter_docking(
    session: Session, actor: Actor, ref: str, action: Action
) -> tuple[Docking, Requirement, Subject, dt.datetime]:
    gate = gates.hold(session, facts.round_of(session, ref, docking=True))
    docking = facts.docking_by_ref(session, ref)
    pair, requirement = facts.pair_by_ref(session, docking.pair.ref)
    subject = facts.subject_of(session, pair, requirement, gate.now)
    require(actor, action, subject)
    return docking, requirement, subject, gate.now


def _check(meeting: Meeting) -> None:
    faults: list[Invalid] = []
    if meeting.channel not in CHANNELS:
        faults.append(Invalid("channel", "not_a_choice"))
    if meeting.ends_at <= meeting.starts_at:
        faults.append(Invalid("ends_at", "docking_times"))
    elif meeting.ends_at - meeting.starts_at > LONGEST:
        faults.append(Invalid("ends_at", "docking_long"))
    if len(meeting.place) > TEXT_LENGTH:
        faults.append(Invalid("place", "too_long", most=TEXT_LENGTH, length=len(meeting.place)))
    if faults:
        raise InvalidMany(faults)


def _write(docking: Docking, meeting: Meeting) -> None:
    docking.channel, docking.place = meeting.channel, meeting.place.strip()
    docking.starts_at, docking.ends_at = meeting.starts_at, meeting.ends_at
    docking.people, docking.nda = list(meeting.people), meeting.nda


def _written(docking: Docking) -> tuple[Any, ...]:
    return (
        *(docking.channel, docking.place, docking.starts_at, docking.ends_at),
        *(docking.people, docking.nda),
    )


def _text(field: str, text: str, most: int, *, needed: bool = False) -> str:
    text = text.strip()
    if needed and not text:
        raise Invalid(field, "required")
    if len(text) > most:
        raise Invalid(field, "too_long", most=most, length=len(text))
    return text


def _verdict(verdict: str) -> str:
    if verdict not in VERDICTS:
        raise Invalid("verdict", "not_a_choice")
    return verdict


def _remind(session: Session, docking: Docking, now: dt.datetime) -> None:
    """A row of work for the day before, under the time that it is for: a meeting that moved has a new one."""
    at = docking.starts_at - REMIND_BEFORE
    if at > now:
        when = docking.starts_at.isoformat()
        payload = {"docking_id": docking.id, "at": when}
        queue.put(session, Work("docking_remind", f"docking/{docking.id}/{when}", payload, at - now), at=now)


def _told(
    session: Session, actor: Actor, docking: Docking, requirement: Requirement, now: dt.datetime, event: str
) -> Docking:
    subject, place = f"docking:{docking.id}", {"round_id": requirement.round_id}
    ids = {"docking_id": docking.id, "requirement_id": requirement.id}
    queue.announce(session, event, subject, mark=docking.revision, at=now, **ids, **place)
    _record(session, actor, event, requirement, subject, now)
    return docking


def _record(
    session: Session, actor: Actor, action: str, requirement: Requirement, subject: str, now: dt.datetime
) -> None:
    of_round = chain.round_chain(requirement.round_id)
    chain.record(session, actor, action, subject, chain=of_round, at=now, requirement_id=requirement.id)
