"""Who stands on the sides of an agreement, and how the paper begins to name them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from challenge.docking import facts as docking
from challenge.docking.models import DockingPair
from challenge.rules.agreements import Party
from challenge.rules.permissions import Actor
from challenge.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Solver:
    """Who is to solve it, as far as it is known."""

    organization: Organization | None = None
    user: User | None = None
    name: str = ""


def behind(session: Session, entry: Submission | None, pair: DockingPair | None) -> Solver:
    """The team of the chosen entry, else the candidate of the pair; their organizations are loaded."""
    if entry is not None:
        if entry.organization is not None:
            return Solver(entry.organization)
        owner = session.get(User, entry.owner_id) if entry.owner_id is not None else None
        return Solver(user=owner, name=entry.team_name or (owner.name if owner else ""))
    if pair is None or pair.organization is not None:
        return Solver(pair.organization if pair else None)
    ids = docking.candidate_people(session, pair)
    person = session.get(User, min(ids)) if ids else None
    written = pair.recipient.name if pair.recipient is not None else ""
    return Solver(user=person, name=person.name if person and person.name else written)


def party_of(
    actor: Actor, side: str, organization: Organization | None, lang: str, *, name: str = ""
) -> Party:
    """A side as the paper begins to name it: an organization, or somebody of that name.

    Who speaks for an organization in law is told to its own people alone.
    """
    if organization is None:
        return Party(side, name)
    named = organization.name if lang == "zh" else organization.name_en or organization.name
    own = organization.id in actor.represents
    speaker = organization.legal_representative if own else ""
    return Party(side, named, organization.registration_code or "", representative=speaker)
