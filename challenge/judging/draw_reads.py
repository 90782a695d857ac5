"""A draw as everybody may read it: the digest and the codes beforehand, seed, word and order after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging.models import Phase
from challenge.judging.on_site_models import OnSite
from challenge.judging.stage_reads import turns
from challenge.rounds.models import Round
from challenge.rules import drawing
from challenge.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw as everybody may read it: seed, word and order only once it was made."""

    number: int
    phase: Phase
    committed_at: dt.datetime
    digest: str
    codes: tuple[str, ...]
    drawn_at: dt.datetime | None
    seed: str | None
    word: str | None
    order: tuple[str, ...]

    def to_json(self, slug: str) -> dict[str, Any]:
        """The file that `flask draw verify` reads."""
        return {
            "format": drawing.FORMAT,
            "round": slug,
            "phase": self.number,
            "published_at": self.committed_at.isoformat(),
            "digest": self.digest,
            "codes": list(self.codes),
            "drawn_at": self.drawn_at.isoformat() if self.drawn_at else None,
            "seed": self.seed,
            "word": self.word,
            "order": list(self.order),
        }


def drawn(session: Session, round_id: int, number: int) -> Drawn:
    """The published draw of a phase (two statements); raises NotFound before its digest is published."""
    made = OnSite.drawn_at.is_not(None)
    query = (
        sa.select(
            Phase,
            OnSite.committed_at,
            OnSite.seed_digest,
            OnSite.drawn_at,
            sa.case((made, OnSite.seed)),
            sa.case((made, OnSite.word)),
        )
        .join(OnSite, OnSite.phase_id == Phase.id)
        .where(Phase.round_id == round_id, Phase.number == number, OnSite.committed_at.is_not(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    phase, committed_at, digest, drawn_at, seed, word = row
    known = turns(session, phase)
    return Drawn(
        phase.number,
        phase,
        committed_at,
        digest or "",
        tuple(sorted(turn.code for turn in known)),
        drawn_at,
        seed,
        word,
        tuple(turn.code for turn in known) if drawn_at is not None else (),
    )


def last_published() -> sa.ScalarSelect[int]:
    """For queries of rounds: the last phase whose draw has a public page."""
    query = sa.select(sa.func.max(Phase.number)).join(OnSite, OnSite.phase_id == Phase.id)
    known = query.where(Phase.round_id == Round.id, OnSite.committed_at.is_not(None))
    return known.correlate(Round).scalar_subquery()
