"""The confidential part and its readers: who may ask is set, then asked, decided, accepted, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.requirements import facts, ndas, opening, queries, trail
from challenge.requirements.face_models import OPENINGS, Access, Face, NdaAcceptance
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.lifecycles import ACCESS
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

WORDS, REASON, NAME, ORGANIZATION = 500, 500, 100, 200
MOST_MARKS, MARK = 30, 50


def set_face(session: Session, actor: Actor, ref: str, how: str, marks: Sequence[str]) -> Face:
    """How the confidential part opens, and by which products and brands the seeker is known.

    Raises `InvalidMany` at `opening` and `marks`.
    """
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.FACE_SET, facts.subject_of(requirement, held.now))
    words = list(dict.fromkeys(word.strip() for word in marks if word.strip()))
    faults = [] if how in OPENINGS else [Invalid("opening", "not_a_choice")]
    if len(words) > MOST_MARKS:
        faults.append(Invalid("marks", "too_many_marks", most=MOST_MARKS, count=len(words)))
    if any(len(word) > MARK for word in words):
        faults.append(Invalid("marks", "mark_long", most=MARK))
    if faults:
        raise InvalidMany(faults)
    face = session.get(Face, requirement.id) or Face(requirement_id=requirement.id, marks=[], opening="")
    before = face.opening
    face.opening, face.marks = how, words
    session.add(face)
    session.flush()
    if before != how:
        trail.touch(session, requirement.round_id)
        trail.record(session, actor, "face.set", requirement, held.now, opening=how)
    return face


def ask(session: Session, actor: Actor, ref: str, words: str) -> Access:
    """Ask to read the confidential part, in a few words; asked twice, it is asked once.

    Raises `Invalid("words", ...)`, and WrongState as `_check` does.
    """
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.FACE_ASK, facts.subject_of(requirement, held.now))
    known = _check(session, actor, requirement)
    if known is not None:
        return known
    if not words.strip():
        raise Invalid("words", "required")
    if len(words) > WORDS:
        raise Invalid("words", "too_long", most=WORDS, length=len(words))
    return asked(session, actor, requirement, held.now, words=words.strip())


def _check(session: Session, actor: Actor, requirement: Requirement) -> Access | None:
    """What the actor has already; raises WrongState where nobody may ask, or they were refused."""
    known = mine_of(session, actor, requirement.id)
    if opening.standing(session, None, requirement).opening == "closed":
        raise WrongState("face_closed")
    if not opening.holds(session, requirement.id):
        raise WrongState("face_empty")
    if known is not None and known.state in ("refused", "revoked"):
        raise WrongState(f"face_{known.state}")
    return known


def mine_of(session: Session, actor: Actor, requirement_id: int) -> Access | None:
    """The actor's own row; their account is locked, so that two presses at once are one."""
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    mine = sa.and_(Access.requirement_id == requirement_id, Access.user_id == actor.user_id)
    return session.scalar(sa.select(Access).where(mine).execution_options(populate_existing=True))


def asked(
    session: Session,
    actor: Actor,
    requirement: Requirement,
    now: dt.datetime,
    *,
    words: str = "",
    origin: str = "asked",
) -> Access:
    """A request of the actor, which the seeker and the organizers are told of."""
    made = new(session, actor, requirement.id, origin, now)
    made.words = words
    session.flush()
    _announce(session, "face.asked", requirement, made, now)
    trail.record(session, actor, "face.asked", requirement, now, access=made.ref)
    return made


def new(session: Session, actor: Actor, requirement_id: int, origin: str, now: dt.datetime) -> Access:
    """The actor's row for a requirement; nothing is granted by it."""
    made = Access(requirement_id=requirement_id, user_id=actor.user_id or 0, state="asked", origin=origin)
    made.words, made.created_at = "", now
    session.add(made)
    return made


def decide(session: Session, actor: Actor, ref: str, access_ref: str, verb: str, reason: str = "") -> Access:
    """Grant, refuse or revoke: the person gets a letter. No needs a reason; said twice it is said once.

    Raises `Invalid("reason", ...)`, NotFound and WrongState.
    """
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.FACE_DECIDE, facts.screening_subject(session, requirement, held.now))
    mine = sa.and_(Access.ref == access_ref, Access.requirement_id == requirement.id)
    access = session.scalar(sa.select(Access).where(mine).with_for_update())
    if access is None or verb not in ACCESS.verbs:
        raise NotFound
    if access.state in {to for _, name, to in ACCESS.steps if name == verb}:
        return access
    state, reason = ACCESS.step(access.state, verb), reason.strip()
    if state != "granted" and not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    access.state, access.reason = state, reason or None
    access.decided_by, access.decided_at = actor.user_id, held.now
    session.flush()
    _announce(session, f"face.{state}", requirement, access, held.now)
    trail.record(session, actor, f"face.{state}", requirement, held.now, access=access.ref)
    return access


def accept(
    session: Session, actor: Actor, ref: str, nda_ref: str, name: str, organization: str
) -> NdaAcceptance:
    """Take the person's word on the version that they read; twice is once.

    Raises `InvalidMany` at `name` and `organization`, `WrongState("nda_changed")` where another version is in
    force meanwhile, and WrongState where it is not theirs to accept.
    """
    held = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    require(actor, Action.NDA_ACCEPT, facts.subject_of(requirement, held.now))
    access = _check(session, actor, requirement)
    nda = ndas.in_force(session, requirement)
    if nda is None or nda.ref != nda_ref:
        raise WrongState("nda_changed")
    if not opening.standing(session, actor.user_id, requirement).granted:
        raise WrongState("face_waits" if access else "face_ask_first")
    word = _given(session, actor, requirement, nda.id)
    if word is not None:
        return word
    _refuse(_name_faults(name, organization))
    if access is None:
        access = new(session, actor, requirement.id, "accepted", held.now)
    if access.state == "asked":
        access.state, access.decided_at = "granted", held.now
    text = queries.closed_part(session, requirement.id).confidential_part
    word = NdaAcceptance(nda_id=nda.id, requirement_id=requirement.id, user_id=actor.user_id)
    word.name, word.organization, word.accepted_at = name.strip(), organization.strip(), held.now
    word.sha256, word.part_sha256 = nda.sha256, opening.digest(text)
    session.add(word)
    session.flush()
    trail.record(
        session, actor, "nda.accepted", requirement, held.now, version=str(nda.number), digest=nda.sha256
    )
    return word


def _given(session: Session, actor: Actor, requirement: Requirement, nda_id: int) -> NdaAcceptance | None:
    mine = sa.and_(NdaAcceptance.requirement_id == requirement.id, NdaAcceptance.user_id == actor.user_id)
    return session.scalar(sa.select(NdaAcceptance).where(mine, NdaAcceptance.nda_id == nda_id))


def _name_faults(name: str, organization: str) -> list[Invalid]:
    found = []
    for field, text, most in (("name", name, NAME), ("organization", organization, ORGANIZATION)):
        if not text.strip():
            found.append(Invalid(field, "required"))
        elif len(text.strip()) > most:
            found.append(Invalid(field, "too_long", most=most, length=len(text.strip())))
    return found


def _refuse(found: Sequence[Invalid]) -> None:
    if found:
        raise InvalidMany(found)


def _announce(
    session: Session, event: str, requirement: Requirement, access: Access, now: dt.datetime
) -> None:
    about = {"round_id": requirement.round_id, "requirement_id": requirement.id, "access_id": access.id}
    mark, who = now.isoformat(), access.user_id
    queue.announce(session, event, f"access:{access.id}", mark=mark, at=now, user_id=who, **about)
