"""Kept searches and follows: a letter a day where something is new, and a link that ends them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import watching
from challenge.base import clock
from challenge.flow import daily, indexing
from challenge.flow.errands import drain
from challenge.rules.errors import Invalid
from challenge.search.models import Follow, SavedSearch, SearchEntry
from challenge.supply import achievements
from challenge.supply.models import Achievement
from challenge.tasks import queue
from tests.factories import OrganizationFactory, RequirementFactory, UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.rigs.mail import Mailbox
from tests.rigs.statements import Counting
from tests.supply.stories import WHOLE, offered


def a_day_begins(db: Session, day: int = 1) -> None:
    """The day's rows of work are put and done."""
    db.commit()
    indexing.rebuild()
    queue.put(db, *(daily._work(what, f"2026-12-{day:02}", 0) for what in daily.WHAT))
    db.commit()
    drain()


def test_a_kept_search_tells_of_what_is_new_once(db: Session, client: Visitor, mailbox: Mailbox) -> None:
    person = UserFactory(locale="en_US")
    RequirementFactory(title_en="Old pumps")
    db.commit()
    indexing.rebuild()
    client.sign_in(person)
    for _ in range(2):
        assert client.post("/profile/searches", data={"q": "pumps"}).status_code == 302
    assert client.get("/profile/searches").text.count("q=pumps") == 3  # the search, and its feeds
    a_day_begins(db)
    assert mailbox.letters == []
    new = RequirementFactory(title_en="New pumps")
    RequirementFactory(title_en="Valves")
    a_day_begins(db, 2)
    (letter,) = mailbox.letters
    assert letter.recipient == person.email
    assert "New pumps" in letter.body
    assert f"/requirements/{new.ref}" in letter.body
    assert not re.search("Old pumps|Valves", letter.body)
    a_day_begins(db, 3)
    assert len(mailbox.letters) == 1
    assert "1 search or follow has something new" in client.get("/work").text
    page = client.get("/profile/searches").text
    assert "Look at 1 new find" in page
    (look,) = re.findall(r"/profile/searches/\w+/look", page)
    assert client.post(look).location == "/search?q=pumps"
    assert "something new" not in client.get("/work").text


def test_a_search_without_letters_is_still_news_here(db: Session, client: Visitor, mailbox: Mailbox) -> None:
    person, other = UserFactory(locale="en_US"), UserFactory()
    kept = watching.save(db, actor_of(person), "q=pumps")
    watching.set_letters(db, actor_of(person), kept.ref, letters=False)
    RequirementFactory(title_en="New pumps")
    a_day_begins(db)
    assert mailbox.letters == []
    client.sign_in(other)
    assert client.post(f"/profile/searches/{kept.ref}/look").status_code == 404
    assert "Look at 1 new find" in client.sign_in(person).get("/profile/searches").text


def test_a_follow_tells_when_it_changes(db: Session, client: Visitor, mailbox: Mailbox) -> None:
    made, reader = offered(db, owner=(person := UserFactory())), UserFactory()
    db.commit()
    indexing.rebuild()
    client.sign_in(reader)
    page = f"/achievements/{made.ref}"
    assert "Follow" in client.get(page).text
    for _ in range(2):
        back = client.post(f"/follow/achievement/{made.ref}", data={"next": page})
        assert back.headers["Location"] == page
    assert "Following" in client.get(page).text
    assert client.post("/follow/achievement/nothing-there").status_code == 404
    achievements.edit(db, actor_of(person), made.ref, replace(WHOLE, trl=7))
    a_day_begins(db)
    a_day_begins(db, 2)
    assert [letter.recipient for letter in mailbox.letters] == [reader.email]
    assert "1 search or follow has something new" in client.get("/work").text
    assert "Changed" in client.get("/profile/searches").text
    client.post("/profile/searches/follows/looked")
    assert "Changed" not in client.get("/profile/searches").text
    client.post(f"/unfollow/achievement/{made.ref}")
    db.expire_all()
    assert db.scalar(sa.select(sa.func.count()).select_from(Follow)) == 0


def test_the_link_of_a_letter_ends_them_without_signing_in(
    db: Session, client: Visitor, mailbox: Mailbox
) -> None:
    person = UserFactory()
    watching.save(db, actor_of(person), "q=pumps")
    RequirementFactory(title_en="New pumps")
    a_day_begins(db)
    (path,) = re.findall(r"http://localhost(/searches/stop/\S+)", mailbox.letters[0].body)
    assert client.get(path).status_code == 200
    db.expire_all()
    assert db.scalars(sa.select(SavedSearch.letters)).all() == [True]  # looking changes nothing
    for _ in range(2):
        assert client.post(path).status_code == 200
    db.expire_all()
    assert db.scalars(sa.select(SavedSearch.letters)).all() == [False]
    for altered in (path[:-1], path + "x", "/searches/stop/", "/searches/stop/x.y", path.replace(".", "a.")):
        assert client.post(altered).status_code == 404


def test_nobody_keeps_searches_without_end_or_of_nothing(db: Session) -> None:
    actor = actor_of(UserFactory())
    with pytest.raises(Invalid):
        watching.save(db, actor, "")
    for number in range(watching.MOST_SAVED):
        watching.save(db, actor, f"q={number}")
    with pytest.raises(Invalid):
        watching.save(db, actor, "q=one-more")


def test_owners_are_asked_after_half_a_year_and_say_so_with_one_click(
    db: Session, client: Visitor, mailbox: Mailbox
) -> None:
    made = offered(db, owner=(person := UserFactory(locale="en_US")))
    a_day_begins(db)
    long_ago = clock.now(db) - dt.timedelta(days=200)
    db.execute(sa.update(Achievement).values(confirmed_at=long_ago))
    a_day_begins(db, 2)
    a_day_begins(db, 3)
    assert [letter.subject for letter in mailbox.letters] == ["Is it still right? What you offer"]
    client.sign_in(person)
    assert "Still right?" in client.get("/work").text
    assert client.post(f"/supply/achievements/{made.ref}/confirm").status_code == 302
    assert "Still right?" not in client.get("/work").text


def test_feeds_hold_what_everyone_reads(db: Session, client: Visitor) -> None:
    seeker = OrganizationFactory(name_en="CANARY Industries")
    RequirementFactory(title_en="Pumps <&> \x0b more", seeker=seeker, anonymous=True)
    RequirementFactory(title_en="CANARY draft", state="submitted")
    db.commit()
    indexing.rebuild()
    for path in ("/requirements.atom", "/search.atom?q=pumps", "/search.atom?field=zzz&q=pump&trl=x"):
        answer = client.get(path)
        feed = ET.fromstring(answer.data)
        names = [each.text for each in feed.iter("{http://www.w3.org/2005/Atom}title")]
        assert names[1:] == ["Pumps <&>  more"], path
        assert "CANARY" not in answer.text
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        rss = client.get(path.replace(".atom", ".rss"), headers={"If-None-Match": answer.headers["ETag"]})
        channel = ET.fromstring(rss.data).find("channel")
        assert channel is not None
        assert [each.findtext("title") for each in channel.findall("item")] == names[1:]
        assert channel.findtext("item/guid") == channel.findtext("item/link")
        assert channel.findtext("item/{http://purl.org/dc/elements/1.1/}creator") == "Anonymous seeker"
        assert parsedate_to_datetime(channel.findtext("item/pubDate") or "").tzinfo is not None
        assert "CANARY" not in rss.text
    assert (
        len(ET.fromstring(client.get("/search.atom").data).findall("*")) == 5
    )  # nothing asked, nothing found


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_whatever_it_shows(
    db: Session, client: Visitor, statements: Counting, count: int
) -> None:
    me = UserFactory()
    needs = [RequirementFactory() for _ in range(count)]
    db.commit()
    indexing.rebuild()
    for number, need in enumerate(needs):
        watching.save(db, actor_of(me), f"q={number}")
        watching.follow(db, actor_of(me), "requirement", need.ref)
    db.commit()
    client.sign_in(me)
    client.get("/profile/searches")
    with statements() as asked:
        assert client.get("/profile/searches").text.count("Unfollow") == count
    assert len(asked) <= 5, asked
    assert db.scalar(sa.select(sa.func.count()).select_from(SearchEntry)) >= count
