"""A field of files takes as many as its form says, by whichever door they come."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.files.models import Attachment, Upload
from challenge.rules.errors import InvalidMany
from challenge.rules.formspec import Spec
from challenge.submissions import submitting
from challenge.submissions.models import Submission
from tests.factories import actor_of
from tests.files import specimens
from tests.files.forms import form
from tests.rigs.application import Visitor
from tests.solve.editor import upload
from tests.solve.test_resuming import PDF, begin, patch
from tests.solve.wide import WIDE, put_form, typed_wide, wide_draft
from tests.submissions.stories import again, owner_of, with_file

FULL = "Files of this field: at most 2, those still under way included."


@pytest.fixture
def draft(client: Visitor, db: Session) -> Submission:
    """A draft of whoever is signed in; its field `paper` takes two files."""
    made = wide_draft()
    client.sign_in(owner_of(made))
    return made


def there(db: Session) -> list[tuple[str, str]]:
    """Field and name of what is attached."""
    query = sa.select(Attachment.field, Attachment.name).where(Attachment.removed_at.is_(None))
    return [(field, name) for field, name in db.execute(query.order_by(Attachment.id))]


def put(draft: Submission, *names: str) -> None:
    """Attach files in the field `paper`."""
    for name in names:
        with_file(draft, name, specimens.PDF + name.encode(), "paper")


def age(db: Session, *places: str) -> None:
    """Let uploads have been fed by nobody for an hour."""
    refs = [place.rpartition("/")[2] for place in places]
    for row in db.scalars(sa.select(Upload).where(Upload.ref.in_(refs))):
        row.created_at -= dt.timedelta(hours=1)
    db.flush()


def save(client: Visitor, draft: Submission, **changes: Any) -> Any:
    return client.post(f"/solve/{draft.ref}/edit", **form(typed_wide(again(draft), [], **changes)))


def test_uploads_under_way_take_their_place_in_the_field(
    client: Visitor, db: Session, draft: Submission
) -> None:
    first, second = (begin(client, draft, name=f"{n}.pdf", field="paper") for n in range(2))
    third = begin(client, draft, name="2.pdf", field="paper")
    assert (third.status_code, third.json["code"]) == (422, "field_full")
    assert FULL in third.json["message"]
    assert begin(client, draft, name="c.pdf", field="costs").status_code == 201
    for answer in (first, second):
        assert patch(client, answer.headers["Location"], 0, PDF).status_code == 204
    assert begin(client, draft, name="2.pdf", field="paper").json["code"] == "field_full"
    assert there(db) == [("paper", "0.pdf"), ("paper", "1.pdf")]


def test_an_idle_upload_of_the_field_gives_way_and_one_of_another_stays(
    client: Visitor, db: Session, draft: Submission
) -> None:
    other = begin(client, draft, name="c.pdf", field="costs").headers["Location"]
    idle = begin(client, draft, name="0.pdf", field="paper").headers["Location"]
    fresh = begin(client, draft, name="1.pdf", field="paper").headers["Location"]
    age(db, idle, other)
    assert begin(client, draft, name="2.pdf", field="paper").status_code == 201
    assert client.get(idle).status_code == 404
    assert [client.get(each).status_code for each in (other, fresh)] == [200, 200]
    assert begin(client, draft, name="3.pdf", field="paper").json["code"] == "field_full"
    assert client.get(other).status_code == 200, "it would have made no room"


def test_two_begun_before_the_field_was_filled_are_not_both_attached(
    client: Visitor, db: Session, draft: Submission
) -> None:
    first, second = (begin(client, draft, name=f"{n}.pdf", field="paper") for n in range(2))
    put(draft, "there.pdf")
    assert patch(client, first.headers["Location"], 0, PDF).status_code == 204
    refused = patch(client, second.headers["Location"], 0, PDF)
    assert (refused.status_code, refused.json["code"]) == (422, "field_full")
    assert there(db) == [("paper", "there.pdf"), ("paper", "0.pdf")]
    open_ = sa.select(sa.func.count(Upload.id)).where(Upload.state == "open")
    assert db.scalar(open_) == 0, "what is never taken does not stay"


def test_by_the_form_a_full_field_keeps_the_text_and_no_file(
    client: Visitor, db: Session, draft: Submission
) -> None:
    put(draft, "there.pdf")
    files = [upload("a.pdf"), upload("b.png", specimens.png())]
    answer = save(client, draft, title="Typed with care", paper=files)
    assert answer.status_code == 422
    assert FULL in answer.text
    assert "Your text is saved. The files were not kept." in answer.text
    assert again(draft).heading == "Typed with care"
    assert there(db) == [("paper", "there.pdf")]
    assert save(client, draft, paper=files[:1]).status_code == 302
    assert save(client, draft, paper=files[:1]).status_code == 302, "the same file again is no second one"
    assert there(db) == [("paper", "there.pdf"), ("paper", "a.pdf")]


def test_a_file_that_goes_makes_room_for_the_one_that_comes(
    client: Visitor, db: Session, draft: Submission
) -> None:
    put(draft, "a.pdf", "b.pdf")
    ref = db.scalars(sa.select(Attachment.ref).order_by(Attachment.id)).first()
    assert save(client, draft, remove_file=ref, paper=[upload("c.pdf")]).status_code == 302
    assert there(db) == [("paper", "b.pdf"), ("paper", "c.pdf")]


@pytest.mark.parametrize("name", ["zzz", "title", "files"])
def test_a_file_for_no_field_of_files_is_not_kept(
    client: Visitor, db: Session, draft: Submission, name: str
) -> None:
    answer = save(client, draft, **{name: [upload("a.pdf")]})
    assert answer.status_code == 422
    assert "this is not asked any more" in answer.text
    assert begin(client, draft, name="a.pdf", field=name).json["code"] == "field_gone"
    assert there(db) == []


def test_what_was_too_many_before_is_named_at_submit(client: Visitor, db: Session, draft: Submission) -> None:
    put(draft, "a.pdf", "b.pdf", "c.pdf")
    assert save(client, draft).status_code == 302
    with pytest.raises(InvalidMany) as refused:
        submitting.submit(db, actor_of(owner_of(draft)), draft.ref)
    over = [(each.field, each.params) for each in refused.value.faults if each.code == "files_over"]
    assert over == [("paper", {"most": 2, "count": 1})]
    assert "Files of this field: at most 2. Remove 1." in client.get(f"/solve/{draft.ref}/edit").text
    sections = tuple(
        replace(
            at, fields=tuple(replace(each, most=None) if each.key == "paper" else each for each in at.fields)
        )
        for at in WIDE.sections
    )
    put_form(draft.round_id, Spec(sections), version=2)
    assert "at most 2" not in client.get(f"/solve/{draft.ref}/edit").text
