"""A small world with somebody in every role, and what stands in addresses there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.accounts.models import Organization, User
from tests.api.stories import token_of
from tests.factories import GrantFactory, UserFactory
from tests.judging.blind import blind_court
from tests.judging.stories import Court
from tests.submissions.stories import owner_of

ROLES = (
    *("anonymous", "user", "solver", "seeker", "broker"),
    *("judge", "organizer", "manager", "auditor", "administrator"),
)


@dataclass(frozen=True, slots=True)
class World:
    """A court that judges blind, a token for each role, and the values that addresses take."""

    court: Court
    tokens: Mapping[str, str | None]
    known: Mapping[str, tuple[str, ...]]


def world(db: Session) -> World:
    """Two proposals for a need of an anonymous seeker, being judged."""
    made = blind_court(db, accepted=True, entries=2, copies=False)
    made.assignment(0, 1).state = "invited"
    people = _people(db, made)
    tokens = {role: token_of(person).secret for role, person in people.items()}
    refs = (made.entries[0].ref, made.requirement.ref, made.assignment().ref, people["user"].ref)
    known = {"slug": (made.round.slug, made.round.programme.slug), "ref": refs}
    db.commit()
    return World(made, {"anonymous": None, **tokens}, known)


def _people(db: Session, made: Court) -> Mapping[str, User]:
    programme = made.round.programme
    people = {role: UserFactory() for role in ("user", "broker", "manager", "auditor")}
    for role, scope, scope_id in (
        ("broker", "programme", programme.id),
        ("manager", "organization", programme.host_id),
        ("auditor", "programme", programme.id),
    ):
        GrantFactory(user_id=people[role].id, role=role, scope=scope, scope_id=scope_id)
    return {
        **people,
        "solver": owner_of(made.entries[0]),
        "seeker": UserFactory(represents=[db.get_one(Organization, made.requirement.seeker_id)]),
        "judge": made.people[0],
        "organizer": made.organizer,
        "administrator": UserFactory(admin=True),
    }
