"""Whom of the matched one may write to now: experts who agreed to it, organizations that offer something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.matches.models import Match
from challenge.matches.subjects import consenting
from challenge.supply.models import Achievement, Expert

SHOWN = 20  # of a kind


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody who suits; `id` is the person's or the organization's."""

    kind: str
    id: int
    ref: str
    name_zh: str
    name_en: str


def reachable(session: Session, requirement_ids: Sequence[int], most: int = SHOWN) -> list[Reachable]:
    """Those recommended for any of the requirements, each once, the best first (two statements).

    Consent is asked as it stands: to be matched, and to be written to. A published achievement offers its
    organization; whoever speaks for it is written to.
    """
    place = sa.func.min(Match.place)
    experts = (
        sa.select(sa.literal("expert"), User.id, Expert.ref, User.name, User.name)
        .select_from(Match)
        .join(Expert, Expert.user_id == Match.expert_id)
        .join(User, User.id == Expert.user_id)
        .where(Match.requirement_id.in_(requirement_ids), consenting(), Expert.mailed)
        .group_by(User.id, Expert.ref, User.name)
        .order_by(place, User.id)
        .limit(most)
    )
    english = sa.func.coalesce(Organization.name_en, Organization.name)
    offers = sa.exists().where(
        Achievement.organization_id == Organization.id, Achievement.state == "published"
    )
    organizations = (
        sa.select(sa.literal("organization"), Organization.id, Organization.ref, Organization.name, english)
        .select_from(Match)
        .join(Organization, Organization.id == Match.organization_id)
        .where(Match.requirement_id.in_(requirement_ids), offers)
        .group_by(Organization.id)
        .order_by(place, Organization.id)
        .limit(most)
    )
    return [Reachable(*row) for query in (experts, organizations) for row in session.execute(query)]
