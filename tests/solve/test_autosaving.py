"""The door by which the editor keeps itself: one part at a time, merged, told in words and as new fields."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.requirements.models import Indicator
from challenge.submissions.models import Submission
from tests.factories import UserFactory
from tests.rigs.application import Visitor
from tests.rigs.statements import Counting
from tests.solve.wide import wide_draft
from tests.submissions.stories import again, close, owner_of, ready

JSON = {"Accept": "application/json"}


def send(client: Visitor, draft: Submission, *changed: str, seen: int = 1, **fields: Any) -> Any:
    data = {"changed": list(changed), "seen": str(seen), **fields}
    return client.post(f"/solve/{draft.ref}/draft", data=data, headers=JSON)


def test_a_changed_part_is_kept_and_the_page_is_told(client: Visitor, db: Session) -> None:
    draft = ready()
    draft.values = {**draft.values, "schedule": ""}
    client.sign_in(owner_of(draft))
    answer = send(client, draft, "schedule:1", schedule="Two\r\nmonths")
    assert answer.status_code == 200
    assert again(draft).values["schedule"] == "Two\nmonths"
    assert again(draft).heading  # what was not sent stays
    said = answer.json
    assert (said["draft_version"], said["done"], said["fresh"]) == (2, ["schedule"], {})
    assert re.fullmatch(r"Saved \d\d:\d\d(:\d\d)?", said["saved"])
    assert said["missing_line"] == "Nothing is missing."
    assert 'href="#schedule"' in said["contents"]


def test_what_others_wrote_comes_along_as_fields(client: Visitor, db: Session) -> None:
    draft = ready(team=[friend := UserFactory()])
    client.sign_in(friend)
    send(client, draft, "title:1", title="Theirs")
    client.sign_in(owner_of(draft))
    answer = send(client, draft, "schedule:1", schedule="Mine", seen=1)
    fresh = answer.json["fresh"]
    assert list(fresh) == ["title"]
    assert 'value="Theirs"' in fresh["title"]["html"]
    assert 'data-mark="2"' in fresh["title"]["html"]
    news = client.get(f"/solve/{draft.ref}/draft?seen=2", headers=JSON).json
    assert list(news["fresh"]) == ["schedule"]
    assert news["token"]


def test_both_words_are_shown_where_two_wrote_the_same_part(client: Visitor, db: Session) -> None:
    draft = ready(team=[friend := UserFactory()])
    client.sign_in(friend)
    send(client, draft, "summary:1", summary="Theirs <b>")
    client.sign_in(owner_of(draft))
    answer = send(client, draft, "summary:1", "title:1", summary="Mine", title="Kept")
    (conflict,) = answer.json["conflicts"].values()
    assert answer.json["done"] == ["title"]
    assert "Theirs &lt;b&gt;" in conflict["both"]
    assert "Mine" in conflict["both"]
    assert conflict["mark"] == 2
    assert again(draft).values["summary"] == "Theirs <b>"
    assert send(client, draft, "summary:2", summary="Mine").json["done"] == ["summary"]


@pytest.mark.parametrize(
    ("part", "name", "value", "stored"),
    [
        ("title", "title", "New", "New"),
        ("route", "route", "sound", "sound"),
        ("markets", "markets", ["m1", "m3"], ["m1", "m3"]),
        ("speed", "speed", "80", "80"),
        ("quote", "quote", "12", 1200),
        ("level", "level", "3", 3),
        ("steps", "steps-7-c1", "Last", [["", "Last"]]),
        ("data", "data-own", "Own", "Own"),
        ("terms", "terms", "2", 2),
    ],
)
def test_every_kind_goes_alone(
    client: Visitor, db: Session, part: str, name: str, value: Any, stored: Any
) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    answer = send(client, draft, f"{part}:0", **{name: value})
    assert answer.json["done"] == [part]
    assert again(draft).values == {"title": "Polarised vision", part: stored}


def test_a_sum_beyond_its_limits_is_told_and_not_kept(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    answer = send(client, draft, "quote:0", quote="9.1", quote_unit="wan")
    assert answer.json["errors"] == {"quote": ["At most CNY 90,000."]}
    assert "quote" not in again(draft).values
    assert send(client, draft, "quote:0", quote="9", quote_unit="wan").json["done"] == ["quote"]


def test_one_indicator_goes_alone(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    one, two = db.scalars(sa.select(Indicator.id).order_by(Indicator.position)).all()
    fields = {f"indicators-{two}-met": "no", f"indicators-{two}-evidence": "Not measured."}
    assert send(client, draft, f"indicators.{two}:0", **fields).json["done"] == [f"indicators.{two}"]
    assert again(draft).values["indicators"] == {str(two): {"met": "no", "evidence": "Not measured."}}
    assert str(one) not in again(draft).values["indicators"]


def test_what_is_wrong_is_told_at_its_part_and_the_rest_is_kept(client: Visitor, db: Session) -> None:
    draft = wide_draft()
    client.sign_in(owner_of(draft))
    answer = send(client, draft, "title:0", "speed:0", title="Kept", speed="fast")
    assert answer.status_code == 200
    assert answer.json["errors"] == {"speed": ["Write a number."]}
    assert again(draft).values == {"title": "Kept"}


@pytest.mark.parametrize(
    "changed",
    ["", "nothing:1", "files:1", "title", "title:x", "indicators.999:1", "team_name.3:1", "title.1:1"],
)
def test_parts_that_are_none_change_nothing(client: Visitor, db: Session, changed: str) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    answer = send(client, draft, changed, title="New", seen=0)
    assert answer.status_code == 200
    assert answer.json["done"] == []
    assert all("is not asked any more" in said for [said] in answer.json["errors"].values())
    assert again(draft).draft_version == 1


def test_signed_out_is_said_with_the_way_back_in(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_out()
    for answer in (
        send(client, draft, "title:1", title="New"),
        client.get(f"/solve/{draft.ref}/draft", headers=JSON),
    ):
        assert answer.status_code == 401
        assert answer.json["code"] == "signed_out"
        assert answer.json["sign_in"].startswith("/login?next=")


def test_a_token_of_another_session_is_told_and_the_next_one_handed_out(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    url = f"/solve/{draft.ref}/draft"
    refused = client.post(url, data={"changed": "title:1", "title": "New"}, headers=JSON, token=False)
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")
    token = client.get(url, headers=JSON).json["token"]
    headers = {**JSON, "X-CSRFToken": token}
    again_ = client.post(url, data={"changed": "title:1", "title": "New"}, headers=headers, token=False)
    assert again_.json["done"] == ["title"]


def test_after_the_close_it_says_so_and_the_draft_stands(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    send(client, draft, "title:1", title="In time")
    close(draft, clock.now(db))
    answer = send(client, draft, "title:2", title="Late")
    assert (answer.status_code, answer.json["code"]) == (409, "window_closed")
    assert again(draft).heading == "In time"


def test_strangers_learn_nothing(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(UserFactory())
    assert send(client, draft, "title:1", title="Mine").status_code == 404
    assert client.get(f"/solve/{draft.ref}/draft", headers=JSON).status_code == 404


@pytest.mark.parametrize("parts", [1, 3])
def test_a_save_costs_the_same_for_one_part_and_three(
    client: Visitor, db: Session, statements: Counting, parts: int
) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    names = ("title", "summary", "schedule")[:parts]
    with statements() as asked:
        answer = send(client, draft, *(f"{name}:1" for name in names), **dict.fromkeys(names, "New"))
    assert len(answer.json["done"]) == parts
    assert len(asked) <= 22, asked


def test_markdown_is_shown_as_readers_will_see_it(client: Visitor, db: Session) -> None:
    client.sign_in(UserFactory())
    answer = client.post("/solve/markdown", data={"text": "**bold** <script>alert(1)</script>"})
    assert "<strong>bold</strong>" in answer.text
    assert "<script" not in answer.text
