"""An organization starts programmes; each has an address of its own."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit.models import AuditEntry
from challenge.rounds import programmes
from challenge.rounds.programmes import ProgrammeFacts
from challenge.rules.errors import InvalidMany, NotAllowed, Refused
from tests.factories import GrantFactory, OrganizationFactory, ProgrammeFactory, UserFactory, actor_of


def organizer_of_host(host_id: int) -> User:
    person: User = UserFactory()
    GrantFactory(user_id=person.id, role="organizer", scope="organization", scope_id=host_id)
    return person


def test_an_organizer_of_an_agency_starts_a_programme(db: Session) -> None:
    agency = OrganizationFactory(kind="agency")
    actor = actor_of(organizer_of_host(agency.id))
    facts = ProgrammeFacts(title_zh="丝路新能源挑战赛", title_en="Silk Road Energy", hue=30)

    programme = programmes.create(db, actor, agency.id, facts)

    assert (programme.slug, programme.hue, programme.host_id) == ("silk-road-energy", 30, agency.id)
    entry = db.query(AuditEntry).filter_by(action="programme.created").one()
    assert entry.subject == f"programme:{programme.id}"


def test_the_same_form_sent_twice_starts_one_programme(db: Session) -> None:
    agency = OrganizationFactory()
    actor = actor_of(organizer_of_host(agency.id))
    facts = ProgrammeFacts(title_en="Silk Road Energy")

    first = programmes.create(db, actor, agency.id, facts)

    assert programmes.create(db, actor, agency.id, facts).id == first.id


def test_two_hosts_with_one_title_get_two_addresses(db: Session) -> None:
    facts = ProgrammeFacts(title_en="Energy")
    slugs = []
    for _ in range(2):
        agency = OrganizationFactory()
        slugs.append(programmes.create(db, actor_of(organizer_of_host(agency.id)), agency.id, facts).slug)
    assert slugs == ["energy", "energy-2"]


def test_a_chinese_title_alone_gets_an_address_too(db: Session) -> None:
    agency = OrganizationFactory()
    actor = actor_of(organizer_of_host(agency.id))
    programme = programmes.create(db, actor, agency.id, ProgrammeFacts(title_zh="创新挑战赛"))
    assert len(programme.slug) == 12


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        (ProgrammeFacts(), "title_zh", "title_needed"),
        (ProgrammeFacts(title_en="E" * 101), "title_en", "too_long"),
        (ProgrammeFacts(title_en="Energy", summary_en="s" * 501), "summary_en", "too_long"),
        (ProgrammeFacts(title_en="Energy", hue=360), "hue", "out_of_range"),
    ],
)
def test_a_fault_comes_back_at_its_field(db: Session, facts: ProgrammeFacts, field: str, code: str) -> None:
    agency = OrganizationFactory()
    with pytest.raises(InvalidMany) as refusal:
        programmes.create(db, actor_of(organizer_of_host(agency.id)), agency.id, facts)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [(field, code)]


@pytest.mark.parametrize(
    ("slug", "code"),
    [("Energy", "not_a_slug"), ("a--b", "not_a_slug"), ("new", "slug_taken"), ("taken", "slug_taken")],
)
def test_an_address_must_be_one_and_free(db: Session, slug: str, code: str) -> None:
    ProgrammeFactory(slug="taken")
    agency = OrganizationFactory()
    actor = actor_of(organizer_of_host(agency.id))
    with pytest.raises(Refused) as refusal:
        programmes.create(db, actor, agency.id, ProgrammeFacts(title_en="Energy", slug=slug))
    assert refusal.value.code == code


def test_an_organizer_elsewhere_starts_nothing_here(db: Session) -> None:
    elsewhere = actor_of(organizer_of_host(OrganizationFactory().id))
    agency = OrganizationFactory()
    with pytest.raises(NotAllowed):
        programmes.create(db, elsewhere, agency.id, ProgrammeFacts(title_en="Energy"))


def test_editing_keeps_the_address_unless_another_is_given(db: Session) -> None:
    programme = ProgrammeFactory(slug="energy")
    actor = actor_of(organizer_of_host(programme.host_id))

    programmes.edit(db, actor, programme, ProgrammeFacts(title_en="Energy and water", hue=0))
    assert (programme.slug, programme.title_en, programme.title_zh) == ("energy", "Energy and water", None)

    programmes.edit(db, actor, programme, ProgrammeFacts(title_en="Energy and water", slug="water"))
    assert programme.slug == "water"
