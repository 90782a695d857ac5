"""Who gets letters about an agreement (see audiences)."""

from __future__ import annotations

import sqlalchemy as sa

from challenge.accounts.models import RoleGrant
from challenge.agreements.facts import people_of
from challenge.agreements.models import Agreement
from challenge.flow.audiences import Facts, Ids
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round


def concerned(facts: Facts) -> Ids:
    """Everybody who acts for a party, and who began it as organizer or broker while that role is theirs."""
    agreement_id = int(facts["agreement_id"])
    begun = (
        sa.select(RoleGrant.user_id)
        .join(Agreement, Agreement.author_id == RoleGrant.user_id)
        .join(Requirement, Requirement.id == Agreement.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .join(Programme, Programme.id == Round.programme_id)
        .where(
            Agreement.id == agreement_id,
            sa.or_(
                sa.and_(
                    RoleGrant.scope == "programme",
                    RoleGrant.scope_id == Programme.id,
                    RoleGrant.role.in_(("organizer", "broker")),
                ),
                sa.and_(
                    RoleGrant.scope == "organization",
                    RoleGrant.scope_id == Programme.host_id,
                    RoleGrant.role.in_(("organizer", "manager")),
                ),
            ),
        )
    )
    parties = people_of(agreement_id).subquery()
    return sa.union(sa.select(parties.c[0]), begun)
