"""The result of a phase that is not judged by scorecards: who is where, from what, and how it was counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import rubric
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.judging.ways_models import Ballot, Pair, Working
from challenge.rules import pairwise, stv
from challenge.rules.lifecycles import TAKEN
from challenge.rules.scoring import Placed


@dataclass(frozen=True, slots=True)
class Counted:
    """The order, the method it was made by, the digest of everything that was counted, and the working."""

    method: Mapping[str, Any]
    digest: str
    placed: tuple[Placed, ...]
    working: Mapping[str, Any]


def of_phase(session: Session, phase: Phase, codes: Mapping[int, str]) -> Counted:
    """Count ballots or comparisons over the entries `codes` (submission -> code): two statements."""
    if phase.way == "pairwise":
        return _compared(session, phase, codes)
    papers = _papers(session, phase.id, codes)
    spent = {"seats": phase.seats or 1, "way": "ranked"}
    inputs = {**spent, "ballots": papers, "entries": sorted(codes.values())}
    digest = _digest(inputs)
    named = {code for paper in papers.values() for code in paper}
    counted = stv.count(named, list(papers.values()), phase.seats or 1, digest)
    method = {**rubric.method_of(phase).to_json(), **spent}
    working = {**_told(counted, papers), "seed": digest}
    return Counted(method, digest, _placed(counted.order, codes.values()), working)


def _compared(session: Session, phase: Phase, codes: Mapping[int, str]) -> Counted:
    votes, shown, skipped = comparisons(session, phase.id, codes)
    told = sorted([vote.judge, vote.winner, vote.loser] for vote in votes)
    digest = _digest({"way": "pairwise", "votes": told, "entries": sorted(codes.values())})
    named = {code for vote in votes for code in (vote.winner, vote.loser)}
    found = pairwise.fit(named, votes)
    method = {**rubric.method_of(phase).to_json(), "way": "pairwise"}
    working = {
        "way": "pairwise",
        "comparisons": len(votes),
        "skipped": skipped,
        "first_preferred": shown,
        "strengths": [
            [e.entry, *(round(n, 6) for n in (e.value, e.low, e.high)), e.won, e.lost]
            for e in found.strengths
        ],
        "reliability": {judge: round(each, 6) for judge, each in found.reliability.items()},
    }
    values = [round(each.value, 9) for each in found.strengths]
    placed = [
        Placed(each.entry, values.index(value) + 1, None, {}, shared=values.count(value) > 1, tries=())
        for each, value in zip(found.strengths, values, strict=True)
    ]
    return Counted(method, digest, (*placed, *_without(named, codes.values())), working)


def comparisons(
    session: Session, phase_id: int, codes: Mapping[int, str]
) -> tuple[list[pairwise.Preferred], int, int]:
    """What was preferred, in the order it was said; how often the one shown first; how many were skipped.

    Two statements. What a judge does not judge any more does not count.
    """
    query = (
        sa.select(Pair.judge_id, PanelJudge.label, Pair.first_id, Pair.second_id, Pair.choice)
        .join(PanelJudge, PanelJudge.id == Pair.judge_id)
        .where(PanelJudge.phase_id == phase_id, Pair.choice.in_(("first", "second", "skip")))
        .order_by(Pair.chosen_at, Pair.id)
    )
    rows = session.execute(query).all()
    read = _read(session, phase_id)
    votes, first, skipped = [], 0, 0
    for judge, label, one, other, choice in rows:
        if not {one, other} <= codes.keys() or not {(judge, one), (judge, other)} <= read:
            continue
        if choice == "skip":
            skipped += 1
            continue
        first += choice == "first"
        winner, loser = (one, other) if choice == "first" else (other, one)
        votes.append(pairwise.Preferred(label, codes[winner], codes[loser]))
    return votes, first, skipped


def _read(session: Session, phase_id: int) -> set[tuple[int, int]]:
    """(judge, submission) of what is judged by whom, without known conflicts."""
    reads = sa.select(Assignment.judge_id, Assignment.submission_id).where(
        Assignment.phase_id == phase_id, Assignment.state.in_(TAKEN), Assignment.conflict.is_(None)
    )
    return {(judge, entry) for judge, entry in session.execute(reads)}


def keep(session: Session, ranking_id: int, working: Mapping[str, Any]) -> None:
    """Put the working beside the ranking it belongs to."""
    session.add(Working(ranking_id=ranking_id, steps=dict(working)))


def working_of(session: Session, ranking_id: int) -> dict[str, Any] | None:
    """How a ranking was counted; None for one made of scorecards."""
    return session.scalar(sa.select(Working.steps).where(Working.ranking_id == ranking_id))


def _placed(order: Sequence[str], entries: Collection[str]) -> tuple[Placed, ...]:
    """Each in the order has a place of its own; whom nobody named has none."""
    placed = [Placed(code, place, None, {}, shared=False, tries=()) for place, code in enumerate(order, 1)]
    return (*placed, *_without(order, entries))


def _without(named: Collection[str], entries: Collection[str]) -> list[Placed]:
    """The entries that nobody named, in the order of their codes, without a place."""
    rest = sorted(set(entries) - set(named))
    return [Placed(code, None, None, {}, shared=False, tries=()) for code in rest]


def _papers(session: Session, phase_id: int, codes: Mapping[int, str]) -> dict[str, list[str]]:
    """Judge's label -> the codes on the locked ballot, without what the judge does not judge any more."""
    query = (
        sa.select(PanelJudge.id, PanelJudge.label, Ballot.choices)
        .join(Ballot, Ballot.judge_id == PanelJudge.id)
        .where(PanelJudge.phase_id == phase_id, Ballot.state == "locked")
        .order_by(PanelJudge.label)
    )
    ballots = session.execute(query).all()
    read = _read(session, phase_id)
    return {
        label: [codes[entry] for entry in choices if entry in codes and (judge, entry) in read]
        for judge, label, choices in ballots
    }


def _told(counted: stv.Count, papers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The count as plain values, votes as exact fractions."""
    return {
        "way": "ranked",
        "quota": counted.quota,
        "seats": counted.seats,
        "order": list(counted.order),
        "elected": list(counted.elected),
        "ballots": {label: list(paper) for label, paper in papers.items()},
        "stages": [
            {
                "votes": {code: str(votes) for code, votes in stage.votes.items()},
                "rest": str(stage.rest),
                "done": stage.done,
                "entries": list(stage.entries),
                "tie": stage.tie,
                "amount": None if stage.amount is None else str(stage.amount),
            }
            for stage in counted.stages
        ],
    }


def decimal_text(exact: str, places: int = 4) -> str:
    """A fraction as it is stored, rounded half-up for reading: "18/7" is "2.5714"."""
    value = Fraction(exact)
    scaled = (value * 10**places + Fraction(1, 2)).__floor__()
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")


def _digest(inputs: Mapping[str, Any]) -> str:
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
