"""Who gets letters about a confidential part (see audiences)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from challenge.flow.audiences import Facts, Ids
from challenge.requirements.face_models import Access, Nda, NdaAcceptance
from challenge.requirements.models import Requirement


def bound(facts: Facts) -> Ids:
    """Who reads a confidential part under an agreement that the new version takes the place of."""
    query = (
        sa.select(Access.user_id)
        .join(
            NdaAcceptance,
            (NdaAcceptance.requirement_id == Access.requirement_id)
            & (NdaAcceptance.user_id == Access.user_id),
        )
        .join(Requirement, Requirement.id == Access.requirement_id)
        .where(Access.state == "granted", NdaAcceptance.nda_id != facts["nda_id"])
    )
    if facts.get("requirement_id"):
        return query.where(Requirement.id == facts["requirement_id"])
    later = aliased(Nda)
    newest = sa.select(sa.func.max(later.id)).where(later.requirement_id == Requirement.id).scalar_subquery()
    text = sa.or_(Nda.text_zh.is_not(None), Nda.text_en.is_not(None))
    own = sa.exists().where(Nda.id == newest, text)
    return query.where(Requirement.round_id == facts["round_id"], sa.not_(own))
