"""The box "submit my last complete draft at the close", and what a solver's pages say of time and seal."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.submissions import submitting
from tests.factories import UserFactory, actor_of
from tests.rigs.application import Visitor
from tests.submissions.sealed import SECRETS, entered, sealed_round
from tests.submissions.stories import again, close, owner_of, ready, window

BOX = "Submit my last complete draft at the close"


def test_the_owner_ticks_the_box_and_unticks_it(client: Visitor, db: Session) -> None:
    submission = ready()
    visitor = client.sign_in(owner_of(submission))
    for page in ("", "/review"):
        assert BOX in visitor.get(f"/solve/{submission.ref}{page}").text
    done = visitor.post(f"/solve/{submission.ref}/at-close?from=review", data={"wanted": "y"})
    assert done.location == f"/solve/{submission.ref}/review"
    assert again(submission).submit_at_close
    assert again(submission).enter_at == window(submission).ends_at
    box = re.search(r'<input[^>]*name="wanted"[^>]*>', visitor.get(f"/solve/{submission.ref}").text)
    assert box is not None
    assert "checked" in box[0]
    visitor.post(f"/solve/{submission.ref}/at-close", data={})
    assert not again(submission).submit_at_close
    assert again(submission).enter_at is None


def test_a_member_reads_of_it_and_has_no_box(client: Visitor, db: Session) -> None:
    member = UserFactory()
    submission = ready(team=[member])
    client.sign_in(owner_of(submission)).post(f"/solve/{submission.ref}/at-close", data={"wanted": "y"})
    visitor = client.sign_in(member)
    page = visitor.get(f"/solve/{submission.ref}").text
    assert BOX not in page
    assert "its owner chose that" in page
    assert visitor.post(f"/solve/{submission.ref}/at-close", data={}).status_code == 403
    assert again(submission).submit_at_close


def test_after_the_close_the_box_is_gone(client: Visitor, db: Session) -> None:
    submission = ready()
    close(submission, clock.now(db) - dt.timedelta(seconds=1))
    visitor = client.sign_in(owner_of(submission))
    assert BOX not in visitor.get(f"/solve/{submission.ref}").text
    assert visitor.post(f"/solve/{submission.ref}/at-close", data={"wanted": "y"}).status_code == 409


def test_a_receipt_says_that_the_grace_let_it_in(client: Visitor, db: Session) -> None:
    submission = ready()
    window(submission).grace_seconds = 300
    close(submission, clock.now(db) - dt.timedelta(minutes=1))
    submitting.submit(db, actor_of(owner_of(submission)), submission.ref)
    visitor = client.sign_in(owner_of(submission))
    assert "within the grace" in visitor.get(f"/solve/{submission.ref}").text
    assert "the grace after the deadline" in visitor.get(f"/solve/{submission.ref}/receipts/1").text


def test_the_team_of_a_sealed_round_reads_draft_and_receipt_not_the_version(
    client: Visitor, db: Session
) -> None:
    owner = UserFactory()
    version = entered(db, sealed_round(db), owner)
    ref = version.receipt["statement"]["ref"]
    visitor = client.sign_in(owner)
    page = visitor.get(f"/solve/{ref}").text
    assert SECRETS["title"] in page
    assert "This round is sealed." in page
    assert visitor.get(f"/solve/{ref}/receipts/1").status_code == 200
    sealed = visitor.get(f"/solve/{ref}/versions/1")
    assert sealed.status_code == 200
    assert "This version is sealed." in sealed.text
    assert SECRETS["proposal"] not in sealed.text
