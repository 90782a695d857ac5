"""The ranking of a phase: computed from locked scorecards by the published method, then fixed for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.judging import counting, inputs, rubric, standing
from challenge.judging.models import Phase, Ranking, RankingRow
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import SYSTEM, Action, Actor, require
from challenge.rules.scales import plain
from challenge.rules.scoring import Cards, Criterion, Decisions, Method, Placed, rank
from challenge.tasks import queue


@dataclass(frozen=True, slots=True)
class Result:
    """One entry as the method places it: its submission, its code within the round, and the reckoning."""

    submission_id: int
    code: str
    placed: Placed


@dataclass(frozen=True, slots=True)
class Computed:
    """A phase's ranking before it is fixed: its inputs with their digest, and the entries in order."""

    phase: Phase
    method: Method
    criteria: Sequence[Criterion]
    cards: Mapping[str, Cards]
    decisions: Decisions
    digest: str
    results: tuple[Result, ...]
    spec: Mapping[str, Any] | None = None  # the method of one that is not made of scorecards
    working: Mapping[str, Any] | None = None  # how it was counted, where it is not made of scorecards

    @property
    def told(self) -> Mapping[str, Any]:
        """The method as it is stored and shown."""
        return self.method.to_json() if self.spec is None else self.spec


def compute(session: Session, phase_ids: Collection[int]) -> list[Computed]:
    """Rank these phases now, from what is locked only (five statements, whatever their number).

    A phase that is judged in another way than by scorecards costs two more.
    """
    known = standing.phases(session, phase_ids)
    cards = standing.locked(session, known)
    decided = inputs.decisions(session, phase_ids)
    entries = inputs.entries(session, {phase.round_id for phase in known.values()})
    carried = inputs.carried(session, [phase.id for phase in known.values() if phase.number > 1])
    computed = []
    for phase in known.values():
        codes = {
            submission_id: code
            for submission_id, code in entries.get(phase.round_id, {}).items()
            if phase.number == 1 or submission_id in carried[phase.id]
        }
        if phase.way == "scores":
            computed.append(reckon(phase, cards[phase.id], codes, decided.get(phase.id, {})))
        else:
            computed.append(counted(phase, counting.of_phase(session, phase, codes), codes))
    return computed


def counted(phase: Phase, found: counting.Counted, codes: Mapping[int, str]) -> Computed:
    """The ranking of a phase whose judges gave no scores: as its ballots or comparisons were counted."""
    numbers = {code: submission_id for submission_id, code in codes.items()}
    results = tuple(Result(numbers[each.entry], each.entry, each) for each in found.placed)
    method = rubric.method_of(phase)
    return Computed(phase, method, (), {}, {}, found.digest, results, found.method, found.working)


def fix(
    session: Session, actor: Actor, round_id: int, reason: str | None = None, number: int | None = None
) -> Ranking:
    """Make a phase's ranking official; a different one in force is superseded, which needs a reason.

    Fixing again what is in force already has no effect and the same answer. Raises
    WrongState("carried_on") once the next phase has begun from the one in force.
    """
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.RANKING_FIX, subject_of(held.round, phase, held.now))
    (computed,) = compute(session, [phase.id])
    if not any(result.placed.place is not None for result in computed.results):
        raise Invalid("ranking", "nothing_locked" if phase.way == "scores" else "nothing_cast")
    before = in_force(session, phase.id)
    reason = (reason or "").strip() or None
    if before is not None:
        if (before.input_digest, before.method) == (computed.digest, computed.told):
            return before
        if reason is None:
            raise Invalid("reason", "required")
        refuse_carried_on(session, phase)
        before.superseded = True
        session.flush()
    fixed = _store(session, computed, actor, at=held.now, reason=reason)
    held.round.version += 1
    session.flush()
    queue.announce(
        session,
        "ranking.fixed",
        f"ranking:{fixed.id}",
        at=held.now,
        round_id=round_id,
        ranking_id=fixed.id,
        again=before is not None,
    )
    entry = _entry(computed, fixed, actor, None if before is None else before.id)
    chain.record_many(session, [entry], at=held.now)
    return fixed


def refuse_carried_on(session: Session, phase: Phase) -> None:
    """The next phase stands on the ranking it began from: raises WrongState("carried_on")."""
    following = rubric.phase_of(session, phase.round_id, phase.number + 1)
    if following is not None and following.begun_at is not None:
        raise WrongState("carried_on")


def fix_imported(session: Session, phase_ids: Collection[int]) -> int:
    """Fix the rankings of imported rounds at once, with audit entries and without events; how many."""
    now = clock.now(session)
    entries = []
    for computed in compute(session, phase_ids):
        fixed = _store(session, computed, SYSTEM, at=now, reason=None)
        entries.append(_entry(computed, fixed, SYSTEM, None))
    if entries:
        chain.record_many(session, entries, at=now)
    return len(entries)


def in_force(session: Session, phase_id: int) -> Ranking | None:
    """The phase's ranking that nothing has superseded, without its rows."""
    query = sa.select(Ranking).where(Ranking.phase_id == phase_id, Ranking.superseded.is_(False))
    return session.scalar(query)


def reckon(
    phase: Phase,
    cards: Mapping[int, Cards],
    codes: Mapping[int, str],
    decided: Decisions,
    method: Method | None = None,
) -> Computed:
    """The ranking that follows from these cards of these entries; by the phase's method unless another."""
    method, scales = method or rubric.method_of(phase), rubric.scales_of(phase.criteria)
    numbers = {code: submission_id for submission_id, code in codes.items()}
    inputs = {code: cards.get(submission_id, {}) for submission_id, code in codes.items()}
    # Only of entries that are ranked: a decision outlives an entry that has left.
    decided = {
        step: mine
        for step, given in decided.items()
        if (mine := {code: figure for code, figure in given.items() if code in inputs})
    }
    placed = rank(inputs, method, scales, decided)
    results = tuple(Result(numbers[each.entry], each.entry, each) for each in placed)
    digest = _digest(method, scales, inputs, decided)
    return Computed(phase, method, scales, inputs, decided, digest, results)


def _digest(
    method: Method, criteria: Sequence[Criterion], inputs: Mapping[str, Cards], decided: Decisions
) -> str:
    """SHA-256 of everything the ranking follows from, in one spelling."""
    canonical: dict[str, Any] = {
        "method": method.to_json(),
        "criteria": [[c.id, *(plain(n) for n in (c.minimum, c.maximum, c.step, c.weight))] for c in criteria],
        "scorecards": {
            code: {
                judge: {
                    criterion: None if value is None else plain(value) for criterion, value in card.items()
                }
                for judge, card in mine.items()
            }
            for code, mine in inputs.items()
        },
    }
    if decided:
        canonical["decisions"] = decided
    text = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _store(session: Session, computed: Computed, actor: Actor, *, at: Any, reason: str | None) -> Ranking:
    fixed = Ranking(
        phase_id=computed.phase.id,
        method=dict(computed.told),
        decisions={step: dict(given) for step, given in computed.decisions.items()},
        input_digest=computed.digest,
        created_at=at,
        author_id=actor.user_id,
        reason=reason,
    )
    session.add(fixed)
    session.flush()
    rows = [{"ranking_id": fixed.id, **row} for row in rows_of(computed)]
    if rows:
        session.execute(sa.insert(RankingRow), rows)
    if computed.working is not None:
        counting.keep(session, fixed.id, computed.working)
    return fixed


def rows_of(computed: Computed) -> list[dict[str, Any]]:
    """A ranking's rows as they are stored."""
    return [
        {
            "submission_id": result.submission_id,
            "position": position,
            "place": result.placed.place,
            "shared": result.placed.shared,
            "total": result.placed.total,
            "panel": standing.panel_text(result.placed.panel),
            "resolved_by": result.placed.settled_by,
            "trail": trail_of(result.placed),
        }
        for position, result in enumerate(computed.results, start=1)
    ]


def trail_of(placed: Placed) -> list[dict[str, Any]]:
    """Every tie step that was asked of an entry, as it is stored: step, figure, rivals by their codes."""
    return [
        {
            "step": tried.step,
            "value": None if tried.value is None else plain(tried.value),
            "rivals": list(tried.rivals),
        }
        for tried in placed.tries
    ]


def _entry(computed: Computed, fixed: Ranking, actor: Actor, superseded: int | None) -> chain.Entry:
    ties = [result.code for result in computed.results if result.placed.shared]
    detail = {
        "digest": computed.digest,
        "entries": len(computed.results),
        "shared": len(ties),
        "supersedes": superseded,
        "method": dict(computed.told),
    }
    where = chain.round_chain(computed.phase.round_id)
    return chain.Entry(where, actor, "ranking.fixed", f"ranking:{fixed.id}", detail)
