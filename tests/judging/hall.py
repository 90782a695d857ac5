"""A final that is held on site, for tests: a court whose phase has a stage and a drawn order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import on_site, staging
from challenge.judging.on_site import Setting
from challenge.judging.on_site_models import OnSite
from challenge.submissions.models import Submission
from tests.judging.stories import Court, court, lock_all


def hall(db: Session, *, drawn: bool = True, setting: Setting | None = None, **of_court: Any) -> Court:
    """A court with a stage; `drawn`: the order is known, nobody has come on stage yet."""
    made = court(db, **{"judges": 2, "entries": 3, **of_court})
    on_site.set_up(db, made.as_organizer, made.round.id, 1, setting or Setting(8, 5))
    if drawn:
        on_site.commit(db, made.as_organizer, made.round.id, 1)
        on_site.draw(db, made.as_organizer, made.round.id, 1)
    return made


def site_of(made: Court) -> OnSite:
    query = sa.select(OnSite).where(OnSite.phase_id == made.phase.id)
    return made.db.scalars(query.execution_options(populate_existing=True)).one()


def call(made: Court, entry: int) -> Submission:
    """This entry of the court comes on stage."""
    staging.call(made.db, made.as_organizer, made.round.id, 1, made.entries[entry].code)
    return made.entries[entry]


def present(made: Court, entry: int, *cards: tuple[object, ...]) -> Submission:
    """It comes on stage, and each judge in turn locks these scores."""
    shown = call(made, entry)
    lock_all(made, entry, *cards)
    return shown
