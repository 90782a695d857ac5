"""Who is told of results on their way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from challenge.awards.release_models import ResultRelease
from challenge.flow import audiences as who
from challenge.flow.audiences import Ids


def holders(facts: Mapping[str, Any]) -> Ids:
    """The round's organizers, and both people with a key to its release, whatever they are otherwise."""
    this = ResultRelease.id == facts["release_id"]
    return sa.union(
        sa.select(who.organizers(facts).subquery().c[0]),
        *(
            sa.select(column).where(this, column.is_not(None))
            for column in (ResultRelease.prepared_by, ResultRelease.approved_by)
        ),
    )
