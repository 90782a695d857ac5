"""Services asked for an agreement: by its parties alone; the centre learns that there is one, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.agreements import serving
from challenge.agreements.models import Agreement, AgreementParty
from challenge.rules.agreements import Terms, written
from challenge.rules.errors import NotAllowed, NotFound
from challenge.rules.permissions import Actor
from challenge.services.asking import Wish
from tests.factories import OrganizationFactory, RequirementFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.services.stories import House, house

ENGLISH = {"Accept-Language": "en"}
CANARY = "kestrel"


@pytest.fixture
def made(db: Session) -> House:
    return house(db)


def contract(made: House) -> Agreement:
    """The firm has an agreement with a person, whose title nobody else may read."""
    found = Agreement(
        requirement_id=RequirementFactory(seeker=made.firm).id,
        number="A-2026-017",
        kind="development",
        title=f"{CANARY} line",
        terms=written(Terms()),
    )
    found.parties = [
        AgreementParty(side="seeker", position=1, organization_id=made.firm.id),
        AgreementParty(side="solver", position=2, user_id=UserFactory(name="Sun Solver").id),
    ]
    made.db.add(found)
    made.db.flush()
    return found


def test_a_party_asks_and_the_same_again_is_one(made: House) -> None:
    found = contract(made)
    wish = Wish("A tax certificate.")
    asked = serving.ask(made.db, made.as_asker, made.service.ref, found.ref, wish)
    assert (asked.about, asked.about_id, asked.asker_id) == ("agreement", found.id, made.firm.id)
    assert serving.ask(made.db, made.as_asker, made.service.ref, found.ref, wish).id == asked.id


def test_a_person_who_is_a_party_asks_for_an_organization_of_theirs(made: House) -> None:
    found = contract(made)
    person = Actor(user_id=found.parties[1].user_id)
    with pytest.raises(NotAllowed):
        serving.ask(made.db, person, made.service.ref, found.ref, Wish("Help."))
    own = OrganizationFactory()
    speaks = Actor(user_id=person.user_id, represents=frozenset({own.id}))
    assert serving.ask(made.db, speaks, made.service.ref, found.ref, Wish("Help.")).asker_id == own.id


def test_nobody_else_asks_for_it_nor_a_party_for_others(made: House) -> None:
    found = contract(made)
    other = OrganizationFactory()
    strangers = (UserFactory(represents=[other]), made.organizer, UserFactory())
    for each in strangers:
        with pytest.raises(NotFound):
            serving.ask(made.db, actor_of(each), made.service.ref, found.ref, Wish("Help."))
    with pytest.raises(NotAllowed):
        serving.ask(made.db, made.as_asker, made.service.ref, found.ref, Wish("Help.", other.id))


def test_the_way_from_an_agreement_and_what_the_centre_reads(
    made: House, visitor: Callable[..., Visitor]
) -> None:
    found = contract(made)
    firm, centre = visitor(made.asker), visitor(made.organizer)
    listed = firm.get(f"/services?agreement={found.ref}", headers=ENGLISH).text
    assert "You ask for an agreement." in listed
    at = f"/services/{made.service.ref}/ask?agreement={found.ref}"
    assert f"/services/{made.service.ref}?agreement={found.ref}" in listed
    assert at in firm.get(f"/services/{made.service.ref}?agreement={found.ref}").text
    page = firm.get(at, headers=ENGLISH).text
    assert f"{CANARY} line" in page
    assert centre.get(at).status_code == 404
    sent = firm.post(at, data={"text": "A tax certificate."})
    assert sent.status_code == 302
    assert f"{CANARY} line" in firm.get(sent.location, headers=ENGLISH).text
    told = centre.get(sent.location, headers=ENGLISH).text
    assert "For an agreement" in told
    assert CANARY not in told
    assert "A-2026-017" not in told
