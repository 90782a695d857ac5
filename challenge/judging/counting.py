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
from challenge.judging.seats import READING
from challenge.judging.ways_models import Ballot, Working
from challenge.rules import stv
from challenge.rules.scoring import Placed


@dataclass(frozen=True, slots=True)
class Counted:
    """The order, the method it was made by, the digest of everything that was counted, and the working."""

    method: Mapping[str, Any]
    digest: str
    placed: tuple[Placed, ...]
    working: Mapping[str, Any]


def of_phase(session: Session, phase: Phase, codes: Mapping[int, str]) -> Counted:
    """Count the phase's locked ballots over the entries `codes` (submission -> code); two statements."""
    papers = _papers(session, phase.id, codes)
    spent = {"seats": phase.seats or 1, "way": "ranked"}
    inputs = {**spent, "ballots": papers, "entries": sorted(codes.values())}
    digest = _digest(inputs)
    named = {code for paper in papers.values() for code in paper}
    counted = stv.count(named, list(papers.values()), phase.seats or 1, digest)
    method = {**rubric.method_of(phase).to_json(), **spent}
    working = {**_told(counted, papers), "seed": digest}
    return Counted(method, digest, _placed(counted.order, codes.values()), working)


def keep(session: Session, ranking_id: int, working: Mapping[str, Any]) -> None:
    """Put the working beside the ranking it belongs to."""
    session.add(Working(ranking_id=ranking_id, steps=dict(working)))


def working_of(session: Session, ranking_id: int) -> dict[str, Any] | None:
    """How a ranking was counted; None for one made of scorecards."""
    return session.scalar(sa.select(Working.steps).where(Working.ranking_id == ranking_id))


def _placed(order: Sequence[str], entries: Collection[str]) -> tuple[Placed, ...]:
    """Each in the order has a place of its own; whom nobody named has none."""
    rest = sorted(set(entries) - set(order))
    placed = [Placed(code, place, None, {}, shared=False, tries=()) for place, code in enumerate(order, 1)]
    return (*placed, *(Placed(code, None, None, {}, shared=False, tries=()) for code in rest))


def _papers(session: Session, phase_id: int, codes: Mapping[int, str]) -> dict[str, list[str]]:
    """Judge's label -> the codes on the locked ballot, without what the judge does not judge any more."""
    query = (
        sa.select(PanelJudge.id, PanelJudge.label, Ballot.choices)
        .join(Ballot, Ballot.judge_id == PanelJudge.id)
        .where(PanelJudge.phase_id == phase_id, Ballot.state == "locked")
        .order_by(PanelJudge.label)
    )
    ballots = session.execute(query).all()
    reads = sa.select(Assignment.judge_id, Assignment.submission_id).where(
        Assignment.phase_id == phase_id, Assignment.state.in_(READING), Assignment.conflict.is_(None)
    )
    read = {(judge, entry) for judge, entry in session.execute(reads)}
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
