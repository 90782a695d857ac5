"""A need that a broker writes down for a firm: scanned, offered by a link, corrected and confirmed there."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation, Organization
from challenge.accounts.organizations import Facts
from challenge.audit.models import AuditEntry
from challenge.requirements import content, on_behalf, queries, services
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotAllowed, WrongState
from challenge.rules.stages import Stage
from tests.factories import GrantFactory, OrganizationFactory, RoundFactory, UserFactory, actor_of
from tests.requirements.needs import Call, need, open_call
from tests.requirements.test_hints import CODE
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.seek.pages import typed

FIRM = {"name": "陇原铝业新厂", "kind": "company", "region": "620100", "registration_code": CODE}
ADDRESS = "ma@longyuan.example"


def broker_of(call: Call) -> Any:
    person = UserFactory(name="Broker")
    GrantFactory(user_id=person.id, role="broker", scope="programme", scope_id=call.round.programme_id)
    return person


@pytest.fixture
def call(db: Session) -> Call:
    return open_call()


def entered(client: Visitor, db: Session, call: Call, person: Any, **changes: Any) -> Requirement:
    """The page filled in by a broker, the need written, the scan attached."""
    client.sign_in(person)
    said = {**FIRM, "round": call.round.slug, "contact_email": ADDRESS, **changes}
    answer = client.post("/seek/behalf", data=typed(client.get("/seek/behalf").text, **said))
    assert answer.status_code == 302, answer.text
    ref = str(answer.location).split("/")[-2]
    services.edit(db, actor_of(person), ref, need(contact_email=ADDRESS))
    scan = {"confidential": "scan", "files": (io.BytesIO(b"%PDF-1.4 stamped"), "scan.pdf")}
    client.post(f"/seek/requirements/{ref}/files", data=scan, content_type="multipart/form-data")
    db.commit()
    return queries.by_ref(db, ref)


def link(mailbox: Mailbox, to: str = ADDRESS) -> str:
    letter = [each for each in mailbox.letters if each.recipient == to][-1]
    found = re.search(r"/invitations/\S+", letter.body)
    assert found is not None, letter.body
    return found[0]


def test_from_the_broker_to_the_firm_to_the_public(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox, visitor: Any
) -> None:
    broker = broker_of(call)
    draft = entered(client, db, call, broker)
    path = f"/seek/requirements/{draft.ref}"
    assert client.post(f"{path}/submit", follow_redirects=True).text.count("has not confirmed it yet") >= 1
    assert queries.by_ref(db, draft.ref).state == "draft"
    for _twice in range(2):
        client.post(f"{path}/offer")
    assert db.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 1
    there = link(mailbox)
    assert "陇原铝业新厂" in visitor().get(there).text

    firm = UserFactory(email=ADDRESS)
    at_firm = visitor(firm)
    assert at_firm.post(f"{there}").status_code == 302
    page = at_firm.get(path).text
    assert "Somebody wrote this down for your organization" in page
    assert "scan.pdf" in page
    services.edit(db, actor_of(firm), draft.ref, need(contact_email=ADDRESS, goals="Fewer coils come back."))
    db.commit()
    for _twice in range(2):
        assert at_firm.post(f"{path}/confirm").status_code == 302
    assert [each.subject for each in mailbox.letters if each.recipient == broker.email][-1].startswith(
        "Confirmed"
    )
    client.post(f"{path}/submit")
    services.publish(db, call.as_organizer, draft.ref)
    assert "Fewer coils come back." in visitor().get(f"/requirements/{draft.ref}").text
    told = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("requirement."))
    actions = list(db.scalars(told.order_by(AuditEntry.id)))
    assert actions == [
        f"requirement.{step}" for step in ("created", "claimed", "confirmed", "submitted", "published")
    ]


def test_the_scan_is_read_by_the_firm_its_organizers_and_the_author_alone(
    client: Visitor, db: Session, call: Call, visitor: Any
) -> None:
    broker = broker_of(call)
    draft = entered(client, db, call, broker)
    firm = UserFactory(represents=[draft.seeker])
    services.submit(db, actor_of(firm), draft.ref)
    services.publish(db, call.as_organizer, draft.ref)
    db.commit()
    page = client.get(f"/seek/requirements/{draft.ref}").text
    found = re.search(rf"/requirements/{draft.ref}/files/\w+", page)
    assert found is not None
    for who in (broker, firm, call.organizer):
        assert visitor(who).get(found[0]).status_code == 200
    strangers = (
        UserFactory(),
        broker_of(call),
        UserFactory(admin=True),
        UserFactory(represents=[call.seeker]),
    )
    for who in (None, *strangers):
        assert visitor(who).get(found[0]).status_code in (302, 401, 403, 404)
    assert "scan.pdf" not in visitor().get(f"/requirements/{draft.ref}").text


def test_a_link_works_once_for_its_address_until_it_expires_and_an_altered_one_never(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox, visitor: Any
) -> None:
    draft = entered(client, db, call, broker_of(call))
    client.post(f"/seek/requirements/{draft.ref}/offer")
    there = link(mailbox)
    altered = visitor(UserFactory()).get(there[:-1] + ("a" if there[-1] != "a" else "b"))
    assert (altered.status_code, "not one of ours" in altered.text) == (404, True)
    other = visitor(UserFactory()).post(there)
    assert (other.status_code, "for another address" in other.text) == (403, True)
    firm = visitor(UserFactory(email=ADDRESS))
    waiting = db.scalars(sa.select(Invitation)).one()
    until, waiting.expires_at = waiting.expires_at, waiting.created_at + dt.timedelta(microseconds=1)
    db.commit()
    late = firm.post(there)
    assert (late.status_code, "has expired" in late.text) == (409, True)
    waiting.expires_at = until
    db.commit()
    assert firm.post(there).status_code == 302
    again = visitor(UserFactory()).post(there)
    assert (again.status_code, "used before" in again.text) == (409, True)


def test_what_a_broker_changes_afterwards_is_to_be_confirmed_anew(db: Session, call: Call) -> None:
    broker = actor_of(broker_of(call))
    draft = on_behalf.enter(db, broker, call.round.id, facts(), content.Closed(contact_email=ADDRESS))
    services.edit(db, broker, draft.ref, need())
    firm = actor_of(UserFactory(represents=[queries.by_ref(db, draft.ref).seeker]))
    on_behalf.confirm(db, firm, draft.ref)
    services.edit(db, broker, draft.ref, need())
    assert draft.confirmed_at is not None
    services.edit(db, broker, draft.ref, need(goals="Other goals."))
    with pytest.raises(WrongState, match="not_confirmed"):
        services.submit(db, broker, draft.ref)
    services.submit(db, firm, draft.ref)
    assert (draft.state, draft.confirmed_by) == ("submitted", firm.user_id)


def test_nobody_is_made_to_speak_for_a_firm_that_has_a_voice(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox, visitor: Any
) -> None:
    broker = broker_of(call)
    client.sign_in(broker)
    page = client.get("/seek/behalf").text
    said = {"name": call.seeker.name, "round": call.round.slug, "contact_email": ADDRESS}
    answer = client.post("/seek/behalf", data=typed(page, **said))
    assert (answer.status_code, "speaks for itself" in answer.text) == (422, True)
    draft = entered(client, db, call, broker)
    client.post(f"/seek/requirements/{draft.ref}/offer")
    there = link(mailbox)
    UserFactory(represents=[draft.seeker])
    db.commit()
    taken = visitor(UserFactory(email=ADDRESS)).post(there)
    assert (taken.status_code, "Somebody speaks for this organization already" in taken.text) == (409, True)


def test_a_broker_enters_only_for_firms_and_only_in_their_programme(
    client: Visitor, db: Session, call: Call
) -> None:
    broker = broker_of(call)
    with pytest.raises(NotAllowed):
        services.create(db, actor_of(broker), call.round.id, OrganizationFactory().id, need())
    with pytest.raises(NotAllowed):
        on_behalf.enter(db, actor_of(broker), open_call().round.id, facts(), content.Closed())
    with pytest.raises(NotAllowed):
        services.edit(db, actor_of(broker), call.requirement().ref, need())
    client.sign_in(UserFactory())
    assert "No round to enter for" in client.get("/seek/behalf").text
    assert client.post("/seek/behalf", data={"round": call.round.slug}).status_code == 403


def test_the_page_sent_twice_is_one_firm_and_one_draft(client: Visitor, db: Session, call: Call) -> None:
    client.sign_in(broker_of(call))
    said = typed(client.get("/seek/behalf").text, **FIRM, round=call.round.slug, contact_email=ADDRESS)
    assert client.post("/seek/behalf", data=said).location == client.post("/seek/behalf", data=said).location
    assert db.scalar(sa.select(sa.func.count()).where(Organization.registration_code == CODE)) == 1


def test_an_organizer_invites_a_broker_and_dismisses_them(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox, visitor: Any
) -> None:
    room = f"/organize/programmes/{call.round.programme.slug}/brokers"
    client.sign_in(call.organizer)
    assert client.post(room, data={"email": "b@example.org"}).status_code == 302
    person = UserFactory(email="b@example.org", name="Wei Broker")
    accepted = visitor(person).post(link(mailbox, "b@example.org"))
    assert accepted.location.endswith("/seek/behalf")
    assert "Wei Broker" in client.get(room).text
    client.post(f"{room}/{person.id}/dismiss")
    assert "Wei Broker" not in client.get(room).text
    assert client.sign_in(person).get(room).status_code == 403


def test_its_pages_ask_as_much_for_three_brokers_and_rounds_as_for_one(
    client: Visitor, db: Session, call: Call, statements: Counting
) -> None:
    room = f"/organize/programmes/{call.round.programme.slug}/brokers"
    client.sign_in(call.organizer)
    counts = []
    for more in (1, 2):
        for _each in range(more):
            broker_of(call)
            RoundFactory(stage=Stage.REQUIREMENTS, programme=call.round.programme)
        db.commit()
        with statements() as asked:
            assert client.get(room).status_code == client.get("/seek/behalf").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def facts() -> Any:
    return Facts(**FIRM)


def test_my_requirements_say_whose_turn_it_is(client: Visitor, db: Session, call: Call, visitor: Any) -> None:
    draft = entered(client, db, call, broker_of(call))
    assert "The firm confirms it by the link" in client.get("/seek").text
    firm = UserFactory(represents=[draft.seeker])
    assert "Read it and confirm it." in visitor(firm).get("/seek").text
    on_behalf.confirm(db, actor_of(firm), draft.ref)
    db.commit()
    assert "Hand it in." in client.get("/seek").text


def test_whoever_wrote_it_down_cannot_be_the_firm_that_confirms_it(
    client: Visitor, db: Session, call: Call, mailbox: Mailbox
) -> None:
    broker = broker_of(call)
    draft = entered(client, db, call, broker)
    services.edit(db, actor_of(broker), draft.ref, need(contact_email=broker.email))
    db.commit()
    client.post(f"/seek/requirements/{draft.ref}/offer")
    refused = client.post(link(mailbox, broker.email), follow_redirects=True)
    assert "You wrote this requirement down." in refused.text
    assert draft.seeker_id not in actor_of(broker).represents
