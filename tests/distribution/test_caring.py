"""Brokers claim a need, give it back with a reason, pass it on; and the rooms in which they do."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from challenge.distribution import caring, sending
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid, NotAllowed, WrongState
from tests.distribution.stories import Office, office
from tests.factories import GrantFactory, RequirementFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}


def test_a_broker_claims_sends_and_passes_on(db: Session, mailbox: Mailbox) -> None:
    desk = office(db)
    other = UserFactory(name="Broker Chen")
    GrantFactory(user_id=other.id, role="broker", scope="programme", scope_id=desk.round.programme_id)
    with pytest.raises(NotAllowed):
        sending.send(db, desk.as_broker, desk.round.id, desk.order("one@example.com"))
    for _ in range(2):
        assert caring.claim(db, desk.as_broker, desk.need.ref).state == "claimed"
    with pytest.raises(WrongState, match="claimed_already"):
        caring.claim(db, actor_of(other), desk.need.ref)
    assert sending.send(db, desk.as_broker, desk.round.id, desk.order("one@example.com")).count == 1
    with pytest.raises(Invalid, match="required"):
        caring.pass_on(db, desk.as_broker, desk.need.ref, other.ref, " ")
    for _ in range(2):
        caring.pass_on(db, desk.as_broker, desk.need.ref, other.ref, "Not my field.")
    with pytest.raises(NotAllowed):
        sending.send(db, desk.as_broker, desk.round.id, desk.order("two@example.com"))
    assert [each.subject for each in mailbox.to(other.email)] == [
        "Will you look after it? Low-light flaw vision"
    ]
    caring.claim(db, actor_of(other), desk.need.ref)
    caring.refuse(db, actor_of(other), desk.need.ref, "Moved to Xi’an.")
    subjects = {each.subject for each in mailbox.to(desk.organizer.email)}
    assert "Without a broker: Low-light flaw vision" in subjects


def test_whoever_is_dismissed_looks_after_nothing(db: Session) -> None:
    desk = office(db)
    caring.claim(db, desk.as_broker, desk.need.ref)
    caring.dismiss(db, desk.as_organizer, desk.programme, desk.broker.id)
    with pytest.raises(NotAllowed):
        caring.claim(db, desk.as_broker, desk.need.ref)
    other = UserFactory()
    GrantFactory(user_id=other.id, role="broker", scope="programme", scope_id=desk.round.programme_id)
    assert caring.claim(db, actor_of(other), desk.need.ref).state == "claimed"


def pages(desk: Office) -> list[str]:
    rooms = f"/organize/rounds/{desk.round.slug}"
    return [
        f"{rooms}/distribution",
        f"{rooms}/distribution/{desk.need.ref}",
        f"{rooms}/distribution/send?need={desk.need.ref}",
        f"{rooms}/contacts",
    ]


def test_the_rooms_ask_the_same_number_of_questions_for_one_and_for_three(
    db: Session, visitor: object, statements: Counting
) -> None:
    desk = office(db)
    desk.send("a@example.com")
    drain()
    organizer = visitor(desk.organizer)  # type: ignore[operator]

    def asked() -> list[int]:
        counts = []
        for path in pages(desk):
            with statements() as made:
                assert organizer.get(path).status_code == 200
            counts.append(len(made))
        return counts

    asked()
    few = asked()
    for each in range(3):
        RequirementFactory(round=desk.round)
        desk.send(f"b{each}@example.com")
    drain()
    assert asked() == few


def test_a_broker_sees_names_once_the_need_is_theirs(db: Session, visitor: object) -> None:
    desk = office(db)
    desk.send("a@example.com")
    broker: Visitor = visitor(desk.broker)  # type: ignore[operator]
    room = pages(desk)[1]
    assert "a@example.com" not in broker.get(room).text
    broker.post(f"{room}/care/claim")
    assert "a@example.com" in broker.get(room).text
    stranger: Visitor = visitor(UserFactory())  # type: ignore[operator]
    assert {stranger.get(path).status_code for path in pages(desk)} == {403}


def test_an_organizer_sees_who_gets_it_before_it_goes(db: Session, visitor: object, mailbox: Mailbox) -> None:
    desk = office(db)
    listed = desk.listed("a@example.com", "b@example.com", desk.seeker.email)
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    room = pages(desk)[2]
    data = {"ref": "abcdefgh2345", "requirements": desk.need.ref, "lists": str(listed.id), "channels": "mail"}
    look = organizer.post(room, data={**data, "step": "look"}, headers=ENGLISH).text
    assert "2 recipients get it" in look
    assert 'belong to the seeker: <span class="num">1</span>' in look
    assert mailbox.letters == []
    wrong = organizer.post(room, data={**data, "people": "who@example.org", "step": "look"}, headers=ENGLISH)
    assert (wrong.status_code, "No confirmed account: who@example.org" in wrong.text) == (422, True)
    for _ in range(2):
        assert organizer.post(room, data={**data, "step": "send"}).status_code == 302
    assert len(mailbox.letters) == 2
    nobody = organizer.post(room, data={**data, "ref": "abcdefgh2346", "step": "send"}, headers=ENGLISH)
    assert "Nobody is left to send it to." in nobody.text


def test_contacts_are_kept_and_brokers_listed_on_one_page(db: Session, visitor: object) -> None:
    desk = office(db)
    organizer: Visitor = visitor(desk.organizer)  # type: ignore[operator]
    room = pages(desk)[3]
    made = {"name": "Fair", "consent": "Signed <b>there</b>", "lines": "Li <a@example.com>\nb@example.com"}
    assert organizer.post(room, data=made).status_code == 302
    page = organizer.get(room, headers=ENGLISH).text
    assert "2 addresses" in page
    assert "&lt;b&gt;" in page
    bad = organizer.post(room, data={**made, "lines": "a@example.com\nnot one"}, headers=ENGLISH)
    assert "Line 2 is no mail address: not one" in bad.text
    brokers = f"/organize/programmes/{desk.programme.slug}/brokers"
    assert desk.broker.email in page
    assert brokers in page
    assert brokers not in visitor(desk.broker).get(room).text  # type: ignore[operator]
    organizer.post(f"{brokers}/{desk.broker.id}/dismiss")
    assert desk.broker.email not in organizer.get(room).text


def test_short_messages_go_through_the_operator_s_plug_in(db: Session, make_app: object) -> None:
    import json

    from challenge.distribution import contacts
    from challenge.distribution.recipients import Choice
    from challenge.distribution.sending import Order

    desk = office(db)
    listed = contacts.create(
        db, desk.as_organizer, desk.programme, "P", "Asked.", "a@example.com, 13912345678"
    )
    choice = Choice(lists=frozenset({listed.id}))
    sending.send(db, desk.as_organizer, desk.round.id, Order((desk.need.ref,), choice, ("sms",)))
    db.commit()
    app = make_app(channels="sms=file")  # type: ignore[operator]
    with app.app_context():
        drain()
    (line,) = (app.config["SETTINGS"].data_dir / "outbox" / "sms.jsonl").read_text().splitlines()
    message = json.loads(line)
    assert message["to"] == "13912345678"
    assert "弱光瑕疵检测" in message["text"]
    assert "/answers/" in message["text"]
    db.expire_all()
    assert desk.dispatch("a@example.com").state == "sent"


def test_a_broker_finds_the_way_from_my_work(db: Session, visitor: object, statements: Counting) -> None:
    desk = office(db)
    broker: Visitor = visitor(desk.broker)  # type: ignore[operator]
    rooms = f"/organize/rounds/{desk.round.slug}/distribution"
    first = broker.get("/work", headers=ENGLISH).text
    assert rooms in first
    assert f"{rooms}/{desk.need.ref}" not in first
    caring.claim(db, desk.as_broker, desk.need.ref)
    desk.send("one@example.com")
    desk.dispatch("one@example.com").state = "interested"
    db.commit()
    with statements() as few:
        page = broker.get("/work", headers=ENGLISH).text
    assert f"{rooms}/{desk.need.ref}" in page
    assert "1 is interested" in page
    for _ in range(2):
        more = RequirementFactory(round=desk.round)
        caring.claim(db, desk.as_broker, more.ref)
    db.commit()
    with statements() as many:
        assert broker.get("/work").text.count(f"{rooms}/") >= 3
    assert len(many) == len(few)
    assert "Brokering" not in visitor(desk.organizer).get("/work", headers=ENGLISH).text  # type: ignore[operator]
