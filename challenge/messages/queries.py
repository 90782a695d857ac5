"""Reads of letters."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from challenge.messages.models import Letter
from challenge.rules.errors import NotFound


def letters(session: Session, to: str, before: int | None, limit: int) -> Sequence[Letter]:
    """Letters newest first, to one address where one is given, those before the id `before`."""
    query = sa.select(Letter).options(defer(Letter.body), defer(Letter.html))
    if to:
        query = query.where(Letter.recipient == to)
    if before is not None:
        query = query.where(Letter.id < before)
    return session.scalars(query.order_by(Letter.id.desc()).limit(limit)).all()


def letter(session: Session, ref: str) -> Letter:
    """One letter; raises NotFound."""
    found = session.scalar(sa.select(Letter).where(Letter.ref == ref))
    if found is None:
        raise NotFound
    return found
