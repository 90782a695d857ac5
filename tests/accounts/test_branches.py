"""The tree of organizations: placed by an administrator, never in a ring, managed downwards."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import branches, people
from challenge.accounts.models import Organization
from challenge.audit.models import AuditEntry
from challenge.rules.actors import managed
from challenge.rules.branches import MOST_LEVELS
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.permissions import SYSTEM, Actor
from tests.factories import GrantFactory, OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

ADMIN = Actor(user_id=None, admin=True)


def chain_of(db: Session, count: int) -> list[Organization]:
    """Organizations each below the one before."""
    made: list[Organization] = []
    for _ in range(count):
        made.append(OrganizationFactory(parent_id=made[-1].id if made else None))
    return made


def test_a_manager_holds_the_role_for_everything_below(db: Session, statements: Counting) -> None:
    centre, north, city = chain_of(db, 3)
    south = OrganizationFactory(parent_id=centre.id)
    person = UserFactory()
    GrantFactory(user_id=person.id, role="manager", scope="organization", scope_id=north.id)
    with statements() as asked:
        actor = actor_of(person)
    assert len(asked) == 1, asked
    assert actor.grants == managed([north.id, city.id])
    assert not actor.holds("organizer", "organization", south.id)
    assert not actor.holds("organizer", "organization", centre.id)


def test_who_reads_a_tree_takes_no_lock_of_writers(db: Session) -> None:
    """On SQLite the first write of a transaction takes it: a question that begins with WITH is none."""
    person = UserFactory()
    db.commit()
    actor_of(person)
    raw = db.connection().connection.dbapi_connection
    assert raw is not None
    assert not getattr(raw, "in_transaction", False)


def test_an_organizer_of_a_centre_does_not_reach_its_branches(db: Session) -> None:
    centre, north = chain_of(db, 2)
    person = UserFactory()
    GrantFactory(user_id=person.id, role="organizer", scope="organization", scope_id=centre.id)
    assert not actor_of(person).holds("organizer", "organization", north.id)


def test_nothing_is_above_itself_and_no_tree_is_too_deep(db: Session) -> None:
    line = chain_of(db, MOST_LEVELS)
    with pytest.raises(Invalid) as ring:
        branches.place(db, ADMIN, line[0], line[2])
    assert ring.value.code == "branch_ring"
    with pytest.raises(Invalid) as oneself:
        branches.place(db, ADMIN, line[0], line[0])
    assert oneself.value.code == "branch_ring"
    with pytest.raises(Invalid) as deep:
        branches.place(db, ADMIN, OrganizationFactory(), line[-1])
    assert deep.value.code == "branch_too_deep"


def test_placed_twice_it_is_placed_once_and_only_by_an_administrator(db: Session) -> None:
    centre, north = OrganizationFactory(), OrganizationFactory()
    boss = UserFactory()
    GrantFactory(user_id=boss.id, role="manager", scope="organization", scope_id=centre.id)
    with pytest.raises(NotAllowed):
        branches.place(db, actor_of(boss), north, centre)
    for _ in range(2):
        branches.place(db, ADMIN, north, centre)
    assert north.parent_id == centre.id
    said = sa.select(sa.func.count()).where(AuditEntry.action == "organization.placed")
    assert db.scalar(said) == 1
    assert [each.id for each in branches.tree(db, [centre.id])] == [centre.id, north.id]
    assert branches.lineage(db, north.id) == [north.id, centre.id]


def test_a_ring_that_an_older_installation_has_ends_every_walk(db: Session) -> None:
    first, second = chain_of(db, 2)
    first.parent_id = second.id
    db.flush()
    assert {each.id for each in branches.tree(db, [first.id])} == {first.id, second.id}
    assert set(branches.lineage(db, first.id)) == {first.id, second.id}
    person = UserFactory()
    GrantFactory(user_id=person.id, role="manager", scope="organization", scope_id=first.id)
    assert actor_of(person).grants == managed([first.id, second.id])


def test_managers_are_appointed_from_above_and_never_sideways(db: Session) -> None:
    centre, north = chain_of(db, 2)
    south = OrganizationFactory(parent_id=centre.id)
    boss, chief, colleague = UserFactory(), UserFactory(), UserFactory()
    people.appoint_manager(db, SYSTEM, email=boss.email, organization_id=centre.id)
    for _ in range(2):
        people.appoint_manager(db, actor_of(boss), email=chief.email, organization_id=north.id)
    people.appoint_manager(db, actor_of(chief), email=colleague.email, organization_id=north.id)
    for place in (centre, south):
        with pytest.raises(NotAllowed):
            people.appoint_manager(db, actor_of(chief), email=colleague.email, organization_id=place.id)
    people.dismiss_manager(db, actor_of(boss), user_id=chief.id, organization_id=north.id)
    assert not actor_of(chief).grants
    with pytest.raises(NotAllowed):
        people.dismiss_manager(db, actor_of(colleague), user_id=boss.id, organization_id=centre.id)
    assert actor_of(boss).holds("manager", "organization", north.id)


def test_an_administrator_places_it_on_its_page(client: Visitor, db: Session) -> None:
    centre, north = OrganizationFactory(name="National Centre"), OrganizationFactory()
    client.sign_in(UserFactory(admin=True))
    page = f"/admin/organizations/{north.ref}"
    client.post(f"{page}/place", data={"parent": "National Centre"})
    assert db.scalar(sa.select(Organization.parent_id).where(Organization.id == north.id)) == centre.id
    assert "National Centre" in client.get(page).text or centre.name_en in client.get(page).text
    client.post(f"{page}/place", data={"parent": "Nobody at all"})
    assert "No organization has this name or code." in client.get(page).text
    client.post(f"{page}/place", data={"parent": ""})
    assert db.scalar(sa.select(Organization.parent_id).where(Organization.id == north.id)) is None
