"""A sealed round: nobody reads what was entered before the close has released its key, once."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from challenge.audit import seals
from challenge.audit.models import AuditEntry
from challenge.audit.seals import sealing_keys
from challenge.base import clock
from challenge.flow import closing, freezing
from challenge.flow.errands import drain
from challenge.rounds import overrides
from challenge.rounds.key_models import RoundKey
from challenge.rounds.models import Round
from challenge.rules.errors import Away, Invalid, TooLate, WrongState
from challenge.rules.permissions import Action, can
from challenge.submissions import at_close, extensions, queries, sealing, submitting
from challenge.submissions.models import LateArrival, Submission, Version
from challenge.tasks.models import Task
from tests.factories import actor_of, organizer_of
from tests.submissions.sealed import CANARY, SECRETS, draft, dump, entered, sealed_round
from tests.submissions.stories import again, close, owner_of, round_of, versions, window
from tests.submissions.test_gate import Crowd, crowd

__all__ = ["crowd"]
HOUR = dt.timedelta(hours=1)


def close_round(db: Session, submission: Submission) -> None:
    """Its round closes, and all that follows is done."""
    close(submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()
    drain()
    db.expire_all()


def submission_of(db: Session, version: Version) -> Submission:
    """Whose version it is."""
    return db.get_one(Submission, version.submission_id)


def audited(db: Session, action: str) -> int:
    """How often it is on the record."""
    return db.scalar(sa.select(sa.func.count()).where(AuditEntry.action == action)) or 0


def test_the_database_holds_nothing_of_what_was_written_before_the_release(db: Session) -> None:
    version = entered(db, sealed_round(db))
    drain()
    stored = dump(db)
    assert "challenge-receipt/1" not in stored
    assert CANARY not in stored.replace(f"{CANARY} team", "")  # the team's name is no secret of the proposal
    assert (version.content, version.manifest, version.sealed) == ({}, [], True)
    assert submission_of(db, version).title == ""


def test_the_team_reads_its_draft_and_its_receipt_all_the_while(db: Session) -> None:
    version = entered(db, sealed_round(db))
    db.expire_all()
    submission = submission_of(db, version)
    assert submission.heading == SECRETS["title"]
    assert version.receipt["statement"]["submission"] == submission.code
    assert version.digest


def test_after_the_close_everything_is_there_as_it_was_entered(db: Session) -> None:
    version = entered(db, sealed_round(db))
    submission = submission_of(db, version)
    frozen = queries.shown(db, submission.ref, clock.now(db)).frozen
    close_round(db, submission)
    opened = queries.version(db, submission.id, named=True)
    assert (opened.content, opened.hidden, opened.team) == (frozen.content, frozen.hidden, frozen.team)
    assert (opened.sealed, opened.seal_fault) == (False, None)
    assert "challenge-receipt/1" in dump(db)  # the receipt too is of use without the sealing key now
    assert again(submission).title == SECRETS["title"]
    assert round_of(submission).unsealed_at is not None
    followed = sa.select(Task.state).where(Task.key.like("event/round.unsealed/%"))
    assert db.scalars(followed).all() == ["done"]


def test_nobody_but_its_team_may_read_it_before(db: Session) -> None:
    version = entered(db, sealed_round(db))
    submission = submission_of(db, version)
    organizer = actor_of(organizer_of(round_of(submission).programme))
    member = actor_of(owner_of(submission))

    def readers() -> list[bool]:
        subject = queries.shown(db, submission.ref, clock.now(db)).subject
        return [can(each, Action.SUBMISSION_READ, subject) for each in (organizer, member)]

    assert readers() == [False, True]
    (entry,) = queries.of_round(db, submission.round_id, "submitted")
    assert (entry.code, entry.title, entry.team, entry.quote_minor) == (submission.code, "", None, None)
    close_round(db, submission)
    assert readers() == [True, True]


def test_between_release_and_the_last_opening_nobody_reads_either(db: Session) -> None:
    round_ = sealed_round(db)
    first, _second = entered(db, round_), entered(db, round_)
    submission = submission_of(db, first)
    close(submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    closing.close_due()
    assert not sealing.open_batch(db, round_.id, limit=1).done
    assert queries.shown(db, submission.ref, clock.now(db)).subject.sealed
    assert not sealing.open_batch(db, round_.id, limit=1).done
    assert sealing.open_batch(db, round_.id, limit=1).done
    assert not queries.shown(db, submission.ref, clock.now(db)).subject.sealed


def test_the_key_is_released_once_with_several_workers(app: Flask, db: Session, crowd: Crowd) -> None:
    round_ = sealed_round(db)
    made = [entered(db, round_) for _ in range(6)]
    close(submission_of(db, made[0]), clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    crowd.all(*[closing.close_due] * 4)
    crowd.all(*[drain] * 4)
    db.expire_all()
    assert audited(db, "round.key_released") == 1
    assert audited(db, "round.unsealed") == 1
    assert audited(db, "round.submission_closed") == 1
    assert [each.sealed for each in db.scalars(sa.select(Version))] == [False] * 6
    key = db.get_one(RoundKey, round_.id)
    assert key.private_key is not None


def test_the_key_stands_nowhere_in_the_database_before(db: Session) -> None:
    round_ = sealed_round(db)
    key = db.get_one(RoundKey, round_.id)
    assert key.private_key is None
    wrapped = seals.Wrapped(key.wrapped or "", key.wrapped_by)
    private = sealing_keys().unwrap(wrapped, {"round": round_.id, "public": key.public_key})
    assert base64.b64encode(private).decode() not in dump(db)
    with pytest.raises(WrongState) as refusal:
        sealing.open_batch(db, round_.id)
    assert refusal.value.code == "seal_closed"


def test_without_the_installations_key_the_round_closes_and_stays_shut_until_it_is_back(
    app: Flask, db: Session
) -> None:
    version = entered(db, sealed_round(db))
    submission = submission_of(db, version)
    round_id, version_id = submission.round_id, version.id
    folder = Path(app.config["SETTINGS"].data_dir) / "keys" / seals.FOLDER
    (path,) = folder.glob("*.key")
    aside = path.rename(folder / "aside")
    app.extensions.pop("challenge.seals", None)
    close(submission, clock.now(db) - dt.timedelta(seconds=1))
    db.commit()
    assert closing.close_due() == 1
    assert audited(db, "round.submission_closed") == 1
    assert audited(db, "round.key_not_released") == 1
    with pytest.raises(Away) as refusal:
        sealing.open_batch(db, round_id)
    assert (refusal.value.code, refusal.value.params["key"]) == ("sealing_key_missing", path.stem)
    db.rollback()
    still = sa.select(Version.sealed).where(Version.id == version_id)
    assert db.scalar(still)
    aside.rename(path)
    assert sealing.open_batch(db, round_id).done
    assert audited(db, "round.key_released") == 1
    assert not db.scalar(still)


def test_another_key_of_the_same_kind_opens_nothing(db: Session) -> None:
    public, _private = seals.new_pair()
    _other, wrong = seals.new_pair()
    envelope = seals.seal(public, {"a": 1}, {"submission": "x"})
    with pytest.raises(WrongState) as refusal:
        seals.unseal(wrong, envelope, {"submission": "x"})
    assert refusal.value.code == "seal_broken"


@pytest.mark.parametrize("place", [0, 20, 60, -3])
def test_an_envelope_with_one_other_character_does_not_open(db: Session, place: int) -> None:
    public, private = seals.new_pair()
    envelope = seals.seal(public, {"a": 1}, {"submission": "x"})
    assert seals.unseal(private, envelope, {"submission": "x"}) == {"a": 1}
    letter = "B" if envelope[place] == "A" else "A"
    altered = envelope[:place] + letter + (envelope[place + 1 :] if place != -3 else envelope[-2:])
    with pytest.raises(WrongState):
        seals.unseal(private, altered, {"submission": "x"})
    with pytest.raises(WrongState):
        seals.unseal(private, envelope, {"submission": "y"})


def test_a_tampered_envelope_is_named_and_keeps_nobody_else_shut(db: Session) -> None:
    round_ = sealed_round(db)
    broken, swapped, other, whole = (entered(db, round_) for _ in range(4))
    table = Version.__table__
    for version, envelope in ((broken, "challenge-seal/1.AAAA.BBBB"), (swapped, _envelope(db, other))):
        db.execute(sa.update(table).where(table.c.id == version.id).values(envelope=envelope))
    close_round(db, submission_of(db, whole))
    faults = {each.id: each.seal_fault for each in db.scalars(sa.select(Version))}
    assert faults == {broken.id: "seal_broken", swapped.id: "seal_broken", other.id: None, whole.id: None}
    named = sa.select(AuditEntry.subject).where(AuditEntry.action == "submission.seal_broken")
    assert sorted(db.scalars(named)) == [f"submission:{each.submission_id}" for each in (broken, swapped)]
    assert round_of(submission_of(db, whole)).unsealed_at is not None


def _envelope(db: Session, version: Version) -> str | None:
    return db.scalar(sa.select(Version.envelope).where(Version.id == version.id))


def test_what_opens_must_be_what_its_receipt_was_signed_for(db: Session) -> None:
    version = entered(db, sealed_round(db))
    submission = submission_of(db, version)
    key = round_of(submission).seal_key
    assert key is not None
    forged = {"content": {"title": "Forged"}, "hidden": {}, "team": {}, "manifest": []}
    envelope = seals.seal(key, forged, {"submission": submission.ref, "version": version.number})
    db.execute(sa.update(Version).where(Version.id == version.id).values(envelope=envelope))
    close_round(db, submission)
    (found,) = versions(submission)
    assert (found.seal_fault, found.content) == ("digest_differs", {})


def test_a_cancel_before_the_close_destroys_the_key(db: Session) -> None:
    version = entered(db, sealed_round(db))
    submission = submission_of(db, version)
    organizer = actor_of(organizer_of(round_of(submission).programme))
    overrides.cancel(db, organizer, submission.round_id, "No budget.")
    db.commit()
    key = db.get_one(RoundKey, submission.round_id, populate_existing=True)
    assert (key.wrapped, key.private_key) == (None, None)
    assert key.destroyed_at is not None
    assert audited(db, "round.key_destroyed") == 1
    assert again(submission).heading == SECRETS["title"]


def test_a_draft_that_is_entered_at_the_close_is_read_with_the_others(db: Session) -> None:
    round_ = sealed_round(db)
    submission = draft(db, round_)
    at_close.choose(db, actor_of(owner_of(submission)), submission.ref, wanted=True)
    submission.enter_at = clock.now(db) - HOUR
    close_round(db, submission)
    freezing.enter_due()
    drain()
    (version,) = versions(submission)
    assert (version.admitted, version.sealed) == ("opt_in", False)
    assert version.content["title"] == SECRETS["title"]


def test_an_extension_never_reaches_past_the_release(db: Session) -> None:
    submission = draft(db, sealed_round(db))
    organizer = actor_of(organizer_of(round_of(submission).programme))
    end = window(submission).ends_at
    assert end is not None
    with pytest.raises(Invalid) as refusal:
        extensions.extend(db, organizer, submission.ref, end + HOUR, "The line was down.")
    assert refusal.value.code in ("extension_past_release", "not_later")


def test_a_late_arrival_of_a_sealed_round_is_no_leak(db: Session) -> None:
    submission = draft(db, sealed_round(db))
    solver = actor_of(owner_of(submission))
    close(submission, clock.now(db) - HOUR)
    with pytest.raises(TooLate) as refusal:
        submitting.submit(db, solver, submission.ref)
    arrival = submitting.arrived_late(db, solver, submission.ref, refusal.value)
    assert arrival.refusal["statement"]["submission"] == submission.code
    db.commit()
    assert db.scalar(sa.select(sa.func.count()).select_from(LateArrival)) == 1
    assert "challenge-refusal/1" not in dump(db)


def test_an_unsealed_round_is_as_ever(db: Session) -> None:
    round_ = sealed_round(db)
    round_.sealed, round_.seal_key = False, None
    version = entered(db, round_)
    assert version.content["title"] == SECRETS["title"]
    close_round(db, submission_of(db, version))
    assert db.scalar(sa.select(sa.func.count()).where(Task.kind == "unseal")) == 0
    assert db.get_one(Round, round_.id).unsealed_at is None
