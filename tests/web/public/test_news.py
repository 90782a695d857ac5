"""Feeds of news: what everyone may read, in either language, and nothing confidential."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy.orm import Session

from challenge.flow.errands import drain
from challenge.rounds import announcing
from challenge.rounds.announcing import Words
from challenge.rules.stages import Stage
from challenge.tasks import queue
from tests.factories import RoundFactory, actor_of
from tests.requirements.needs import Call, open_call
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting

ATOM = "{http://www.w3.org/2005/Atom}"


def told(call: Call, db: Session, count: int = 1, word: str = "Doors open", **values: Any) -> None:
    """Published needs, and an announcement about each."""
    for number in range(count):
        wanted = call.requirement(state="published", published_at=call.round.launched_at, **values)
        facts = {"requirement_id": wanted.id, "round_id": call.round.id}
        queue.announce(db, "requirement.published", f"requirement:{wanted.id}", **facts)
        words = Words(
            title_en=f"{word} {number}",
            body_en="On <Monday> & after.",
            title_zh=f"开放 {number}",
            body_zh="周一。",
        )
        announcing.post(db, actor_of(call.organizer), call.round.id, words)
    db.commit()
    drain(but=("mail",))
    db.expire_all()


def titles(text: str, form: str) -> list[str]:
    tree = ET.fromstring(text)
    found = tree.iter(f"{ATOM}entry") if form == "atom" else tree.iter("item")
    return [str(each.findtext(f"{ATOM}title" if form == "atom" else "title")) for each in found]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_news_come_from_the_site_the_programme_and_the_round(client: Visitor, db: Session, form: str) -> None:
    call, other = open_call(Stage.SUBMISSION), open_call(Stage.SUBMISSION)
    there, programme = call.round, call.round.programme.slug
    told(call, db)
    for path in ("", f"/programmes/{programme}", f"/rounds/{there.slug}"):
        answer = client.get(f"{path}/feed.{form}?lang=en")
        assert answer.mimetype == f"application/{form}+xml"
        found = titles(answer.text, form)
        assert f"New: {there.title_en}" in found
        assert f"{there.title_en}: Doors open 0" in found
        assert len(found) == 3 + (path == "")
        assert (f"New: {other.round.title_en}" in found) == (path == "")
    assert any("开放 0" in each for each in titles(client.get(f"/feed.{form}?lang=zh").text, form))


def test_what_is_confidential_or_anonymous_is_in_no_feed(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    call.seeker.name = call.seeker.name_en = "CANARY Steel"
    told(call, db, anonymous=True, confidential_part="CANARY hall", contact_name="CANARY Ma")
    draft = RoundFactory(stage=Stage.DRAFT, title_en="CANARY draft")
    call.requirement(state="submitted", title_en="CANARY waiting")
    for form in ("atom", "rss"):
        assert "CANARY" not in client.get(f"/feed.{form}").text
    for path in (f"/rounds/{draft.slug}/feed.atom", f"/programmes/{draft.programme.slug}/feed.rss"):
        assert client.get(path).status_code == 404


def test_a_reader_that_knows_the_newest_gets_304(client: Visitor, db: Session) -> None:
    call = open_call(Stage.SUBMISSION)
    told(call, db)
    etag = client.get("/feed.atom").headers["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": etag}).status_code == 304
    told(call, db, word="Doors closed")
    assert client.get("/feed.atom", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_with_one_and_with_three(
    client: Visitor, db: Session, statements: Counting, count: int
) -> None:
    told(open_call(Stage.SUBMISSION), db, count)
    with statements() as counted:
        client.get("/feed.atom")
    assert len(counted) <= 6, counted
