"""What was told to me: in my messages here, by mail as I wish, gathered in the morning, ended by a click."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.flow import digests
from challenge.flow.errands import drain
from challenge.messages import inbox, wishes
from challenge.messages.models import Letter
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.letters import KIND_OF, KINDS, NOT_KEPT
from challenge.tasks import queue
from tests.factories import RoundFactory, UserFactory, actor_of
from tests.house import tree
from tests.messages.posts import write_to
from tests.rigs.application import Visitor
from tests.rigs.mail import Postman
from tests.rigs.statements import Counting

ENGLISH = {"Accept-Language": "en"}


def told(db: Session, person: User, template: str = "stage_opened", count: int = 1) -> list[Letter]:
    """Letters that were written to somebody; `stage_opened` may be gathered, `account_changed` may not."""
    from challenge.messages import letters

    for _ in range(count):
        round_ = RoundFactory()
        about = {"round_id": round_.id, "event": "round.award_opened"} if template == "stage_opened" else {}
        queue.put(db, letters.mail(f"test/{round_.id}", template, user_id=person.id, **about))
    db.commit()
    drain()
    db.expire_all()
    return list(inbox.messages(db, person.id))


def wish(db: Session, person: User, way: str, kind: str = "organizing") -> None:
    wishes.choose(db, actor_of(person), {kind: way})


def morning_after(db: Session, monkeypatch: pytest.MonkeyPatch, days: int = 1) -> None:
    """Do what is due so many days later."""
    then = clock.now(db) + dt.timedelta(days=days)
    monkeypatch.setattr(digests.clock, "now", lambda _session: then)
    works = digests.due(db)
    monkeypatch.undo()
    queue.put(db, *works)
    db.commit()
    drain()
    db.expire_all()


def test_a_letter_to_a_person_is_a_message_of_theirs_that_the_header_counts(
    db: Session, client: Visitor
) -> None:
    mine, other = UserFactory(locale="en_US"), UserFactory()
    told(db, mine, count=2)
    page = client.sign_in(mine).get("/messages", headers=ENGLISH).text
    assert "2 messages not read" in page
    letter = inbox.messages(db, mine.id)[0]
    for address in (f"/messages/{letter.ref}", f"/messages/{letter.ref}"):  # looking changes nothing
        assert "Mark as read" in client.get(address, headers=ENGLISH).text
    client.post(f"/messages/{letter.ref}/open")
    client.post(f"/messages/{letter.ref}/open")
    shown = client.get(f"/messages/{letter.ref}", headers=ENGLISH).text
    assert "1 message not read" in shown
    assert f'href="{letter.href}"' in shown
    client.post(f"/messages/{letter.ref}/unread")
    assert "2 messages not read" in client.get("/messages?unread=", headers=ENGLISH).text
    assert client.sign_in(other).get(f"/messages/{letter.ref}").status_code == 404
    assert client.post(f"/messages/{letter.ref}/open").status_code == 404


def test_all_that_was_listed_is_read_and_what_came_since_is_not(db: Session, client: Visitor) -> None:
    mine = UserFactory()
    newest = told(db, mine, count=2)[0].id
    told(db, mine)
    client.sign_in(mine).post("/messages/read", data={"newest": newest})
    assert [each.read_at is None for each in inbox.messages(db, mine.id)] == [True, False, False]
    db.refresh(mine)
    assert mine.unread == 1


def test_the_page_asks_as_often_with_many_messages_and_the_count_asks_nothing(
    db: Session, client: Visitor, statements: Counting
) -> None:
    mine = UserFactory()
    client.sign_in(mine)
    asked = []
    for count in (1, 2):
        told(db, mine, count=count)
        client.get("/messages")
        with statements() as sent:
            client.get("/messages")
        with statements() as rules:
            client.get("/rules")
        asked.append((len(sent), len(rules)))
    assert asked[0] == asked[1]
    assert asked[0][0] <= 4
    assert not any("letter" in each for each in rules)


def test_secret_links_are_no_part_of_a_message(db: Session) -> None:
    mine = UserFactory()
    assert told(db, mine, "account_confirm") == []
    assert mine.unread == 0


def test_what_may_be_gathered_exists_and_what_binds_cannot_be(db: Session, smtp: Postman) -> None:
    templates = {name.split("/")[-1].removesuffix(".txt") for name in tree.under("templates/mail/")}
    assert (KIND_OF.keys() | NOT_KEPT) - {"group_message"} <= templates
    assert len(KIND_OF) == sum(map(len, KINDS.values()))
    binding = {"award_won", "submission_submitted", "round_extended", "judge_reminded", "account_changed"}
    assert not binding & KIND_OF.keys()
    with pytest.raises(Invalid):
        wish(db, UserFactory(), "mail", kind="receipts")


def test_who_wishes_no_mail_of_a_kind_gets_none_and_finds_it_here(
    db: Session, smtp: Postman, posting: Callable[[], None]
) -> None:
    quiet, other = UserFactory(), UserFactory()
    wish(db, quiet, "inbox")
    round_ = RoundFactory()
    for person in (quiet, other):
        write_to(db, person, "stage_opened", round_id=round_.id, event="round.award_opened")
        write_to(db, person)  # it concerns the account: always mailed
    posting()
    assert (len(smtp.to(quiet.email)), len(smtp.to(other.email))) == (1, 2)
    assert len(inbox.messages(db, quiet.id)) == 2


def test_a_click_of_the_mail_program_ends_the_kind_and_a_look_does_not(
    db: Session, smtp: Postman, posting: Callable[[], None], client: Visitor
) -> None:
    person = UserFactory(locale="en_US")
    write_to(db, person, "stage_opened", round_id=RoundFactory().id, event="round.award_opened")
    posting()
    letter = smtp.to(person.email)[0]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.sub(r"https?://[^/]+", "", str(letter["List-Unsubscribe"]).strip("<>"))
    kept = db.scalars(sa.select(Letter)).one()
    assert path.rpartition("/")[2] not in kept.body + (kept.html or "")
    assert client.get(path, headers=ENGLISH).status_code == 200
    assert wishes.wished(db, person.id)["organizing"] == "mail"
    click = {"List-Unsubscribe": "One-Click"}
    assert client.post(path, data=click, token=False).status_code == 204
    assert client.post(path, data=click, token=False).status_code == 204
    assert wishes.wished(db, person.id)["organizing"] == "inbox"
    forged = path.replace("organizing", "news")
    assert client.post(forged, data=click, token=False).status_code == 404
    with pytest.raises(NotFound):
        wishes.read(db, "nobody")


def test_gathered_letters_come_as_one_mail_in_the_morning_once(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = UserFactory(zone="America/New_York", locale="en_US")
    wish(db, mine, "daily")
    listed = told(db, mine, count=2)
    inbox.read(db, actor_of(mine), listed[0].ref)
    for _ in range(2):
        morning_after(db, monkeypatch)
    mails = db.scalars(sa.select(Letter).where(Letter.template == "digest")).all()
    assert [mail.recipient for mail in mails] == [mine.email]
    assert mails[0].subject == "1 message for you"
    assert listed[1].subject in mails[0].body
    assert mails[0].unsubscribe
    assert all(each.digested_at for each in inbox.messages(db, mine.id))
    assert (mails[0].user_id, mine.unread) == (None, 1)


def test_a_digest_that_is_begun_twice_gathers_once(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = UserFactory()
    wish(db, mine, "weekly")
    told(db, mine)
    later = clock.now(db) + dt.timedelta(days=8)
    monkeypatch.setattr(digests.clock, "now", lambda _session: later)
    works = digests.due(db)
    monkeypatch.undo()
    queue.put(db, *works)
    db.commit()
    leased = queue.lease(db, kinds=("digest",))
    db.commit()
    for task in leased * 2:
        digests.run(task)
    drain()
    assert db.scalar(sa.select(sa.func.count()).where(Letter.template == "digest")) == 1


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Apia"])
def test_mornings_are_at_eight_where_the_reader_lives(zone: str) -> None:
    from zoneinfo import ZoneInfo

    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    hours = [start + dt.timedelta(hours=each) for each in range(24 * 15)]
    found = [digests.mornings(hour, zone) for hour in hours]
    for way, least in (("daily", 15), ("weekly", 3)):
        ends = [each[way] for each in found]
        assert all(end <= hour for end, hour in zip(ends, hours, strict=True))
        assert all(before <= after for before, after in pairwise(ends))
        local = {end.astimezone(ZoneInfo(zone)) for end in ends}
        assert {each.hour for each in local} == {8}
        assert len(local) >= least
    assert {each["weekly"].astimezone(ZoneInfo(zone)).weekday() for each in found} == {0}


def test_wishes_are_chosen_on_a_page(db: Session, client: Visitor) -> None:
    mine = UserFactory()
    client.sign_in(mine)
    assert client.get("/messages/wishes").status_code == 200
    chosen = dict.fromkeys(KINDS, "mail") | {"news": "weekly"}
    assert client.post("/messages/wishes", data=chosen).status_code == 302
    assert wishes.wished(db, mine.id)["news"] == "weekly"
    assert client.post("/messages/wishes", data=chosen | {"news": "never"}).status_code == 422
    assert wishes.wished(db, mine.id)["news"] == "weekly"
