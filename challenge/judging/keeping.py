"""Keeping what the search for conflicts finds: new cases, evidence that changed, and what is gone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.audit import chain
from challenge.judging import finding, traces
from challenge.judging.conflict_models import ConflictCase
from challenge.judging.finding import Evidence, Key
from challenge.judging.models import PanelJudge, Phase
from challenge.rules.conflicts import HARD
from challenge.rules.lifecycles import CONFLICT
from challenge.rules.permissions import SYSTEM, Actor
from challenge.submissions.models import Submission

# What a new case of the same person, entry and evidence takes from one that was decided in another phase.
_DECISION = ("state", "decided_at", "decided_by", "reason")


def renew(
    session: Session,
    phase: Phase,
    wanted: sa.ColumnElement[bool],
    at: dt.datetime,
    *,
    judge_ids: Collection[int] | None = None,
    actor: Actor = SYSTEM,
) -> int:
    """Search between the phase's judges (or some) and the submissions `wanted`; how many cases are new.

    The caller holds the round's gate. A case is never thrown away; one whose evidence changed after it was
    dismissed or overridden is open again.
    """
    # One search at a time for a phase: two would both make the same case.
    session.execute(sa.select(Phase.id).where(Phase.id == phase.id).with_for_update(key_share=True))
    world = traces.read(session, phase.id, wanted, judge_ids)
    found = finding.find(world, at.date()) if world is not None else {}
    there = _there(session, phase.id, wanted, judge_ids)
    digests = {key: _digest(evidence) for key, evidence in found.items()}
    new = [key for key in found if key not in there]
    decided = _decided(session, phase, new) if new else {}
    said = [("conflict.found", _made(session, key, found[key], digests[key], decided, at)) for key in new]
    for key, case in there.items():
        act = _told_anew(case, found.get(key), digests.get(key, ""), at)
        if act is not None:
            said.append((act, case))
    session.flush()
    where = chain.round_chain(phase.round_id)
    told = [chain.Entry(where, actor, act, f"conflict:{case.id}", facts(case)) for act, case in said]
    if told:
        chain.record_many(session, told, at=at)
    return len(new)


def facts(case: ConflictCase) -> dict[str, Any]:
    """What the audit trail says of a case: never with whom."""
    return {"judge": case.judge_id, "submission": case.submission_id, "kind": case.kind}


def _there(
    session: Session, phase_id: int, wanted: sa.ColumnElement[bool], judge_ids: Collection[int] | None
) -> Mapping[Key, ConflictCase]:
    query = (
        sa.select(ConflictCase)
        .join(PanelJudge, PanelJudge.id == ConflictCase.judge_id)
        .join(Submission, Submission.id == ConflictCase.submission_id)
        .where(PanelJudge.phase_id == phase_id, wanted)
        .order_by(ConflictCase.id)
        .with_for_update(of=ConflictCase)
    )
    if judge_ids is not None:
        query = query.where(ConflictCase.judge_id.in_(judge_ids))
    return {(case.judge_id, case.submission_id, case.kind): case for case in session.scalars(query)}


def _decided(session: Session, phase: Phase, keys: Sequence[Key]) -> Mapping[tuple[Key, str], ConflictCase]:
    """Decisions of other phases about the same person, entry and kind: (key here, evidence) -> the case."""
    seat, other = aliased(PanelJudge), aliased(PanelJudge)
    query = (
        sa.select(ConflictCase, seat.id)
        .join(other, other.id == ConflictCase.judge_id)
        .join(seat, sa.and_(seat.user_id == other.user_id, seat.id != other.id))
        .join(Submission, Submission.id == ConflictCase.submission_id)
        .where(seat.phase_id == phase.id, Submission.round_id == phase.round_id)
        .where(ConflictCase.decided_at.is_not(None), ConflictCase.state.not_in(("open", "standing")))
        .order_by(ConflictCase.decided_at)
    )
    wanted = set(keys)
    return {
        ((judge, case.submission_id, case.kind), case.evidence_digest): case
        for case, judge in session.execute(query)
        if (judge, case.submission_id, case.kind) in wanted
    }


def _made(
    session: Session,
    key: Key,
    evidence: Sequence[Evidence],
    digest: str,
    decided: Mapping[tuple[Key, str], ConflictCase],
    at: dt.datetime,
) -> ConflictCase:
    judge, submission, kind = key
    start = CONFLICT.start
    case = ConflictCase(
        judge_id=judge,
        submission_id=submission,
        kind=kind,
        state=CONFLICT.step(start, "establish") if kind in HARD else start,
        evidence=list(evidence),
        evidence_digest=digest,
        found_at=at,
    )
    before = decided.get((key, digest))
    if before is not None:
        for name in _DECISION:
            setattr(case, name, getattr(before, name))
    session.add(case)
    return case


def _told_anew(
    case: ConflictCase, evidence: Sequence[Evidence] | None, digest: str, at: dt.datetime
) -> str | None:
    """Bring a case up to what was found now; the word for the trail, None where nothing is new."""
    if evidence is None:
        if case.gone_at is not None:
            return None
        case.gone_at = at
        return "conflict.gone"
    back, changed = case.gone_at is not None, case.evidence_digest != digest
    case.gone_at = None
    if changed:
        case.evidence, case.evidence_digest = list(evidence), digest
    if changed and CONFLICT.allows(case.state, "reopen"):
        case.state = CONFLICT.step(case.state, "reopen")
        return "conflict.reopened"
    return "conflict.found" if back else None


def _digest(evidence: Sequence[Evidence]) -> str:
    text = json.dumps(sorted(json.dumps(each, sort_keys=True) for each in evidence))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
