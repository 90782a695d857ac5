"""What the judges of a panel know about, and how much they can take on: profiles as experts, and seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import PanelJudge
from challenge.supply.models import Expert, ExpertDocument


@dataclass(frozen=True, slots=True)
class Expertise:
    """One judge: keywords, languages ("zh", "en"; none said, any), own texts, most entries."""

    keywords: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    capacity: int | None = None


def of_panel(session: Session, phase_id: int) -> Mapping[int, Expertise]:
    """Panel judge -> what they know about, for every seat of the phase (two statements)."""
    seats = session.execute(
        sa.select(
            PanelJudge.id,
            PanelJudge.user_id,
            PanelJudge.capacity,
            Expert.keywords,
            Expert.languages,
        )
        .outerjoin(Expert, Expert.user_id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(PanelJudge.id)
    ).all()
    texts: dict[int, list[str]] = {}
    documents = (
        sa.select(ExpertDocument.user_id, ExpertDocument.title, ExpertDocument.text)
        .join(PanelJudge, PanelJudge.user_id == ExpertDocument.user_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(ExpertDocument.id)
    )
    for user_id, title, text in session.execute(documents):
        texts.setdefault(user_id, []).append(f"{title}\n{text}")
    return {
        seat: Expertise(
            tuple(keywords or ()),
            frozenset(languages or ()),
            tuple(texts.get(user_id or 0, ())),
            capacity,
        )
        for seat, user_id, capacity, keywords, languages in seats
    }
