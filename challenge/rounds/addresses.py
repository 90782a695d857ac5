"""Slugs of programmes and rounds: given or made from the title, never the same twice."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.ids import new_ref
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid
from challenge.rules.slugs import LONGEST, check_slug, slug_from

RESERVED = frozenset({"new"})


def free_slug(
    session: Session, model: type[Programme | Round], given: str, title: str | None, own_id: int | None = None
) -> str:
    """The given slug if it is free, else one made from the title with a number behind it where taken.

    Raises `Invalid("slug", "not_a_slug" | "slug_taken")` for a given one. A title without Latin words gets a
    random slug.
    """
    if given:
        slug = check_slug("slug", given)
        if slug in RESERVED or _taken(session, model, [slug], own_id):
            raise Invalid("slug", "slug_taken")
        return slug
    stem = slug_from(title)
    if not stem or stem in RESERVED:
        return new_ref()
    candidates = [stem, *(f"{stem[: LONGEST - 3]}-{number}" for number in range(2, 100))]
    taken = _taken(session, model, candidates, own_id)
    return next((slug for slug in candidates if slug not in taken), new_ref())


def _taken(
    session: Session, model: type[Programme | Round], slugs: list[str], own_id: int | None
) -> frozenset[str]:
    query = sa.select(model.slug).where(model.slug.in_(slugs))
    if own_id is not None:
        query = query.where(model.id != own_id)
    return frozenset(session.scalars(query))
