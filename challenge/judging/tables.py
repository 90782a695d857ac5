"""All of a judge's cards of a phase at once: read for the table, saved in one go, locked together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.judging import conflicts, drafts, scorecards, scoring, standing
from challenge.judging.models import Assignment, Phase, Scorecard
from challenge.judging.scorecards import Desk, Entered
from challenge.rounds import gate
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class SavedMany:
    """When, how many cards were written, and by `ref:field` what was not, because it changed elsewhere."""

    at: dt.datetime
    count: int
    contested: Mapping[str, str]


def save(session: Session, actor: Actor, phase_id: int, entered: Mapping[str, Entered]) -> SavedMany:
    """Keep the drafts of several cards, all or none; a fixed number of statements however many there are.

    What is typed is named `ref:score-7` in every fault. Raises as `scoring.save` does.
    """
    held, desks = _at_hand(session, actor, phase_id, entered.keys(), Action.SCORE_SAVE)
    changed, contested = _against(desks, entered)
    for ref in changed:
        scoring.check_open(desks[ref], held)
    _check(desks, changed)
    if changed:
        drafts.write(session, [(desks[ref], new) for ref, new in changed.items()], held.now)
    return SavedMany(held.now, len(changed), contested)


def lock(
    session: Session,
    actor: Actor,
    phase_id: int,
    entered: Mapping[str, Entered],
    refs: Collection[str],
    *,
    rehearsal: bool = False,
) -> int:
    """Keep what was typed and lock the cards `refs`, all or none; how many are locked by this.

    Cards that are locked already are left as they are. Raises as `save` does, InvalidMany naming each score
    that is missing (`ref:score-7`), and NotAllowed where one is not declared yet. `rehearsal` refuses what
    would be refused, keeps the drafts, and locks nothing.
    """
    held, desks = _at_hand(session, actor, phase_id, {*entered, *refs}, Action.SCORE_LOCK)
    changed, contested = _against(desks, entered)
    mine = {ref: desks[ref] for ref in refs if desks[ref].state != "completed"}
    for desk in (*mine.values(), *(desks[ref] for ref in changed)):
        scoring.check_open(desk, held)
    if contested:
        raise InvalidMany([scoring.contested(*each) for each in contested.items()])
    _check(desks, changed)
    if changed:
        drafts.write(session, [(desks[ref], new) for ref, new in changed.items()], held.now)
    faults = [
        Invalid(f"{ref}:score-{cell.id}", "score_missing")
        for ref, desk in mine.items()
        for cell in desk.cells
        if scorecards.score_in(cell, changed.get(ref, Entered()).scores) is None
    ]
    if faults:
        raise InvalidMany(faults)
    if mine and not rehearsal:
        _complete(session, actor, held, list(mine.values()))
    return len(mine)


def _at_hand(
    session: Session, actor: Actor, phase_id: int, refs: Collection[str], action: Action
) -> tuple[gate.Gate, dict[str, Desk]]:
    """The gate and the actor's assignments `refs` of the phase, taken; raises NotFound, NotAllowed."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    address = user.email if user is not None else ""  # known before the gate, which has all read anew
    wanted = sa.and_(Assignment.phase_id == phase_id, Assignment.ref.in_(refs))
    of_round = sa.select(Phase.round_id).where(Phase.id == phase_id).scalar_subquery()
    held = gate.hold_of(session, of_round, scorecards.taken(wanted))
    rows = session.execute(scorecards.facts().where(wanted)).all()
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.ref, []).append(row)
    if set(found) != set(refs):
        raise NotFound
    actor.asked.add(action)
    if any(row.user_id is None or row.user_id != actor.user_id for row in rows):
        raise NotAllowed(action=action.value)
    tied = _ties(session, address, phase_id, rows)
    desks = {
        ref: scorecards.desk_of(mine, conflict=mine[0].submission_id in tied) for ref, mine in found.items()
    }
    for desk in desks.values():
        require(actor, action, desk.subject(held))
    return held, desks


def _ties(session: Session, address: str, phase_id: int, rows: Sequence[Any]) -> set[int]:
    """The entries among these with which the judge has a conflict by now (one statement)."""
    if not rows:
        return set()
    judge = rows[0].judge_id
    wanted = Submission.id.in_({row.submission_id for row in rows})
    tied = conflicts.hard(session, phase_id, wanted, {judge: address})
    return {entry for number, entry in tied if number == judge}


def _against(
    desks: Mapping[str, Desk], entered: Mapping[str, Entered]
) -> tuple[dict[str, Entered], dict[str, str]]:
    """What of each card is to be written, by ref, and what was changed elsewhere, by `ref:field`."""
    changed: dict[str, Entered] = {}
    contested: dict[str, str] = {}
    for ref, typed in entered.items():
        new, other = scorecards.against(desks[ref], typed)
        if new.texts:
            changed[ref] = new
        contested |= {f"{ref}:{name}": text for name, text in other.items()}
    return changed, contested


def _check(desks: Mapping[str, Desk], changed: Mapping[str, Entered]) -> None:
    faults: list[Invalid] = []
    for ref, new in changed.items():
        try:
            scorecards.check(desks[ref].cells, new)
        except InvalidMany as refusal:
            faults += [Invalid(f"{ref}:{each.field}", each.code, **each.params) for each in refusal.faults]
    if faults:
        raise InvalidMany(faults)


def _complete(session: Session, actor: Actor, held: gate.Gate, desks: Sequence[Desk]) -> None:
    """All of them reach their last state; every card has its own line in the audit."""
    ids = [desk.assignment_id for desk in desks]
    scoring.complete(session, desks, held.now)
    known = sa.select(Scorecard.assignment_id, Scorecard.total).where(Scorecard.assignment_id.in_(ids))
    totals = dict(session.execute(known).all())
    standing.recompute_many(session, desks[0].phase_id, [desk.submission_id for desk in desks])
    entries = []
    for desk in desks:
        scoring.announce_lock(session, held, desk)
        facts = {"submission": desk.submission_id, "total": str(totals[desk.assignment_id])}
        where, subject = chain.round_chain(held.round.id), f"assignment:{desk.assignment_id}"
        entries.append(chain.Entry(where, actor, "scorecard.locked", subject, facts))
    chain.record_many(session, entries, at=held.now)
