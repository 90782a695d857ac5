"""Who gets letters about a need on its way (see audiences)."""

from __future__ import annotations

import sqlalchemy as sa

from challenge.distribution.models import Care
from challenge.flow.audiences import Facts, Ids, organizers, seeker


def carers(facts: Facts) -> Ids:
    """The broker who looks after the requirement; while nobody does, the organizers."""
    claimed = sa.select(Care.broker_id).where(
        Care.requirement_id == facts["requirement_id"], Care.state == "claimed"
    )
    everyone = organizers(facts).subquery()
    unclaimed = sa.select(everyone.c[0]).where(sa.not_(claimed.exists()))
    return sa.union(claimed, unclaimed)


def carers_and_seeker(facts: Facts) -> Ids:
    """The same, and the seeker."""
    caring, asking = carers(facts).subquery(), seeker(facts).subquery()
    return sa.union(sa.select(caring.c[0]), sa.select(asking.c[0]))
