"""Who stands in the organizer's rooms."""

from __future__ import annotations

import pytest

from tests.factories import (
    GrantFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.rigs.application import Visitor


@pytest.fixture
def organizer(client: Visitor) -> Visitor:
    """Signed in as an organizer of an agency."""
    agency = OrganizationFactory(name="西安市科技局", name_en="Xi’an Science Bureau", kind="agency")
    person = UserFactory()
    GrantFactory(user_id=person.id, role="organizer", scope="organization", scope_id=agency.id)
    return client.sign_in(person)
