"""Writing ties: people tell their own, rooms above record those that the product knows of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.rules import tie_files
from challenge.rules.conflicts import FIRST_YEAR, HARD, PAST, TIES, TOLD, name_key
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.ties.known import Register
from challenge.ties.models import Tie

MOST, NAME = 100, 200
# Ties to a person; of the others the other end is an organization, of an agreement either.
OF_PEOPLE = frozenset({"co_author", "family", "co_team"})


@dataclass(frozen=True, slots=True)
class Told:
    """A tie as a person tells it: to whom, by name and, if known, address; or to which organization.

    An organization goes by its name or its registration code. A `year` stands for its first and last day.
    """

    kind: str
    name: str
    email: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    year: int | None = None
    note: str = ""

    @property
    def of_person(self) -> bool:
        """Whether the other end is a person."""
        return self.kind in OF_PEOPLE or (self.kind == "agreement" and bool(self.email.strip()))


def mine(session: Session, user_id: int) -> Sequence[Tie]:
    """What a person has told, newest first (one statement)."""
    query = sa.select(Tie).where(Tie.person_id == user_id, Tie.source == "person")
    return session.scalars(query.order_by(Tie.id.desc())).all()


def tell(session: Session, actor: Actor, told: Told) -> Tie:
    """Tell a tie of one's own. Told twice it stands once. Raises InvalidMany by field."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    now = clock.now(session)
    email = _checked(told, now.date())
    known = mine(session, actor.user_id or 0)
    since, until = tie_files.years(told.year) if told.year else (told.since, told.until)
    tie = Tie(kind=told.kind, person_id=actor.user_id, since=since, until=until, source="person")
    tie.note = told.note.strip()
    if told.of_person:
        tie.other_name, tie.other_email = told.name.strip(), email
        tie.other_id = (
            session.scalar(sa.select(User.id).where(sa.func.lower(User.email) == email)) if email else None
        )
    else:
        register = Register.read(session)
        tie.organization_id = register.find(told.name)
        tie.organization_name = register.name_of(tie.organization_id) or told.name.strip()
    same = next((each for each in known if _content(each) == _content(tie)), None)
    if same is not None:
        return same
    if len(known) >= MOST:
        raise Invalid("name", "too_many_ties", most=MOST)
    session.add(tie)
    session.flush()
    _changed(session, actor.user_id, now, tie)
    chain.record(session, actor, "tie.told", f"user:{actor.user_id}", kind=tie.kind, tie=tie.id)
    return tie


def take_back(session: Session, actor: Actor, ref: str, *, judges_blind: bool = False) -> None:
    """Take a tie that one told oneself back; gone already, nothing happens.

    Whoever `judges_blind` keeps what is certain by their own word: told and taken back at will, it would say
    by which desk it shuts who entered what. Raises WrongState("tie_stays").
    """
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    own = sa.and_(Tie.ref == ref, Tie.person_id == actor.user_id, Tie.source == "person")
    tie = session.scalar(sa.select(Tie).where(own))
    if tie is None:
        return
    kind, number = tie.kind, tie.id
    if judges_blind and kind in HARD:
        raise WrongState("tie_stays")
    _changed(session, actor.user_id, clock.now(session), tie, "taken_back")
    session.delete(tie)
    session.flush()
    chain.record(session, actor, "tie.taken_back", f"user:{actor.user_id}", kind=kind, tie=number)


def record(
    session: Session,
    kind: str,
    *,
    person_id: int | None = None,
    other_id: int | None = None,
    organization_id: int | None = None,
    other_organization_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Tie:
    """A tie that the product knows of, such as a signed agreement; for services above, which have asked.

    Recorded twice it stands once, with the later end; none is the latest.
    """
    if kind not in TIES:
        raise ValueError(f"no tie is of the kind {kind}")
    ends = {
        "person_id": person_id,
        "other_id": other_id,
        "organization_id": organization_id,
        "other_organization_id": other_organization_id,
    }
    begin_write(session)
    same = [getattr(Tie, name).is_not_distinct_from(end) for name, end in ends.items()]
    tie = session.scalar(
        sa.select(Tie).where(Tie.kind == kind, Tie.source == "product", *same).with_for_update()
    )
    if tie is not None and until is not None:
        until = None if tie.until is None else max(tie.until, until)
    if tie is not None and tie.until == until:
        return tie
    if tie is None:
        tie = Tie(kind=kind, since=since, source="product", **ends)
        session.add(tie)
    tie.until = until
    session.flush()
    _changed(session, person_id, clock.now(session), tie)
    return tie


def _checked(told: Told, today: dt.date) -> str:
    faults: list[Invalid] = []
    email = ""
    if told.kind not in TOLD:
        faults.append(Invalid("kind", "not_a_choice"))
    if not name_key(told.name):
        faults.append(Invalid("name", "required"))
    if len(told.name) > NAME:
        faults.append(Invalid("name", "too_long", length=len(told.name), most=NAME))
    if len(told.note) > tie_files.NOTE:
        faults.append(Invalid("note", "too_long", length=len(told.note), most=tie_files.NOTE))
    if told.email.strip() and told.of_person:
        try:
            email = addresses.normal("email", told.email)
        except Invalid as fault:
            faults.append(fault)
    faults += _times(told, today)
    if faults:
        raise InvalidMany(faults)
    return email


def _times(told: Told, today: dt.date) -> list[Invalid]:
    """What is wrong with when it was; of what lies in the past it has to be said."""
    faults: list[Invalid] = []
    if told.year is not None and (told.since or told.until):
        faults.append(Invalid("year", "year_or_days"))
    elif told.year is not None and not FIRST_YEAR <= told.year <= today.year:
        faults.append(Invalid("year", "out_of_range", minimum=FIRST_YEAR, maximum=today.year))
    elif told.kind in PAST and not (told.year or told.since or told.until):
        faults.append(Invalid("year", "say_when"))
    for field in ("since", "until"):
        day = getattr(told, field)
        if day is not None and day > today:
            faults.append(Invalid(field, "not_yet"))
    if told.since and told.until and told.until < told.since:
        faults.append(Invalid("until", "ends_before_start"))
    return faults


def _content(tie: Tie) -> tuple[object, ...]:
    names = ("kind", "other_name", "other_email", "organization_name", "since", "until", "note")
    return tuple(getattr(tie, name) or None for name in names)


def _changed(session: Session, person_id: int | None, at: dt.datetime, tie: Tie, mark: str = "") -> None:
    """Whoever judges, or stands behind an entry, is looked at anew."""
    about = f"tie:{tie.id}"
    queue.announce(session, "ties.changed", about, mark=f"{at.isoformat()}{mark}", at=at, user_id=person_id)
