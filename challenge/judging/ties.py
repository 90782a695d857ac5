"""Ties that the declared method leaves to people: who is level, and what the panel or the chair decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import ranking, rubric
from challenge.judging.models import Phase
from challenge.judging.ranking import Computed
from challenge.judging.ranking_models import BY_PEOPLE, TieDecision
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.scoring import Placed
from challenge.submissions.models import Submission

WHO, REASON, MOST_VOTES = 200, 1000, 10_000


@dataclass(frozen=True, slots=True)
class Level:
    """One entry of a tie, and the figure it was given; the higher one goes first."""

    submission_id: int
    code: str
    title: str
    figure: int | None


@dataclass(frozen=True, slots=True)
class Tie:
    """Entries that are level when a step that people decide is asked, with what was decided."""

    step: str
    place: int
    entries: tuple[Level, ...]
    who: str = ""
    reason: str = ""

    @property
    def decided(self) -> bool:
        """Whether every entry has its figure."""
        return all(each.figure is not None for each in self.entries)


def of_phase(session: Session, phase: Phase) -> list[Tie]:
    """The ties of a phase that people decide, as the locked scorecards stand now (eight statements)."""
    if not set(rubric.method_of(phase).ties) & set(BY_PEOPLE):
        return []
    (computed,) = ranking.compute(session, [phase.id])
    return _ties(session, computed)


def decide(
    session: Session,
    actor: Actor,
    round_id: int,
    step: str,
    figures: Mapping[str, int | None],
    who: str,
    reason: str,
    number: int | None = None,
) -> None:
    """Record what the panel or the chair decided of one tie: votes, or places from 1 on, by code.

    Deciding the same again has no effect. It counts from the next time the ranking is fixed. Raises
    InvalidMany by field, WrongState("tie_outdated") where these entries are not level at this step,
    WrongState("carried_on").
    """
    held = gate.hold(session, round_id, exclusive=True)
    phase = rubric.phase_or_404(session, round_id, number)
    require(actor, Action.TIE_DECIDE, subject_of(held.round, phase, held.now))
    ranking.refuse_carried_on(session, phase)
    (computed,) = ranking.compute(session, [phase.id])
    wanted = (step, set(figures))
    ties = _ties(session, computed)
    tie = next((each for each in ties if (each.step, {e.code for e in each.entries}) == wanted), None)
    if tie is None:
        raise WrongState("tie_outdated")
    who, reason = who.strip(), reason.strip()
    given = _checked(step, figures, who, reason)
    if (tie.who, tie.reason, {each.code: each.figure for each in tie.entries}) == (who, reason, given):
        return
    said = {"phase_id": phase.id, "step": step, "who": who, "reason": reason, "decided_at": held.now}
    _put(session, tie, {**said, "author_id": actor.user_id}, given)
    detail: dict[str, Any] = {"step": step, "figures": given, "who": who, "reason": reason}
    where = chain.round_chain(round_id)
    chain.record(session, actor, "tie.decided", f"phase:{phase.id}", chain=where, at=held.now, **detail)


def _put(session: Session, tie: Tie, said: Mapping[str, Any], figures: Mapping[str, int]) -> None:
    """Keep a decision in place of the one before."""
    mine = sa.and_(TieDecision.phase_id == said["phase_id"], TieDecision.step == said["step"])
    numbers = [each.submission_id for each in tie.entries]
    session.execute(sa.delete(TieDecision).where(mine, TieDecision.submission_id.in_(numbers)))
    rows = [
        {**said, "submission_id": each.submission_id, "figure": figures[each.code]} for each in tie.entries
    ]
    session.execute(sa.insert(TieDecision), rows)


def _checked(step: str, figures: Mapping[str, int | None], who: str, reason: str) -> dict[str, int]:
    """The figures as they are stored; the chair's places are turned round, so that the first has the most."""
    faults = [Invalid(name, "required") for name, text in (("who", who), ("reason", reason)) if not text]
    faults += [
        Invalid(name, "too_long", length=len(text), most=most)
        for name, text, most in (("who", who, WHO), ("reason", reason, REASON))
        if len(text) > most
    ]
    count = len(figures)
    most, least = (count, 1) if step == "chair" else (MOST_VOTES, 0)
    given = {code: figure for code, figure in figures.items() if figure is not None}
    faults += [
        Invalid(f"figure-{code}", "out_of_range", minimum=least, maximum=most)
        for code in figures
        if code not in given or not least <= given[code] <= most
    ]
    if step == "chair" and not faults and len(set(given.values())) < count:
        faults.append(Invalid("figures", "chair_must_order"))
    if faults:
        raise InvalidMany(faults)
    return {code: count - place for code, place in given.items()} if step == "chair" else given


def _ties(session: Session, computed: Computed) -> list[Tie]:
    """Each group that was level at a step of people, in the order of the steps and the places."""
    groups: dict[tuple[str, frozenset[str]], Placed] = {}
    for result in computed.results:
        for tried in result.placed.tries:
            if tried.step in BY_PEOPLE:
                groups.setdefault((tried.step, frozenset((result.code, *tried.rivals))), result.placed)
    if not groups:
        return []
    wanted = {result.submission_id: result.code for result in computed.results}
    level = {code for _, codes in groups for code in codes}
    ids = [number for number, code in wanted.items() if code in level]
    titles = {
        code: (number, title)
        for number, code, title in session.execute(
            sa.select(Submission.id, Submission.code, Submission.title).where(Submission.id.in_(ids))
        )
    }
    query = sa.select(TieDecision).where(TieDecision.phase_id == computed.phase.id)
    words = {(each.step, each.submission_id): each for each in session.scalars(query)}
    ties = []
    for (step, codes), placed in groups.items():
        entries = [(*titles[code], code) for code in sorted(codes)]
        kept = {code: words.get((step, number)) for number, _, code in entries}
        first = next(iter(kept.values()))
        levels = tuple(
            Level(number, code, title, None if (one := kept[code]) is None else one.figure)
            for number, title, code in entries
        )
        said = (first.who, first.reason) if first is not None else ("", "")
        ties.append(Tie(step, placed.place or 0, levels, *said))
    return sorted(ties, key=lambda tie: (tie.place, BY_PEOPLE.index(tie.step)))
