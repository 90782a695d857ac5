"""What a change of its need does to a submission: it stands, and its team sees it and may answer anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound
from challenge.submissions import at_close, drafting, looking, queries, submitting
from challenge.submissions.models import Submission
from tests.changes.stories import HARDER, change, published, running
from tests.factories import UserFactory, actor_of
from tests.requirements.needs import OFFLINE, Call
from tests.submissions.stories import again, close, owner_of, ready, versions, write

Visitors = Any


def entered(db: Session, call: Call) -> tuple[Requirement, Submission]:
    """A need with an entry that stands for its first version."""
    wanted = published(db, call)
    entry = ready(requirement=wanted)
    submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    return wanted, entry


def shown(db: Session, entry: Submission) -> queries.Shown:
    return queries.shown(db, again(entry).ref, clock.now(db))


def test_a_submission_knows_the_version_that_it_answered(db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    assert entry.requirement_version == 1
    change(db, call, wanted.ref, goals="Other.")
    assert shown(db, entry).need_moved == (1, 2)
    version = submitting.submit(db, actor_of(owner_of(entry)), entry.ref)
    assert (version.number, version.content["requirement"]["version"]) == (2, 2)
    assert (again(entry).requirement_version, shown(db, entry).need_moved) == (2, None)


def test_a_draft_knows_the_version_that_it_was_begun_for(db: Session) -> None:
    call = running(db)
    wanted = published(db, call)
    draft = drafting.start(db, actor_of(UserFactory()), requirement=wanted.ref)
    change(db, call, wanted.ref, goals="Other.")
    assert (draft.requirement_version, shown(db, draft).need_moved) == (1, (1, 2))
    later = drafting.start(db, actor_of(UserFactory()), requirement=wanted.ref)
    assert (later.requirement_version, shown(db, later).need_moved) == (2, None)


def test_an_untouched_entry_does_not_look_as_if_its_team_had_changed_it(db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    change(db, call, wanted.ref, goals="Other.")
    assert not shown(db, entry).changed
    write(entry, title="Another")
    assert shown(db, entry).changed


def test_other_indicators_keep_their_answers_and_ask_for_new_ones(db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    new = OFFLINE.__class__(name_en="Weight", unit="kg", comparison="le", target="5")
    change(db, call, wanted.ref, indicators=(HARDER, OFFLINE, new))
    now = shown(db, entry)
    assert now.changed
    assert [fault.code for fault in now.missing] != []
    assert [row["met"] for row in now.frozen.content["answers"]] == ["met", "met", ""]
    [stands] = versions(entry)
    assert [row["target"] for row in stands.content["answers"]] == ["99.20", None]


def test_once_they_have_looked_it_is_not_told_again_until_the_next_change(db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    solver = actor_of(owner_of(entry))
    change(db, call, wanted.ref, goals="Other.")
    for _ in range(2):
        looking.look(db, solver, entry.ref, 2)
    assert shown(db, entry).need_moved is None
    looking.look(db, solver, entry.ref, 99)  # nobody has looked at what is not there yet
    change(db, call, wanted.ref, goals="Third.")
    assert shown(db, entry).need_moved == (2, 3)
    looking.look(db, solver, entry.ref, 1)
    assert shown(db, entry).need_moved == (2, 3)
    with pytest.raises(NotFound):
        looking.look(db, actor_of(UserFactory()), entry.ref, 3)


def test_the_pages_of_a_submission_say_so_and_lead_to_the_difference(visitor: Visitors, db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    solver = visitor(owner_of(entry))
    assert "The need changed" not in solver.get(f"/solve/{entry.ref}").text
    change(db, call, wanted.ref, goals="Other.")
    page = solver.get(f"/solve/{entry.ref}").text
    assert "The need changed since you handed in: version 1 → 2." in page
    assert "The draft differs from what you submitted." not in page
    there = solver.post(f"/solve/{entry.ref}/need", data={"version": "2"})
    assert there.location.endswith(f"/requirements/{wanted.ref}/versions#version-2")
    assert "The need changed" not in solver.get(f"/solve/{entry.ref}").text
    assert visitor(UserFactory()).post(f"/solve/{entry.ref}/need").status_code == 404


def test_at_the_close_an_entry_that_nobody_touched_stays_the_version_that_it_was(db: Session) -> None:
    call = running(db)
    wanted, entry = entered(db, call)
    at_close.choose(db, actor_of(owner_of(entry)), entry.ref, wanted=True)
    change(db, call, wanted.ref, goals="Other.")
    close(entry, clock.now(db))
    at_close.settle(db, entry.round_id, [entry.id])
    assert [version.number for version in versions(entry)] == [1]
