"""The calibration beside a ranking, or beside the standings as they are: what is asked, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import laid_out
from challenge.judging.models import Phase, Ranking
from challenge.judging.ranking import Computed
from challenge.judging.ranking_models import Calibration, Estimate
from challenge.rounds.models import Prize, Round
from challenge.rules.calibration import Answer, Estimated, Problem, Refusal, is_toss, prepare

SHOWN = 6  # entries named of a piece, and coin tosses told of
USUAL_TOP = 3  # where neither a cut nor prizes say how many come out on top


def top_of(session: Session, phase: Phase) -> int:
    """How many entries come out on top: the cut, else the prizes of the round, else three (one statement)."""
    if phase.cut == "top" and phase.cut_value is not None:
        return int(phase.cut_value)
    won = sa.select(sa.func.coalesce(sa.func.sum(Prize.slots), 0)).where(
        Prize.round_id == phase.round_id, Prize.scope == "round", Prize.theme_id.is_(None)
    )
    return int(session.scalar(won) or 0) or USUAL_TOP


def question(session: Session, computed: Computed, top: int | None = None) -> Problem | Refusal:
    """What the scorecards behind a ranking ask, or why there is nothing to ask (at most one statement)."""
    return prepare(
        computed.cards,
        computed.criteria,
        model=computed.method.calibration,
        top=top or top_of(session, computed.phase),
        digest=computed.digest,
        carried={str(each.id) for each in computed.phase.criteria if each.carried},
    )


def keep(
    session: Session,
    computed: Computed,
    ranking: Ranking | None,
    asked: Problem | Refusal,
    answer: Answer | str,
) -> Calibration:
    """Store a calibration in place of the one before; a text instead of an answer says why there is none."""
    mine = Calibration.ranking_id == ranking.id if ranking is not None else Calibration.ranking_id.is_(None)
    session.execute(sa.delete(Calibration).where(Calibration.phase_id == computed.phase.id, mine))
    labels = {str(judge): label for judge, label in laid_out.labels(session, computed.phase.id).items()}
    kept = Calibration(
        phase_id=computed.phase.id,
        ranking_id=None if ranking is None else ranking.id,
        model=computed.method.calibration,
        input_digest=computed.digest,
        created_at=clock.now(session),
        **_head(asked, answer, labels, computed),
    )
    session.add(kept)
    session.flush()
    if isinstance(asked, Problem) and not isinstance(answer, str):
        _keep_estimates(session, kept.id, computed, asked, answer)
    return kept


def _head(
    asked: Problem | Refusal, answer: Answer | str, labels: Mapping[str, str], computed: Computed
) -> dict[str, Any]:
    if isinstance(asked, Refusal):
        none: dict[str, Any] = {"seed": 0, "sweeps": 0, "top": 0, "engine": "", "judges": []}
        pieces = [
            {
                "judges": [labels.get(each, each) for each in piece.judges[:SHOWN]],
                "more_judges": max(0, len(piece.judges) - SHOWN),
                "entries": list(piece.entries[:SHOWN]),
                "more_entries": max(0, len(piece.entries) - SHOWN),
            }
            for piece in asked.pieces[:SHOWN]
        ]
        detail = {"pieces": pieces, "count": len(asked.pieces)}
        return {**none, "state": "refused", "reason": asked.reason, "detail": detail}
    asked_for = {"seed": asked.seed, "sweeps": asked.sweeps, "top": asked.top}
    if isinstance(answer, str):
        return {**asked_for, "engine": "", "judges": [], "detail": {}, "state": "failed", "reason": answer}
    cards = [0] * len(asked.judges)
    for _entry, judge, _value in asked.scores:
        cards[judge] += 1
    judges = [
        {
            "label": labels.get(judge, judge),
            "severity": effect.severity,
            "low": effect.low,
            "high": effect.high,
            "scale": effect.scale,
            "noise": effect.noise,
            "cards": count,
        }
        for judge, effect, count in zip(asked.judges, answer.judges, cards, strict=True)
    ]
    detail = _detail(computed, asked, answer.entries)
    return {**asked_for, "engine": answer.engine, "judges": judges, "detail": detail, "state": "done"}


def _detail(computed: Computed, asked: Problem, entries: Sequence[Estimated]) -> dict[str, Any]:
    """What the board says above its lines: the axis of all bars, both winners, the coin tosses at the cut."""
    totals = [float(each.placed.total) for each in computed.results if each.placed.total is not None]
    first = [each.code for each in computed.results if each.placed.place == 1]
    best = [code for code, each in zip(asked.entries, entries, strict=True) if each.place == 1]
    tosses = sorted(
        ((each.place, code, each.top) for code, each in zip(asked.entries, entries, strict=True)
         if asked.top < len(entries) and is_toss(each.top)),
    )  # fmt: skip
    return {
        "axis": [min([*totals, *(e.low for e in entries)]), max([*totals, *(e.high for e in entries)])],
        "published": first,
        "calibrated": best,
        "tosses": [{"code": code, "top": top} for _, code, top in tosses[:SHOWN]],
        "tossed": len(tosses),
        "bands": max(each.band for each in entries),
    }


def _keep_estimates(
    session: Session, calibration_id: int, computed: Computed, asked: Problem, answer: Answer
) -> None:
    numbers = {result.code: result.submission_id for result in computed.results}
    rows = [
        {
            "calibration_id": calibration_id,
            "submission_id": numbers[code],
            **{name: Decimal(str(getattr(each, name))) for name in ("value", "low", "high", "top")},
            **{name: getattr(each, name) for name in ("first_place", "last_place", "band", "place")},
        }
        for code, each in zip(asked.entries, answer.entries, strict=True)
    ]
    session.execute(sa.insert(Estimate), rows)


def missing(session: Session, slug: str | None = None) -> list[int]:
    """Rankings in force that nothing was ever calibrated beside: imported, or older than calibration."""
    none = sa.not_(sa.exists().where(Calibration.ranking_id == Ranking.id, Calibration.state != "failed"))
    query = (
        sa.select(Ranking.id)
        .join(Phase, Phase.id == Ranking.phase_id)
        .join(Round, Round.id == Phase.round_id)
        .where(sa.not_(Ranking.superseded), Phase.way == "scores", none)
        .order_by(Ranking.id)
    )
    return list(session.scalars(query if slug is None else query.where(Round.slug == slug)))
