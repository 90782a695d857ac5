"""The public register: brokers who want to be in it, with figures that are true, and out again at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.distribution import caring
from challenge.docking import meeting
from challenge.docking.meeting import Candidate, Outcome
from challenge.rules.errors import InvalidMany, WrongState
from challenge.training import certificates, register
from challenge.training.register import EntryFacts, Wanted
from tests.distribution.stories import Office, office
from tests.docking.test_docking import begun, meets
from tests.factories import OrganizationFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.training.stories import school

ENGLISH = {"Accept-Language": "en"}
LINE = EntryFacts("Broker Bai", "Hexi Centre", "620000", ("materials", "energy"), ("zh",))


def listed(db: Session, **wanted: str) -> list[register.Listed]:
    return register.page(db, Wanted(**wanted))


def held(desk: Office, actor: object) -> None:
    """A meeting of the need, planned by this actor, took place."""
    candidate = Candidate(organization_id=OrganizationFactory().id)
    ref = meeting.pair_up(desk.db, actor, desk.need.ref, candidate).ref  # type: ignore[arg-type]
    start = clock.now(desk.db).replace(microsecond=0)
    planned = meeting.plan(
        desk.db,
        actor,  # type: ignore[arg-type]
        ref,
        meeting.Meeting("video", start + timedelta(days=1), start + timedelta(days=1, hours=1)),
    )
    begun(desk, planned)
    meeting.settle(desk.db, actor, planned.ref, Outcome("held"))  # type: ignore[arg-type]


def test_nobody_is_listed_who_did_not_say_so(db: Session) -> None:
    desk = office(db)
    assert listed(db) == []
    with pytest.raises(WrongState) as refused:
        register.join(db, actor_of(UserFactory()), LINE)
    assert refused.value.code == "not_a_broker"
    with pytest.raises(InvalidMany):
        register.join(db, desk.as_broker, EntryFacts(" ", region="x", fields=("magic",), languages=("tlh",)))
    for _ in range(2):
        register.join(db, desk.as_broker, LINE)
    [row] = listed(db)
    assert (row.name, row.appointed, row.needs, row.meetings) == ("Broker Bai", True, 0, 0)
    for _ in range(2):
        register.leave(db, desk.as_broker)
    assert listed(db) == []


def test_figures_are_of_what_they_did_themselves(db: Session) -> None:
    desk = office(db)
    register.join(db, desk.as_broker, LINE)
    held(desk, desk.as_organizer)  # not theirs
    caring.claim(db, desk.as_broker, desk.need.ref)
    held(desk, desk.as_broker)
    meets(desk, meeting.pair_up(db, desk.as_broker, desk.need.ref, Candidate(user_id=UserFactory().id)).ref)
    [row] = listed(db)
    assert (row.needs, row.meetings) == (1, 1)
    caring.dismiss(db, desk.as_organizer, desk.programme, desk.broker.id)
    assert listed(db) == []  # no broker any more


def test_a_valid_certificate_is_enough_and_a_revoked_one_is_not(db: Session) -> None:
    made = school(db)
    person = made.joins("Wang Fang")
    [number] = made.passed(person)
    register.join(db, actor_of(person), EntryFacts("Wang Fang", region="110000", fields=("energy",)))
    [row] = listed(db)
    assert [(each.number, each.level) for each in row.certificates] == [(number, "primary")]
    certificates.revoke(db, made.by, number, "Somebody else sat there.")
    assert listed(db) == []


def test_it_is_narrowed_by_field_region_and_level(db: Session) -> None:
    desk, made = office(db), school(db)
    register.join(db, desk.as_broker, LINE)
    person = made.joins("Wang Fang")
    made.passed(person)
    register.join(db, actor_of(person), EntryFacts("Wang Fang", region="110000", fields=("energy",)))

    def names(**wanted: str) -> set[str]:
        return {row.name for row in listed(db, **wanted)}

    assert names(field="energy") == {"Broker Bai", "Wang Fang"}
    assert names(field="materials") == {"Broker Bai"}
    assert names(region="110000") == {"Wang Fang"}
    assert names(level="primary") == {"Wang Fang"}
    assert names(level="senior") == set()
    assert names(field="%") == {"Broker Bai", "Wang Fang"}  # what is no field narrows nothing


def test_the_table_has_no_formula_and_the_page_the_same_people(
    db: Session, visitor: Callable[..., Visitor]
) -> None:
    desk = office(db)
    broker = visitor(desk.broker)
    assert "Broker Bai" in broker.get("/brokers/mine", headers=ENGLISH).text  # what is known is filled in
    typed = {"name": '=HYPERLINK("x")', "organization": "@Centre", "fields": ["energy"], "languages": ["en"]}
    assert broker.post("/brokers/mine", data=typed).status_code == 302
    anyone = visitor()
    text = anyone.get("/brokers?as=csv", headers=ENGLISH).data.decode("utf-8-sig")
    [_head, row] = csv.reader(io.StringIO(text))
    assert row[:2] == ['\'=HYPERLINK("x")', "'@Centre"]
    page = anyone.get("/brokers?field=energy", headers=ENGLISH).text
    assert "Appointed by a programme" in page
    assert desk.broker.email not in page
    assert broker.post("/brokers/mine/leave").status_code == 302
    assert "HYPERLINK" not in anyone.get("/brokers").text
    refused = visitor(UserFactory()).post("/brokers/mine", data=typed, headers=ENGLISH)
    assert (refused.status_code, "The register is for brokers" in refused.text) == (422, True)
