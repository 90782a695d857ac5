"""Webhooks: what is told to whom, signed, tried again, and when it ends."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.flow import webhooks as expanding
from challenge.flow.errands import drain
from challenge.messages import webhooks
from challenge.messages.models import Letter
from challenge.messages.webhook_models import Webhook, WebhookDelivery
from challenge.rounds import announcing
from challenge.rounds.announcing import Words
from challenge.rules.errors import InvalidMany, NotAllowed
from challenge.rules.stages import Stage
from challenge.tasks import queue
from challenge.tasks.models import Task
from tests.factories import MembershipFactory, UserFactory, actor_of
from tests.requirements.needs import open_call
from tests.rigs.application import Visitor
from tests.rigs.receiver import Receiver
from tests.rigs.statements import Counting
from tests.webhooks.stories import House, let_private, verified

DAY = dt.timedelta(days=1)


@pytest.fixture
def house(app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch) -> House:
    let_private(app, monkeypatch)
    return House(db)


def announce(house: House, text: str = "CANARY") -> None:
    words = Words(title_en=text, body_en="Words that stay here.")
    announcing.post(house.db, actor_of(house.organizer), house.round.id, words)


def work(db: Session) -> None:
    db.commit()
    drain(but=("mail",))
    db.expire_all()


def deliveries(db: Session) -> list[WebhookDelivery]:
    return list(db.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_a_delivery_is_signed_and_names_things_only(house: House, db: Session, receiver: Receiver) -> None:
    hook = house.hook(receiver.url)
    secret = webhooks.secrets_of(hook, [hook.salt])[0]
    announce(house)
    work(db)
    (got,) = receiver.got
    assert verified(secret, got)
    said = json.loads(got.body)
    assert said["type"] == "announcement.posted"
    assert said["data"]["round"] == {"slug": house.round.slug, "stage": "requirements"}
    assert said["id"] == got.headers["webhook-id"]
    assert "CANARY" not in got.body
    (delivery,) = deliveries(db)
    assert (delivery.state, delivery.last and delivery.last["status"]) == ("delivered", 200)
    assert delivery.last["excerpt"] == "taken"
    assert secret not in str(db.execute(sa.select(Webhook.__table__)).all())


def test_what_was_not_chosen_or_is_paused_is_not_sent(house: House, db: Session, receiver: Receiver) -> None:
    house.hook(receiver.url, "round.extended")
    paused = house.hook(receiver.url, name="Paused")
    webhooks.switch(db, actor_of(house.organizer), house.place, paused.ref, on=False)
    announce(house)
    work(db)
    assert receiver.got == []
    assert deliveries(db) == []


def test_an_event_expanded_twice_is_sent_once(house: House, db: Session, receiver: Receiver) -> None:
    house.hook(receiver.url)
    announce(house)
    work(db)
    for task in db.scalars(sa.select(Task).where(Task.kind == "event")):
        task.state = "queued"
    work(db)
    assert len(receiver.got) == 1


def test_a_failure_is_tried_again_under_the_same_id(house: House, db: Session, receiver: Receiver) -> None:
    receiver.status = 500
    house.hook(receiver.url)
    announce(house)
    work(db)
    (delivery,) = deliveries(db)
    assert (delivery.state, delivery.last and delivery.last["status"]) == ("queued", 500)
    task = db.scalars(sa.select(Task).where(Task.kind == "webhook")).one()
    assert task.run_at > clock.now(db)
    receiver.status, task.run_at = 204, clock.now(db) - DAY
    work(db)
    assert deliveries(db)[0].state == "delivered"
    assert len({each.headers["webhook-id"] for each in receiver.got}) == 1
    assert [each["status"] for each in deliveries(db)[0].tries] == [500, 204]


def test_lasting_failure_switches_it_off_with_a_letter(house: House, db: Session, receiver: Receiver) -> None:
    receiver.status = 503
    hook = house.hook(receiver.url)
    hook.failing_since_at = clock.now(db) - DAY
    announce(house)
    db.commit()
    drain(but=("webhook", "mail"))
    task = db.scalars(sa.select(Task).where(Task.kind == "webhook")).one()
    task.attempts = queue.MAX_ATTEMPTS - 1
    work(db)
    drain()
    db.expire_all()
    assert (hook.state, deliveries(db)[0].state) == ("off", "failed")
    (letter,) = db.scalars(sa.select(Letter).where(Letter.template == "webhook_off"))
    assert letter.recipient == house.organizer.email
    assert f"{house.path}/{hook.ref}" in letter.body


def test_a_receiver_that_is_gone_for_good_ends_it_at_once(
    house: House, db: Session, receiver: Receiver
) -> None:
    receiver.status = 410
    hook = house.hook(receiver.url)
    announce(house)
    work(db)
    assert hook.state == "off"


def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    house: House, db: Session, receiver: Receiver
) -> None:
    hook = house.hook(receiver.url)
    old = webhooks.secrets_of(hook, [hook.salt])[0]
    webhooks.rotate(db, actor_of(house.organizer), house.place, hook.ref)
    new = webhooks.secrets_of(hook, [hook.salt])[0]
    announce(house)
    work(db)
    assert verified(old, receiver.got[0])
    assert verified(new, receiver.got[0])
    hook.old_until_at = clock.now(db)
    announce(house, "Another")
    work(db)
    assert not verified(old, receiver.got[1])
    assert verified(new, receiver.got[1])


def test_an_address_inside_is_refused_where_it_is_typed_and_where_it_is_sent(
    house: House, app: Flask, db: Session, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.hook(receiver.url)
    let_private(app, monkeypatch, allowed=False)
    for url in (receiver.url, "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/"):
        with pytest.raises(InvalidMany):
            house.hook(url, name="Inside")
    announce(house)
    work(db)
    assert receiver.got == []
    assert (deliveries(db)[0].last or {})["fault"] == "not_https"


def test_a_redirect_is_a_failure_and_is_named(house: House, db: Session, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": "http://127.0.0.1:1/"}
    house.hook(receiver.url)
    announce(house)
    work(db)
    assert (deliveries(db)[0].last or {})["fault"] == "redirected"


def test_an_organization_hears_of_its_own_needs_alone(
    app: Flask, db: Session, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_private(app, monkeypatch)
    call = open_call(Stage.REQUIREMENTS)
    other = open_call(Stage.REQUIREMENTS)
    place = webhooks.of_organization(call.seeker)
    wish = webhooks.Wish("ERP", receiver.url, ["requirement.published", "submission.submitted"])
    hook = webhooks.create(db, call.as_seeker, place, wish)
    assert hook.events == ["requirement.published"]  # submissions are no organization's to hear of
    for each in (call, other):
        wanted = each.requirement(state="published")
        facts = {"requirement_id": wanted.id, "round_id": each.round.id}
        queue.announce(db, "requirement.published", f"requirement:{wanted.id}", **facts)
    work(db)
    (got,) = receiver.got
    assert json.loads(got.body)["data"]["requirement"]["state"] == "published"
    assert call.seeker.name not in got.body


def test_only_who_answers_for_it_sees_and_changes_it(
    house: House, db: Session, visitor: Any, receiver: Receiver
) -> None:
    hook = house.hook(receiver.url)
    stranger = UserFactory()
    # Whoever speaks for the host does not run its programmes.
    speaker = UserFactory()
    MembershipFactory(user=speaker, organization_id=house.programme.host_id, representative=True)
    for person in (stranger, speaker):
        with pytest.raises(NotAllowed):
            webhooks.ping(db, actor_of(person), house.place, hook.ref)
        assert visitor(person).get(house.path).status_code == 403
        assert visitor(person).post(f"{house.path}/{hook.ref}/rotate").status_code == 403
    assert visitor().get(house.path).status_code == 302
    elsewhere = House(db)
    assert visitor(elsewhere.organizer).get(f"{elsewhere.path}/{hook.ref}").status_code == 404


def test_the_pages_from_setting_up_to_sending_again(
    house: House, client: Visitor, db: Session, receiver: Receiver
) -> None:
    client.sign_in(house.organizer)
    answer = client.post(house.path, data={"name": "", "url": "ftp://x", "events": []})
    assert answer.status_code == 422
    form = {"name": "ERP", "url": receiver.url, "events": ["announcement.posted"]}
    page = client.post(house.path, data=form).location
    assert "whsec_" in client.get(page).text
    assert "whsec_" not in client.get(page).text  # shown once
    client.post(page + "/ping")
    work(db)
    assert "Delivered" in client.get(page).text
    (delivery,) = deliveries(db)
    here = f"{page}/deliveries/{delivery.ref}"
    assert "taken" in client.get(here).text
    client.post(here + "/again")
    work(db)
    assert [each.headers["webhook-id"] for each in receiver.got] == [delivery.ref] * 2
    client.post(page + "/rotate")
    assert "whsec_" in client.get(page).text
    for verb in ("pause", "resume", "remove"):
        assert client.post(f"{page}/{verb}").status_code == 302
    assert client.get(page).status_code == 404
    assert deliveries(db) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_and_with_three(
    house: House, client: Visitor, db: Session, statements: Counting, receiver: Receiver, count: int
) -> None:
    for number in range(count):
        house.hook(receiver.url, name=f"System {number}")
    client.sign_in(house.organizer)
    with statements() as counted:
        client.get(house.path)
    assert len(counted) <= 6, counted


def test_the_log_is_forgotten_after_a_time(house: House, db: Session, receiver: Receiver) -> None:
    hook = house.hook(receiver.url)
    webhooks.ping(db, actor_of(house.organizer), house.place, hook.ref)
    work(db)
    assert expanding.forget(db, clock.now(db), 10) == 0
    assert expanding.forget(db, clock.now(db) + expanding.KEPT + DAY, 10) == 1
