"""From one phase to the next: the declared cut, what a person adds to it with a reason, and the news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base.db import insert_into
from challenge.judging import rubric
from challenge.judging.models import Criterion, Phase, PhaseEntry, Ranking, RankingRow
from challenge.judging.scorecards import JUDGED
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rules import phases as rules
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.scales import ends
from challenge.submissions.models import Submission
from challenge.tasks import queue

REASON = 1000
_FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry of a ranked phase: its place, whether the cut lets it through."""

    submission_id: int
    ref: str
    code: str
    title: str
    place: int | None
    shared: bool
    total: Decimal | None
    through: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decides besides the cut: submission refs added or left out, and why."""

    added: Collection[str] = ()
    left_out: Collection[str] = ()
    reason: str = ""
    chosen: Collection[str] = ()  # of a cut by hand


def candidates(session: Session, phase: Phase) -> list[Candidate]:
    """The entries of the phase's ranking in force in their order (one statement); none without a ranking."""
    query = (
        sa.select(
            RankingRow.submission_id,
            Submission.ref,
            Submission.code,
            Submission.title,
            RankingRow.place,
            RankingRow.shared,
            RankingRow.total,
        )
        .join(Ranking, Ranking.id == RankingRow.ranking_id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .where(Ranking.phase_id == phase.id, sa.not_(Ranking.superseded), Submission.state.in_(JUDGED))
        .order_by(RankingRow.position)
    )
    rows = session.execute(query).all()
    ranked = [rules.Ranked(row.submission_id, row.place, row.total) for row in rows]
    on = rules.through(ranked, phase.cut, phase.cut_value)
    return [Candidate(*row, row.submission_id in on) for row in rows]


def entries_of(session: Session, phase_id: int) -> dict[int, tuple[str, str | None]]:
    """Submission -> (how it came in, the reason) of a phase that has begun (one statement)."""
    query = sa.select(PhaseEntry.submission_id, PhaseEntry.by, PhaseEntry.reason)
    rows = session.execute(query.where(PhaseEntry.phase_id == phase_id))
    return {entry: (way, reason) for entry, way, reason in rows}


def carry_on(session: Session, actor: Actor, round_id: int, number: int, choice: Choice | None = None) -> int:
    """Let the entries through into the next phase; how many. Done already, it stays as it was done.

    Raises WrongState ("no_next_phase", "ranking_missing", "phase_begun"), and Invalid("reason", "required")
    where a person adds or leaves out.
    """
    choice = choice or Choice()
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.PHASE_CARRY, subject_of(held.round, phase, held.now))
    following = rubric.phase_of(session, round_id, number + 1)
    if following is None:
        raise WrongState("no_next_phase")
    if following.begun_at is not None:
        return _count(session, following.id)
    rows = candidates(session, phase)
    if not rows:
        raise WrongState("ranking_missing")
    ways = _chosen(rows, phase, choice)
    carried = _carried(session, following, phase, {row.submission_id: row.total for row in rows}, ways)
    _put(session, following, ways, carried, choice.reason.strip(), held.now)
    following.begun_at = held.now
    held.round.version += 1
    session.flush()
    codes = {row.submission_id: row.code for row in rows}
    detail = {
        "from": phase.number,
        "to": following.number,
        "cut": phase.cut,
        "entries": sorted(codes[entry] for entry in ways),
        "by_hand": sorted(codes[entry] for entry, way in ways.items() if way == "hand"),
        "left_out": sorted(row.code for row in rows if row.through and row.submission_id not in ways),
        "reason": choice.reason.strip() or None,
    }
    _tell(session, actor, held, "phase.carried_on", following.id, **detail)
    return len(ways)


def _put(
    session: Session,
    following: Phase,
    ways: Mapping[int, str],
    carried: Mapping[int, Decimal],
    reason: str,
    at: dt.datetime,
) -> None:
    values = [
        {
            "phase_id": following.id,
            "submission_id": entry,
            "by": way,
            "reason": reason if way == "hand" else None,
            "carried": carried.get(entry),
            "carried_at": at,
        }
        for entry, way in ways.items()
    ]
    for start in range(0, len(values), 500):
        session.execute(insert_into(session, PhaseEntry).values(values[start : start + 500]))


def announce(session: Session, actor: Actor, round_id: int, number: int) -> Phase:
    """Tell every team whether its entry goes on; once. Raises WrongState("not_carried_on")."""
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.PHASE_CARRY, subject_of(held.round, phase, held.now))
    following = rubric.phase_of(session, round_id, number + 1)
    if following is None or following.begun_at is None:
        raise WrongState("not_carried_on")
    if phase.announced_at is None:
        phase.announced_at = held.now
        held.round.version += 1
        session.flush()
        _tell(session, actor, held, "phase.announced", phase.id)
    return phase


def _chosen(rows: Collection[Candidate], phase: Phase, choice: Choice) -> dict[int, str]:
    """Submission -> how it came through: by the cut, or by a person's hand."""
    known = {row.ref: row for row in rows}
    named = {*choice.added, *choice.left_out, *choice.chosen}
    if not named <= known.keys():
        raise NotFound
    if phase.cut == "hand":
        on = {known[ref].submission_id for ref in choice.chosen}
    else:
        on = {row.submission_id for row in rows if row.through}
    ways = dict.fromkeys(sorted(on), "hand" if phase.cut == "hand" else "cut")
    added = {known[ref].submission_id for ref in choice.added} - on
    ways |= dict.fromkeys(sorted(added), "hand")
    gone = {known[ref].submission_id for ref in choice.left_out} & ways.keys()
    for entry in gone:
        del ways[entry]
    if not ways:
        raise Invalid("entries", "choose_one")
    by_person = bool(added or gone or phase.cut == "hand")
    if by_person and not choice.reason.strip():
        raise Invalid("reason", "required")
    if len(choice.reason) > REASON:
        raise Invalid("reason", "too_long", length=len(choice.reason), most=REASON)
    return ways


def _carried(
    session: Session,
    following: Phase,
    phase: Phase,
    totals: Mapping[int, Decimal | None],
    entries: Collection[int],
) -> dict[int, Decimal]:
    """The points of the phase before on the scale of 0 to 100, where the next phase counts them."""
    if not any(each.carried for each in following.criteria):
        return {}
    scored = session.scalars(sa.select(Criterion).where(Criterion.phase_id == phase.id)).all()
    least, most = ends(scored)
    found: dict[int, Decimal] = {}
    for entry in entries:
        total = totals.get(entry)
        if total is None:
            raise WrongState("carried_without_total")
        share = 100 * (total - least) / (most - least)
        found[entry] = share.quantize(_FOUR_PLACES, ROUND_HALF_UP)
    return found


def _count(session: Session, phase_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(PhaseEntry).where(PhaseEntry.phase_id == phase_id)
    return session.scalar(query) or 0


def _tell(
    session: Session, actor: Actor, held: gate.Gate, event: str, phase_id: int, **detail: object
) -> None:
    subject = f"phase:{phase_id}"
    queue.announce(session, event, subject, at=held.now, round_id=held.round.id, phase_id=phase_id)
    where = chain.round_chain(held.round.id)
    chain.record(session, actor, event, subject, chain=where, at=held.now, **detail)
