"""Ranked choice: a judge puts the entries they read into an order, then locks it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import insert_into
from challenge.judging import seats
from challenge.judging.models import Assignment
from challenge.judging.seats import Readable, Seat
from challenge.judging.ways_models import Ballot
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.lifecycles import ASSIGNMENT
from challenge.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Sheet:
    """A judge's ballot as their page shows it: what they may rank, in the order they gave, then the rest."""

    seat: Seat
    ranked: tuple[Readable, ...]
    others: tuple[Readable, ...]
    saved_at: dt.datetime | None
    locked_at: dt.datetime | None


def sheet(session: Session, actor: Actor, phase_id: int) -> Sheet:
    """The actor's own ballot of a phase (seven statements). Raises NotFound, NotAllowed."""
    seat = seats.look(session, actor, phase_id, "ranked")
    known = seats.readable(session, seat)
    query = sa.select(Ballot.choices, Ballot.saved_at, Ballot.locked_at)
    row = session.execute(query.where(Ballot.judge_id == seat.judge_id)).one_or_none()
    choices, saved_at, locked_at = row if row is not None else ([], None, None)
    by_number = {each.submission_id: each for each in known}
    ranked = tuple(by_number[number] for number in choices if number in by_number)
    others = tuple(each for each in known if each not in ranked)
    return Sheet(seat, ranked, others, saved_at, locked_at)


def save(session: Session, actor: Actor, phase_id: int, places: dict[str, str]) -> int:
    """Keep a draft: entry (its assignment's ref) -> the place typed, '' for none; how many have one.

    Raises NotFound, NotAllowed, TooLate, WrongState("ballot_locked"), InvalidMany by field (`place-<ref>`).
    """
    seat = seats.hold(session, actor, phase_id, "ranked")
    if _locked(session, seat):
        raise WrongState("ballot_locked")
    return _keep(session, seat, places)


def lock(session: Session, actor: Actor, phase_id: int, places: dict[str, str]) -> None:
    """Lock the order as it was typed: it counts from then on, and nothing changes it. Again, no effect.

    Raises as `save` does, and Invalid("ballot", "ballot_empty") where no entry has a place.
    """
    seat = seats.hold(session, actor, phase_id, "ranked")
    if _locked(session, seat):
        return
    ranked = _keep(session, seat, places)
    if not ranked:
        raise Invalid("ballot", "ballot_empty")
    mine = sa.update(Ballot).where(Ballot.judge_id == seat.judge_id)
    session.execute(mine.values(state="locked", locked_at=seat.now))
    read = sa.update(Assignment).where(Assignment.judge_id == seat.judge_id, Assignment.state == "accepted")
    session.execute(read.values(state=ASSIGNMENT.step("accepted", "complete")))
    where = chain.round_chain(seat.round_id)
    subject = f"panel_judge:{seat.judge_id}"
    chain.record(session, actor, "ballot.locked", subject, chain=where, at=seat.now, entries=ranked)


def _locked(session: Session, seat: Seat) -> bool:
    query = sa.select(Ballot.id).where(Ballot.judge_id == seat.judge_id, Ballot.state == "locked")
    return session.scalar(query) is not None


def _keep(session: Session, seat: Seat, places: dict[str, str]) -> int:
    known = {each.ref: each for each in seats.readable(session, seat)}
    if not places.keys() <= known.keys():
        raise NotFound
    choices = [known[ref].submission_id for ref in _in_order(places, len(known))]
    content = {"choices": choices, "saved_at": seat.now}
    kept = insert_into(session, Ballot).values(judge_id=seat.judge_id, state="draft", **content)
    session.execute(kept.on_conflict_do_update(index_elements=["judge_id"], set_=content))
    return len(choices)


def _in_order(places: dict[str, str], most: int) -> Sequence[str]:
    """The entries by the places typed; gaps close, the same place twice is no order."""
    typed: dict[int, str] = {}
    faults = []
    for ref, given in places.items():
        text = given.strip()
        if not text:
            continue
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
        if not 1 <= number <= most:
            faults.append(Invalid(f"place-{ref}", "place_from_to", most=most))
        elif number in typed:
            faults.append(Invalid(f"place-{ref}", "place_twice", place=number))
        else:
            typed[number] = ref
    if faults:
        raise InvalidMany(faults)
    return [typed[number] for number in sorted(typed)]
