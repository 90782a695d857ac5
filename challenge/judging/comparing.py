"""Comparing two by two: a judge is shown the pair that tells most, and says which is better or why not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import counting, seats
from challenge.judging.models import PanelJudge
from challenge.judging.seats import Readable, Seat
from challenge.judging.ways_models import Pair
from challenge.rules import pairwise
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Actor

REASON = 500
RELIABILITY = pairwise.PRIOR_GOOD / (pairwise.PRIOR_GOOD + pairwise.PRIOR_BAD)


@dataclass(frozen=True, slots=True)
class Table:
    """What lies before a judge: a pair in the order to show, or none; how many were compared, of how many."""

    seat: Seat
    ref: str | None
    pair: tuple[Readable, Readable] | None
    done: int
    possible: int


def table(session: Session, actor: Actor, phase_id: int) -> Table:
    """The actor's own table in a phase, for its page (seven statements). Raises NotFound, NotAllowed."""
    seat = seats.look(session, actor, phase_id, "pairwise")
    known = {each.submission_id: each for each in seats.readable(session, seat)}
    mine = _mine(session, seat)
    open_ = next((each for each in mine if each.choice is None), None)
    shown = None
    if open_ is not None and {open_.first_id, open_.second_id} <= known.keys():
        shown = (known[open_.first_id], known[open_.second_id])
    done = sum(each.choice not in (None, "void") for each in mine)
    possible = len(known) * (len(known) - 1) // 2
    return Table(seat, open_.ref if open_ is not None and shown else None, shown, done, possible)


def deal(session: Session, actor: Actor, phase_id: int) -> bool:
    """Lay the next pair before the judge; one that lies there stays. False where no pair is left.

    Raises NotFound, NotAllowed, TooLate.
    """
    return _deal(session, seats.hold(session, actor, phase_id, "pairwise"))


def choose(session: Session, actor: Actor, phase_id: int, ref: str, choice: str, reason: str = "") -> bool:
    """Say which of the pair is better ("first", "second") or skip it with a reason, and lay the next one.

    A pair that was decided stays as it was decided: a double press is one. Raises as `deal` does, and
    Invalid("choice", "not_a_choice"), Invalid("reason", "say_why").
    """
    seat = seats.hold(session, actor, phase_id, "pairwise")
    query = sa.select(Pair).where(Pair.ref == ref, Pair.judge_id == seat.judge_id)
    pair = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if pair is None:
        raise NotFound
    if choice not in ("first", "second", "skip"):
        raise Invalid("choice", "not_a_choice")
    if pair.choice is not None:
        return _deal(session, seat)
    reason = reason.strip()
    if choice == "skip" and not reason:
        raise Invalid("reason", "say_why")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", length=len(reason), most=REASON)
    readable = {each.submission_id for each in seats.readable(session, seat)}
    if {pair.first_id, pair.second_id} <= readable:
        pair.choice, pair.reason = choice, reason if choice == "skip" else None
        pair.chosen_at = seat.now
        session.flush()
        where = chain.round_chain(seat.round_id)
        subject = f"panel_judge:{seat.judge_id}"
        chain.record(session, actor, "pair.compared", subject, chain=where, at=seat.now, choice=choice)
    return _deal(session, seat)


def _mine(session: Session, seat: Seat) -> Sequence[Pair]:
    query = sa.select(Pair).where(Pair.judge_id == seat.judge_id).order_by(Pair.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _deal(session: Session, seat: Seat) -> bool:
    known = {each.submission_id: each.code for each in seats.readable(session, seat)}
    seen = set()
    for pair in _mine(session, seat):
        both = {pair.first_id, pair.second_id}
        if pair.choice is None and both <= known.keys():
            return True
        if pair.choice is None:
            pair.choice = "void"  # one of the two left, or a conflict came up
        elif both <= known.keys():
            seen.add(frozenset(known[each] for each in both))
    session.flush()
    votes, _first, _skipped = counting.comparisons(session, seat.phase_id, known)
    beliefs = pairwise.believe(known.values(), votes, RELIABILITY)
    lots = {code: hashlib.sha256(f"{seat.judge_id}:{code}".encode()).hexdigest() for code in known.values()}
    found = pairwise.next_pair(list(known.values()), seen, beliefs, RELIABILITY, lots)
    if found is None:
        return False
    numbers = {code: number for number, code in known.items()}
    one, other = sorted((numbers[code] for code in found), key=_least_often_first(session, seat, lots, known))
    session.add(Pair(judge_id=seat.judge_id, first_id=one, second_id=other, shown_at=seat.now))
    session.flush()
    return True


def _least_often_first(
    session: Session, seat: Seat, lots: Mapping[str, str], known: Mapping[int, str]
) -> Callable[[int], tuple[int, str]]:
    """Order of presentation: whoever was shown first less often than second stands first now."""
    query = (
        sa.select(Pair.first_id, Pair.second_id)
        .join(PanelJudge, PanelJudge.id == Pair.judge_id)
        .where(PanelJudge.phase_id == seat.phase_id)
    )
    balance: Counter[int] = Counter()
    for one, other in session.execute(query):
        balance[one] += 1
        balance[other] -= 1
    return lambda number: (balance[number], lots[known[number]])
