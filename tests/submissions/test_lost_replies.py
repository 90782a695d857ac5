"""A reply that was lost on its way: pressing again, even after the close, shows what was entered in time."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import statements
from challenge.audit.keys import keyring
from challenge.base import clock
from challenge.rules.errors import TooLate
from challenge.submissions import submitting, withdrawing
from challenge.submissions.models import LateArrival
from tests.factories import actor_of
from tests.rigs.application import Visitor
from tests.submissions.stories import again, close, owner_of, ready, versions


def test_pressing_again_after_the_close_leads_to_the_receipt(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    first = client.post(f"/solve/{draft.ref}/submit")
    close(draft, clock.now(db))

    second = client.post(f"/solve/{draft.ref}/submit")

    assert second.status_code == first.status_code == 302
    assert second.location == first.location
    assert len(versions(draft)) == 1
    assert db.scalars(sa.select(LateArrival)).all() == []


def test_what_was_changed_since_comes_too_late_all_the_same(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    entered = submitting.submit(db, actor, draft.ref)
    again(draft).values = {**draft.values, "title": "Changed after the bell"}
    close(draft, clock.now(db))

    with pytest.raises(TooLate):
        submitting.submit(db, actor, draft.ref)

    assert [version.digest for version in versions(draft)] == [entered.digest]


def test_what_was_withdrawn_is_not_entered_again_after_the_close(db: Session) -> None:
    draft = ready()
    actor = actor_of(owner_of(draft))
    submitting.submit(db, actor, draft.ref)
    withdrawing.withdraw(db, actor, draft.ref)
    close(draft, clock.now(db))

    with pytest.raises(TooLate):
        submitting.submit(db, actor, draft.ref)


def test_a_program_that_came_too_late_is_handed_the_signed_record(client: Visitor, db: Session) -> None:
    draft = ready()
    client.sign_in(owner_of(draft))
    close(draft, clock.now(db))

    said = client.post(f"/solve/{draft.ref}/submit", headers={"Accept": "application/json"})

    assert said.status_code == 409
    arrival = db.scalars(sa.select(LateArrival)).one()
    assert said.json["code"] == "window_closed"
    assert said.json["refusal"] == arrival.refusal
    examined = statements.examine(keyring(), statements.canonical(said.json["refusal"]))
    assert examined.verdict is statements.Verdict.VALID
