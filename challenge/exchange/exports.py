"""Exports: panel scores and places of every round, and what is on offer; streamed in a few statements."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.exchange.scores import SOURCE
from challenge.judging.models import Criterion, Phase, Ranking, RankingRow
from challenge.rounds.models import Round
from challenge.submissions.models import Submission
from challenge.supply import reads
from challenge.supply.models import Achievement

Cell = str | int | Decimal | None


def round_name(slug: str, source: str | None) -> str:
    """How an export names a round: as its source did, else by its address."""
    return source.removeprefix(SOURCE) if source and source.startswith(SOURCE) else slug


def _rows(session: Session, slug: str | None) -> Iterator[tuple[str, str | None, int, str, RankingRow]]:
    query = (
        sa.select(Round.slug, Round.source, Phase.id, Submission.code, RankingRow)
        .join(Phase, Phase.round_id == Round.id)
        .join(Ranking, sa.and_(Ranking.phase_id == Phase.id, Ranking.superseded.is_(False)))
        .join(RankingRow, RankingRow.ranking_id == Ranking.id)
        .join(Submission, Submission.id == RankingRow.submission_id)
        .order_by(Round.id, Phase.number, RankingRow.position)
        .execution_options(yield_per=2000)
    )
    if slug is not None:
        query = query.where(Round.slug == slug)
    for row in session.execute(query):
        yield row[0], row[1], row[2], row[3], row[4]


def ranking(session: Session, slug: str | None = None) -> Iterator[tuple[Cell, ...]]:
    """(round, entry, place, total) of every ranking in force, or of one round's."""
    for name, source, _, code, row in _rows(session, slug):
        yield round_name(name, source), code, row.place, _shown(row.total)


def panel_scores(session: Session, slug: str | None = None) -> Iterator[tuple[Cell, ...]]:
    """(round, entry, criterion, panel_score) of every ranking in force, or of one round's."""
    criteria = session.execute(
        sa.select(Criterion.phase_id, Criterion.id, Criterion.name_en, Criterion.name_zh).order_by(
            Criterion.phase_id, Criterion.position
        )
    )
    names: dict[int, list[tuple[str, str]]] = {}
    for phase_id, criterion_id, english, chinese in criteria:
        names.setdefault(phase_id, []).append((str(criterion_id), english or chinese or str(criterion_id)))
    for name, source, phase_id, code, row in _rows(session, slug):
        for key, criterion in names.get(phase_id, ()):
            yield round_name(name, source), code, criterion, row.panel.get(key)


ACHIEVEMENT = (
    *("ref", "owner", "title_zh", "title_en", "summary_zh", "summary_en", "field", "keywords", "trl"),
    *("ip_status", "modes", "price_minor", "currency", "region", "published_at", "confirmed_at"),
)


def achievements(session: Session) -> Iterator[tuple[Cell, ...]]:
    """The public part of every published achievement, in the columns of ACHIEVEMENT."""
    query = reads.lines().where(Achievement.state == "published").order_by(Achievement.id)
    for row in session.execute(query.execution_options(yield_per=2000)):
        line = reads.Line(*row)
        told = {
            "owner": line.owner_zh,
            "keywords": "; ".join(line.keywords),
            "modes": "; ".join(line.modes),
            "published_at": str(line.published_at),
            "confirmed_at": str(line.confirmed_at),
        }
        yield tuple(told[name] if name in told else getattr(line, name) for name in ACHIEVEMENT)


def _shown(total: Decimal | None) -> Decimal | None:
    """The total with two places where that is all it has."""
    if total is None:
        return None
    cents = total.quantize(Decimal("0.01"))
    return cents if cents == total else total.normalize()
