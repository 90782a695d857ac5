"""Rankings that came in with a round: reckoned once more, so that anyone can do so here as well.

The digest of what a ranking follows from names its criteria by their numbers, and these are others here.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import verifying
from challenge.judging.models import Phase, Ranking
from challenge.rules.errors import Refused
from challenge.rules.permissions import Actor


def refixed(session: Session, round_id: int, actor: Actor) -> list[chain.Entry]:
    """Give the rankings in force the digest that they have here; the entries that say so.

    One that does not come out as it was stays with its old digest: verifying says where it differs.
    """
    rankings = session.scalars(
        sa.select(Ranking)
        .join(Phase, Phase.id == Ranking.phase_id)
        .where(Phase.round_id == round_id, sa.not_(Ranking.superseded))
        .order_by(Ranking.id)
    ).all()
    entries = []
    for fixed in rankings:
        before = fixed.input_digest
        try:
            computed = verifying.recomputed(session, fixed)
        except (Refused, ValueError, KeyError):
            continue
        rows = [each for each in verifying.differences(session, fixed, computed) if each.kind == "row"]
        if rows:
            continue
        fixed.input_digest = computed.digest
        detail = {"digest": computed.digest, "before": before}
        where = chain.round_chain(round_id)
        entries.append(chain.Entry(where, actor, "ranking.fixed", f"ranking:{fixed.id}", detail))
    session.flush()
    return entries
