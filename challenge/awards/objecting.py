"""Objections to a public notice: filed while it runs, by the database's clock, and taken back.

The record of a round says that one was filed and binds its words by a digest. It does not say by whom: every
organizer reads it, and one of them may stand behind the entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.awards import objection_reads as reads
from challenge.awards import queries
from challenge.awards.models import Notice
from challenge.awards.objection_models import Objection, ObjectionFile
from challenge.base.db import insert_into
from challenge.base.ids import new_ref
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.judging.models import Criterion, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, InvalidMany, NotFound, TooLate, WrongState
from challenge.rules.objections import (
    GROUNDS,
    LONGEST,
    LONGEST_NAME,
    MOST_FILES,
    MOST_OPEN,
    SHORTEST,
    SIDES,
)
from challenge.rules.permissions import ANONYMOUS, Action, Actor, require
from challenge.submissions.models import Submission
from challenge.tasks import queue
from challenge.tasks.queue import Work

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody typed: `entry` is the code of an entry, `criterion` and `judge` may stay open."""

    ground: str
    side: str
    entry: str
    text: str
    name: str
    criterion: int | None = None
    judge: int | None = None


def file(session: Session, actor: Actor, round_id: int, claim: Claim, kept: Sequence[Kept] = ()) -> Objection:
    """File an objection under one's real name, while the notice runs; the same twice is one.

    It may be about one's own entry, or about one that stands on the notice. Raises InvalidMany by field,
    TooLate("objections_over"), WrongState("no_notice" | "objections_enough").
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.OBJECTION_FILE, rounds.subject_of(held.round, held.now))
    author = session.get_one(User, actor.user_id)
    if held.round.cancelled_at is not None:
        raise WrongState("round_cancelled")
    check_runs(queries.notice(session, round_id), held.now)
    values = _checked(session, actor, round_id, claim, kept)
    digest = _digest(values, kept)
    known = _known(session, round_id, author.id, digest)
    if known is not None:
        return known
    objection = Objection(
        **values,
        round_id=round_id,
        digest=digest,
        author_id=author.id,
        name=claim.name.strip(),
        address=author.email,
        filed_at=held.now,
        due_at=held.now + held.round.objection_days * DAY,
    )
    session.add(objection)
    session.flush()
    session.refresh(objection, ["submission"])
    _keep(session, objection, kept, held.now)
    held.round.version += 1
    session.flush()
    _remind(session, objection)
    _tell(session, held, objection, "objection.filed", objection.digest, user_id=author.id)
    return objection


def withdraw(session: Session, actor: Actor, ref: str) -> Objection:
    """Take an objection back before it is answered. Twice is once; what stands to be answered is gone."""
    objection, held = hold(session, ref)
    subject = rounds.subject_of(held.round, held.now, kind="objection", author_id=objection.author_id)
    require(actor, Action.OBJECTION_WITHDRAW, subject)
    if objection.state == "withdrawn":
        return objection
    if objection.state != "filed":
        raise WrongState("objection_settled")
    objection.state = lifecycles.OBJECTION.step(objection.state, "withdraw")
    held.round.version += 1
    session.flush()
    _tell(session, held, objection, "objection.withdrawn", objection.digest)
    return objection


def hold(session: Session, ref: str) -> tuple[Objection, Gate]:
    """An objection behind its round's gate, with its entry; raises NotFound."""
    round_id = session.scalar(sa.select(Objection.round_id).where(Objection.ref == ref))
    if round_id is None:
        raise NotFound
    held = gate.hold(session, round_id, exclusive=True)
    return reads.by_ref(session, ref), held


def open_count(session: Session, round_id: int) -> int:
    """How many objections of a round nobody has answered yet (one statement)."""
    waiting = sa.select(sa.func.count()).where(Objection.round_id == round_id, Objection.state == "filed")
    return session.scalar(waiting) or 0


def against(session: Session, round_id: int) -> WrongState | None:
    """What keeps results from being published: objections that nobody answered, or an upheld one's rest."""
    waiting = open_count(session, round_id)
    if waiting:
        return WrongState("objections_open", count=waiting)
    notice = queries.notice(session, round_id)
    return WrongState("notice_reopened") if notice is not None and notice.reopened_at is not None else None


def check_runs(notice: Notice | None, now: dt.datetime) -> None:
    """Raise unless the notice takes objections now: from its start up to, not including, its end."""
    if notice is None:
        raise WrongState("no_notice")
    if now >= notice.ends_at or notice.published_at is not None:
        raise TooLate("objections_over", at=notice.ends_at)


def _checked(
    session: Session, actor: Actor, round_id: int, claim: Claim, kept: Sequence[Kept]
) -> dict[str, object]:
    """The claim as columns; raises InvalidMany with every fault."""
    faults = list(_faults(claim, kept))
    targets = reads.targets(session, actor, round_id)
    target = next((each for each in targets if each.code == claim.entry), None)
    if target is None:
        faults.append(Invalid("entry", "not_on_notice"))
    criterion = claim.criterion if claim.ground == "criterion" else None
    judge = claim.judge if claim.ground == "conflict" else None
    for field, model, chosen in (("criterion", Criterion, criterion), ("judge", PanelJudge, judge)):
        if chosen is not None and not _of_round(session, model, chosen, round_id):
            faults.append(Invalid(field, "not_a_choice"))
    if faults or target is None:
        raise InvalidMany(faults)
    about = {"ground": claim.ground, "side": claim.side, "submission_id": target.id}
    return {**about, "criterion_id": criterion, "judge_id": judge, "text": claim.text.strip()}


def _faults(claim: Claim, kept: Sequence[Kept]) -> Iterator[Invalid]:
    """What is wrong with it whatever stands on the notice."""
    text, name = claim.text.strip(), claim.name.strip()
    if claim.ground not in GROUNDS:
        yield Invalid("ground", "not_a_choice")
    if claim.side not in SIDES:
        yield Invalid("side", "not_a_choice")
    if not name:
        yield Invalid("name", "required")
    if len(name) > LONGEST_NAME:
        yield Invalid("name", "too_long", length=len(name), most=LONGEST_NAME)
    if len(text) < SHORTEST:
        yield Invalid("text", "objection_short", least=SHORTEST)
    if len(text) > LONGEST:
        yield Invalid("text", "too_long", length=len(text), most=LONGEST)
    if len(kept) > MOST_FILES:
        yield Invalid("files", "too_many_files", most=MOST_FILES)


def _of_round(session: Session, model: type[Criterion | PanelJudge], key: int, round_id: int) -> bool:
    query = sa.select(model.id).join(Phase, Phase.id == model.phase_id)
    return session.scalar(query.where(model.id == key, Phase.round_id == round_id)) is not None


def _digest(values: dict[str, object], kept: Sequence[Kept]) -> str:
    """Of all that it says, its evidence too: sent once more with a file that was forgotten, it is another."""
    said = {**values, "files": sorted({each.sha256 for each in kept})}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _known(session: Session, round_id: int, author_id: int, digest: str) -> Objection | None:
    """The same objection where it stands already; raises where too many of theirs wait for an answer."""
    mine = sa.select(Objection).where(Objection.round_id == round_id, Objection.author_id == author_id)
    standing = session.scalars(mine.where(Objection.state != "withdrawn")).all()
    known = next((each for each in standing if each.digest == digest), None)
    if known is None and sum(each.state == "filed" for each in standing) >= MOST_OPEN:
        raise WrongState("objections_enough", most=MOST_OPEN)
    return known


def _keep(session: Session, objection: Objection, kept: Sequence[Kept], now: dt.datetime) -> None:
    if not kept:
        return
    files.store(session, kept, now)
    rows = [
        {"ref": new_ref(), "objection_id": objection.id, "sha256": each.sha256, "name": each.name}
        for each in kept
    ]
    session.execute(insert_into(session, ObjectionFile).values(rows).on_conflict_do_nothing())


def _remind(session: Session, objection: Objection) -> None:
    """A day before the answer is due, its organizers are reminded."""
    wait = max(objection.due_at - DAY - objection.filed_at, dt.timedelta(0))
    work = Work("objection_due", f"objection/{objection.id}/due", {"objection_id": objection.id}, wait)
    queue.put(session, work, at=objection.filed_at)


def _tell(
    session: Session, held: Gate, objection: Objection, event: str, digest: str, **about: object
) -> None:
    subject = f"objection:{objection.id}"
    need = sa.select(Submission.requirement_id).where(Submission.id == objection.submission_id)
    requirement_id = session.scalar(need)
    queue.announce(session, event, subject, at=held.now, **named(objection), **about)
    chain.record(
        session,
        ANONYMOUS,
        event,
        subject,
        chain=chain.round_chain(objection.round_id),
        at=held.now,
        ground=objection.ground,
        submission=objection.submission_id,
        requirement=requirement_id,
        digest=digest,
    )


def named(objection: Objection) -> dict[str, int]:
    """What an event about it names: never who filed it."""
    return {
        "round_id": objection.round_id,
        "submission_id": objection.submission_id,
        "objection_id": objection.id,
    }
