"""Drafts entered at the close by several at once, across kills and faults: each once, as of the close."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import fresh_session
from challenge.files.receiving import Kept
from challenge.files.tus import Wanted
from challenge.flow import freezing
from challenge.rounds import gate as gates
from challenge.rules.errors import Refused, TooLate
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage
from challenge.submissions import merging, submitting, uploading
from challenge.submissions.holding import Held
from challenge.submissions.models import Submission, Version
from tests.factories import actor_of
from tests.rigs.application import Terminal
from tests.rigs.statements import Counting
from tests.submissions.sealed import SECRETS, draft, sealed_round
from tests.submissions.stories import (
    again,
    close,
    owner_of,
    ready,
    round_of,
    versions,
    with_file,
)
from tests.submissions.test_at_close import asked_for, over
from tests.submissions.test_gate import PATIENCE, Crowd, crowd, wait_until

__all__ = ["crowd"]
SOON = dt.timedelta(milliseconds=700)


def _edit(actor: Actor, ref: str, version: int, started: threading.Event) -> Callable[[], str]:
    def edit() -> str:
        try:
            with fresh_session() as session:
                merging.merge(session, actor, ref, {"summary": "In the last moment."}, {"summary": version})
                started.set()
                wait_until(session, window_end(session, ref) + SOON)  # commits after the close
        except Refused as refusal:
            started.set()
            return refusal.code
        return "saved"

    return edit


def window_end(session: Session, ref: str) -> dt.datetime:
    """When the round of a submission ends."""
    of_round = sa.select(Submission.round_id).where(Submission.ref == ref).scalar_subquery()
    held = gates.hold_of(session, of_round)
    end = held.windows[Stage.SUBMISSION].ends_at
    assert end is not None
    return end


def test_an_edit_that_was_in_time_is_in_it_however_late_it_commits(
    app: Flask, db: Session, crowd: Crowd
) -> None:
    submission = asked_for(db, ready())
    owner, ref, number = actor_of(owner_of(submission)), submission.ref, submission.draft_version
    end = clock.now(db) + SOON
    close(submission, end)
    submission.enter_at = end
    db.commit()
    started = threading.Event()
    edit = crowd.do(_edit(owner, ref, number, started))
    assert started.wait(PATIENCE)
    wait_until(db, end)
    db.rollback()
    frozen = crowd.do(freezing.enter_due)
    assert edit.result(PATIENCE) == "saved"
    frozen.result(PATIENCE)
    (version,) = versions(submission)
    assert version.content["values"]["summary"] == "In the last moment."


def test_four_workers_enter_each_once(app: Flask, db: Session, crowd: Crowd) -> None:
    first = asked_for(db, ready())
    others = [asked_for(db, ready(requirement=first.requirement)) for _ in range(11)]
    over(db, first, *others)
    crowd.all(*[freezing.enter_due] * 4)
    entered = db.scalar(sa.select(sa.func.count()).select_from(Version).where(Version.current))
    assert entered == 12
    assert db.scalar(sa.select(sa.func.count()).select_from(Version)) == 12
    db.expire_all()
    assert round_of(first).submission_count == 12


def test_one_that_fails_keeps_nobody_else_out(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = asked_for(db, ready())
    whole = asked_for(db, ready(requirement=broken.requirement))
    ended, real = over(db, broken, whole), submitting.enter

    def enter(session: Session, actor: Actor, held: Held, *rest: Any) -> Version:
        if held.submission.id == broken.id:
            raise RuntimeError("a fault of the product")
        return real(session, actor, held, *rest)

    monkeypatch.setattr(submitting, "enter", enter)
    assert freezing.enter_due() == 2
    assert [len(versions(each)) for each in (broken, whole)] == [0, 1]
    assert (again(broken).enter_at or ended) > clock.now(db)  # looked at again in some minutes
    monkeypatch.setattr(submitting, "enter", real)
    broken.enter_at = ended
    db.commit()
    freezing.enter_due()
    assert [each.submitted_at for each in versions(broken)] == [ended]


def test_killed_in_the_middle_it_is_done_whole_the_next_time(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [asked_for(db, ready())]
    drafts += [asked_for(db, ready(requirement=drafts[0].requirement)) for _ in range(3)]
    over(db, *drafts)
    whole = submitting.enter
    monkeypatch.setattr(submitting, "enter", _killed_at(3))
    with pytest.raises(KeyboardInterrupt):
        freezing.enter_due()
    monkeypatch.setattr(submitting, "enter", whole)
    assert sum(len(versions(each)) for each in drafts) == 0
    assert freezing.enter_due() == 4
    assert [len(versions(each)) for each in drafts] == [1, 1, 1, 1]


def _killed_at(count: int) -> Callable[..., Version]:
    real, calls = submitting.enter, iter(range(1, 100))

    def enter(*given: Any) -> Version:
        if next(calls) == count:
            raise KeyboardInterrupt
        return real(*given)

    return enter


def test_a_file_that_was_still_coming_does_not_count(db: Session) -> None:
    submission = asked_for(db, ready())
    owner = actor_of(owner_of(submission))
    coming = uploading.begin(db, owner, submission.ref, Wanted(14, "late.pdf", "files"))
    over(db, submission)
    digest = with_file(ready(requirement=submission.requirement))  # its bytes are in the store by now
    with pytest.raises(TooLate):
        uploading.attach(
            db, owner, submission.ref, coming.ref, Kept(digest, 14, "application/pdf", "late.pdf")
        )
    db.rollback()
    freezing.enter_due()
    assert [each.manifest for each in versions(submission)] == [[]]


def test_a_second_without_any_costs_one_short_question(db: Session, statements: Counting) -> None:
    for _ in range(5):
        ready()
    db.commit()
    with statements() as counted:
        assert freezing.enter_due() == 0
    assert len(counted) <= 2


def test_flask_work_closes_opens_and_enters_in_one_go(db: Session, command: Terminal) -> None:
    sealed = draft(db, sealed_round(db))
    plain = asked_for(db, ready())
    asked_for(db, sealed)
    over(db, sealed, plain)
    assert command.invoke(args=["work", "--once"]).exit_code == 0
    assert [each.admitted for each in versions(plain)] == ["opt_in"]
    (opened,) = versions(sealed)
    assert (opened.admitted, opened.sealed) == ("opt_in", False)
    assert opened.content["title"] == SECRETS["title"]
    assert [each.stage for each in (round_of(plain), round_of(sealed))] == ["submission", "submission"]
    assert round_of(sealed).unsealed_at is not None
