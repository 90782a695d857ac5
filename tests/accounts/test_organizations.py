"""Organizations: registered once, their code checked, spoken for by those who may."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants, organizations, queries
from challenge.accounts.models import Membership, Organization
from challenge.accounts.organizations import Facts
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, Refused
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor

CODE = "91330100799655058B"


def test_whoever_registers_an_organization_speaks_for_it(db: Session) -> None:
    founder = UserFactory()
    made = organizations.create(db, actor_of(founder), Facts("浙江甲公司", "Jia", registration_code=CODE))
    assert made.id in actor_of(founder).represents
    assert made.registration_code == CODE


def test_registering_twice_registers_once(db: Session) -> None:
    founder = UserFactory()
    first = organizations.create(db, actor_of(founder), Facts("甲"))
    again = organizations.create(db, actor_of(founder), Facts(" 甲 "))
    assert again.id == first.id
    assert db.scalar(sa.select(sa.func.count()).select_from(Organization)) == 1


def test_a_code_belongs_to_one_organization(db: Session) -> None:
    OrganizationFactory(registration_code=CODE)
    with pytest.raises(Invalid) as refusal:
        organizations.create(db, actor_of(UserFactory()), Facts("乙", registration_code=CODE))
    assert (refusal.value.field, refusal.value.code) == ("registration_code", "credit_code_taken")


def test_every_fault_comes_back_at_its_field(db: Session) -> None:
    bad = Facts(" ", kind="guild", region="999999", registration_code="123", profile="x" * 501)
    with pytest.raises(InvalidMany) as refusal:
        organizations.create(db, actor_of(UserFactory()), bad)
    assert {(fault.field, fault.code) for fault in refusal.value.faults} == {
        ("name", "required"),
        ("kind", "not_a_choice"),
        ("region", "region_unknown"),
        ("registration_code", "credit_code_length"),
        ("profile", "too_long"),
    }


def test_only_its_own_people_change_an_organization(db: Session) -> None:
    organization = OrganizationFactory()
    stranger = UserFactory(represents=[OrganizationFactory()])
    with pytest.raises(NotAllowed):
        organizations.edit(db, actor_of(stranger), organization, Facts("Mine now"))
    assert organization.name != "Mine now"


def test_the_last_representative_stays(db: Session) -> None:
    organization = OrganizationFactory()
    first = UserFactory(represents=[organization])
    with pytest.raises(Refused, match="last_representative"):
        organizations.remove_member(db, actor_of(first), organization, first.id)
    second = UserFactory(represents=[organization])
    organizations.remove_member(db, actor_of(first), organization, second.id)
    organizations.remove_member(db, actor_of(first), organization, second.id)  # the same form once more
    assert [seat.user_id for seat in queries.members_of(db, organization.id)] == [first.id]


def test_a_member_becomes_a_representative_and_stays_one(db: Session) -> None:
    member, organization = UserFactory(), OrganizationFactory()
    MembershipFactory(user_id=member.id, organization=organization, representative=False)
    assert not actor_of(member).represents
    assert grants.seat(db, member.id, organization.id, representative=True)
    assert not grants.seat(db, member.id, organization.id, representative=False)
    assert actor_of(member).represents == {organization.id}


def test_the_page_shows_what_is_wrong_and_keeps_what_was_typed(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    answer = client.post(
        "/organizations/new",
        data={"name": "甲公司", "kind": "company", "region": "", "registration_code": f"{CODE[:-1]}C"},
    )
    assert answer.status_code == 422
    assert 'value="甲公司"' in answer.text
    assert "registration_code-error" in answer.text
    assert db.scalar(sa.select(sa.func.count()).select_from(Membership)) == 0


def test_an_organization_is_registered_edited_and_shared_in_the_browser(client: Visitor, db: Session) -> None:
    founder = UserFactory()
    client.sign_in(founder)
    answer = client.post(
        "/organizations/new",
        data={"name": "甲公司", "kind": "university", "region": "330000", "registration_code": CODE},
    )
    assert answer.status_code == 302
    made = db.scalars(sa.select(Organization)).one()
    assert (made.kind, made.region, made.registration_code) == ("university", "330000", CODE)
    page = client.get(answer.location)
    assert page.status_code == 200
    changed = client.post(
        answer.location, data={"name": "甲大学", "kind": "university", "region": "", "registration_code": ""}
    )
    assert changed.status_code == 302
    assert (made.name, made.region, made.registration_code) == ("甲大学", None, None)
    assert "甲大学" in client.get("/organizations").text


def test_a_stranger_sees_no_organization_page(client: Visitor, db: Session) -> None:
    organization = OrganizationFactory()
    client.sign_in(UserFactory())
    assert client.get(f"/organizations/{organization.ref}").status_code == 403
    assert client.post(f"/organizations/{organization.ref}", data={"name": "x"}).status_code == 403
