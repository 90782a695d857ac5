"""Versions of a sealed round: shut in an envelope as they are entered, opened once the key is released.

Until then the readable columns are empty, whoever asks. What opens is compared with the digest that its
receipt was signed for: an envelope that was altered or exchanged is named, and stays shut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer
from sqlalchemy.orm.attributes import flag_modified

from challenge.audit import chain, seals
from challenge.rounds import gate as gates
from challenge.rounds import sealing as keys
from challenge.rounds.gate import Gate
from challenge.rounds.models import Round
from challenge.rules.errors import Away, WrongState
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage
from challenge.submissions.content import Frozen
from challenge.submissions.models import Submission, Version
from challenge.tasks import queue

BATCH = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """What one batch did, and whether nothing is left to open."""

    count: int
    broken: int
    done: bool


def shut(round_: Round) -> bool:
    """Whether what is entered now goes into an envelope."""
    return round_.sealed and round_.unsealed_at is None


def columns(round_: Round, submission: Submission, number: int, frozen: Frozen) -> dict[str, Any]:
    """What the row of a version holds: the readable columns, or the envelope alone."""
    plain = {
        "content": frozen.content,
        "hidden": frozen.hidden,
        "team": frozen.team,
        "manifest": frozen.manifest,
    }
    if not shut(round_):
        return plain
    if round_.seal_key is None:
        raise Away("round_without_key")
    empty: dict[str, Any] = {"content": {}, "hidden": {}, "team": {}, "manifest": []}
    envelope = seals.seal(round_.seal_key, plain, _about(submission.ref, number))
    return empty | {"sealed": True, "envelope": envelope}


def _about(ref: str, number: int) -> Mapping[str, Any]:
    return {"submission": ref, "version": number}


def release_keys(session: Session, gates_: list[Gate]) -> list[chain.Entry]:
    """At the close, in its transaction: give out the keys of sealed rounds; what the record says of it.

    The opening of what they shut follows as work, round by round.
    """
    ids = [each.round.id for each in gates_ if shut(each.round)]
    if not ids:
        return []
    now = gates_[0].now
    released = keys.release(session, ids, now)
    queue.put(session, *(queue.Work("unseal", f"unseal/{each}", {"round_id": each}) for each in ids), at=now)
    return [
        chain.Entry(
            chain.round_chain(each.round_id),
            SYSTEM,
            "round.key_not_released" if each.fault else "round.key_released",
            f"round:{each.round_id}",
            {"code": each.fault} if each.fault else {},
        )
        for each in released
    ]


def open_batch(session: Session, round_id: int, limit: int = BATCH) -> Opened:
    """Open up to so many versions of a round whose key is released; the last batch lets them be read.

    Any number of processes may ask: the round's exclusive lock lets one through, and what is open is open.
    Raises `WrongState("seal_closed")` before the close and `Away` where the key cannot be had.
    """
    gate = gates.hold(session, round_id, exclusive=True)
    round_ = gate.round
    if not shut(round_):
        return Opened(0, 0, done=True)
    private = _released(session, gate)
    rows = session.execute(_still_shut(round_id).limit(limit)).all()
    broken = [version for version, submission in rows if not _open(private, version, submission)]
    entries = [
        chain.Entry(
            chain.round_chain(round_id),
            SYSTEM,
            "submission.seal_broken",
            f"submission:{each.submission_id}",
            {"version": each.number, "code": each.seal_fault},
        )
        for each in broken
    ]
    done = len(rows) < limit
    if done:
        round_.unsealed_at = gate.now
        round_.version += 1
        where = chain.round_chain(round_id)
        subject = f"round:{round_id}"
        queue.announce(session, "round.unsealed", subject, at=gate.now, round_id=round_id)
        entries.append(chain.Entry(where, SYSTEM, "round.unsealed", subject))
    session.flush()
    if entries:
        chain.record_many(session, entries, at=gate.now)
    return Opened(len(rows) - len(broken), len(broken), done)


def _still_shut(round_id: int) -> sa.Select[Version, Submission]:
    return (
        sa.select(Version, Submission)
        .join(Submission, Submission.id == Version.submission_id)
        .where(Submission.round_id == round_id, Version.sealed, Version.seal_fault.is_(None))
        .order_by(Version.id)
        .options(undefer(Version.envelope), undefer(Version.team), undefer(Version.hidden))
    )


def _released(session: Session, gate: Gate) -> bytes:
    """The round's key; tried once more where it could not be had at the close (a key that was put back)."""
    window = gate.windows.get(Stage.SUBMISSION)
    if window is None or not window.closed:
        raise WrongState("seal_closed")
    row = keys.key_of(session, gate.round.id)
    if row.private_key is None:
        for each in keys.release(session, [gate.round.id], gate.now):
            if each.fault is None:
                subject, where = f"round:{each.round_id}", chain.round_chain(each.round_id)
                chain.record(session, SYSTEM, "round.key_released", subject, chain=where, at=gate.now)
    private = keys.private_key(row)
    if private is None:
        raise Away("sealing_key_missing", key=row.wrapped_by)
    return private


def _open(private: bytes, version: Version, submission: Submission) -> bool:
    """Lay the version open; False where its envelope is not what was entered."""
    try:
        held = seals.unseal(private, version.envelope or "", _about(submission.ref, version.number))
        frozen = Frozen(held["content"], held["hidden"], held["team"], held["manifest"])
    except (WrongState, KeyError, TypeError):
        version.seal_fault = "seal_broken"
        return False
    if frozen.digest != version.digest:
        version.seal_fault = "digest_differs"
        return False
    version.content, version.hidden = frozen.content, frozen.hidden
    version.team, version.manifest = frozen.team, frozen.manifest
    version.sealed, version.envelope = False, None
    version.receipt = dict(version.receipt)  # no secret any more, and of use without the sealing key
    flag_modified(version, "receipt")
    if version.current:
        submission.title = str(frozen.content.get("title") or "")
    return True
