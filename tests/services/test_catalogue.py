"""The catalogue of a centre: its lines, ratings, figures and limits."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rules.errors import InvalidMany, NotAllowed, WrongState
from challenge.services import asking, catalogue, figures, reads, running
from challenge.services.asking import Wish
from challenge.services.catalogue import ServiceFacts
from challenge.services.models import ServiceRequest
from tests.factories import OrganizationFactory
from tests.services.stories import FACTS, House, house

DAY = dt.timedelta(days=1)


@pytest.fixture
def made(db: Session) -> House:
    return house(db)


def test_an_average_is_public_from_three_ratings_on(made: House) -> None:
    db = made.db
    for number, mark in enumerate((5, 4, 2), start=1):
        assert reads.line(db, made.service.id).rating is None
        asking.close(db, made.as_asker, made.done(f"Number {number}").ref, mark)
    line = reads.offered(db)[0]
    assert (str(line.rating), line.rated) == ("3.7", 3)
    with pytest.raises(WrongState):
        asking.close(db, made.as_asker, db.scalars(sa.select(ServiceRequest.ref)).first() or "", 1)


def test_figures_tell_what_was_asked_and_how_long_it_took(made: House) -> None:
    db, lab = made.db, OrganizationFactory(name="检测所", name_en="Test House")
    testing = made.offer(lab, kind="testing", name_en="Material tests")
    slow, quick = made.done("A", testing), made.done("B", testing)
    slow.done_at, quick.done_at = slow.asked_at + 6 * DAY, quick.asked_at + 3 * DAY
    asking.close(db, made.as_asker, slow.ref, 4)
    made.ask("C", testing)
    db.flush()
    rows = {row.kind: row for row in figures.of_organizations(db, [made.centre.id])}
    test = rows["testing"]
    assert (test.provider_en, test.asked, test.running, test.done) == ("Test House", 3, 1, 2)
    assert (str(test.days), str(test.rating), test.rated) == ("4.5", "4.0", 1)
    assert (rows["transfer"].asked, rows["transfer"].days, rows["transfer"].rating) == (0, None, None)


def test_a_line_of_the_catalogue_is_whole_and_retired_takes_no_requests(made: House) -> None:
    db = made.db
    with pytest.raises(InvalidMany) as refused:
        catalogue.create(db, made.as_organizer, made.centre.id, ServiceFacts(kind="x", fee_zh="长" * 201))
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("kind", "not_a_choice"),
        ("name_zh", "one_language"),
        ("text_zh", "one_language"),
        ("fee_zh", "too_long"),
    ]
    twice = {
        catalogue.create(db, made.as_organizer, made.centre.id, FACTS, ref="abcdefgh2345").id for _ in "ab"
    }
    assert len(twice) == 1
    with pytest.raises(NotAllowed):
        asking.ask(db, made.as_asker, "abcdefgh2345", Wish("A draft", made.firm.id))
    request = made.ask()
    for _ in range(2):
        catalogue.retire(db, made.as_organizer, made.service.ref)
    with pytest.raises(WrongState, match="service_retired"):
        made.ask("One more")
    running.accept(db, made.as_organizer, request.ref)
    assert reads.offered(db) == []


def test_a_firm_has_five_open_requests_at_a_service_at_most(made: House) -> None:
    for number in range(asking.MOST_OPEN):
        made.ask(f"Number {number}")
    with pytest.raises(WrongState, match="too_many_requests"):
        made.ask("One more")
