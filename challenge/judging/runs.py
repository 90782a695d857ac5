"""Searches for the best assignment: asked for, made by `flask work`, proposed, applied or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.judging import assigning, matter, rubric, worlds
from challenge.judging.models import Assignment, Phase
from challenge.judging.run_models import AssignmentFit, AssignmentRun
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import assignment as rules
from challenge.rules.assignment import Options, Pair
from challenge.rules.errors import InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

TASK = "match"
OPEN = ("waiting", "proposed", "failed")


def ask(
    session: Session, actor: Actor, round_id: int, options: Options, number: int | None = None
) -> AssignmentRun:
    """Have the best assignment searched; what was proposed before is put aside.

    The same once more while it is searched changes nothing. Raises InvalidMany by field.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    faults = list(options.faults())
    if faults:
        raise InvalidMany(faults)
    last = latest(session, phase.id)
    if last is not None and (last.state, last.options) == ("waiting", asdict(options)):
        return last
    return begin(session, actor, phase, held, options=asdict(options))


def begin(
    session: Session, actor: Actor, phase: Phase, held: gate.Gate, *, task: str = TASK, **values: Any
) -> AssignmentRun:
    """A row of its own and a row of work; for services that have asked their own permission."""
    if values.get("kind") != "export":
        _put_aside(session, phase.id)
    run = AssignmentRun(phase_id=phase.id, author_id=actor.user_id, asked_at=held.now, **values)
    session.add(run)
    session.flush()
    queue.put(session, queue.Work(task, f"{task}/{run.ref}", {"run_id": run.id}), at=held.now)
    return run


def leave(session: Session, actor: Actor, round_id: int, number: int | None = None) -> None:
    """Put a search or its proposal aside; nothing is assigned."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    _put_aside(session, rubric.phase_or_404(session, round_id, number).id)


def _put_aside(session: Session, phase_id: int) -> None:
    mine = sa.and_(AssignmentRun.phase_id == phase_id, AssignmentRun.kind != "export")
    session.execute(sa.update(AssignmentRun).where(mine, AssignmentRun.state.in_(OPEN)).values(state="aside"))


def latest(session: Session, phase_id: int) -> AssignmentRun | None:
    """The search or import of the phase that was asked for last, unless it was put aside (one statement)."""
    query = sa.select(AssignmentRun).where(AssignmentRun.phase_id == phase_id, AssignmentRun.kind != "export")
    run = session.scalar(
        query.order_by(AssignmentRun.id.desc()).limit(1).execution_options(populate_existing=True)
    )
    return None if run is None or run.state == "aside" else run


def fits(session: Session, phase_id: int, submission_ids: Sequence[int]) -> dict[Pair, int | None]:
    """(judge, entry) -> how well they fit, 0 to 99, None where the language is not read, of the last search.

    Two statements.
    """
    done = sa.select(AssignmentRun.id, AssignmentRun.result["judges"]).where(
        AssignmentRun.phase_id == phase_id,
        AssignmentRun.kind == "search",
        AssignmentRun.done_at.is_not(None),
        AssignmentRun.state != "failed",
    )
    run = session.execute(done.order_by(AssignmentRun.id.desc()).limit(1)).one_or_none()
    if run is None:
        return {}
    rows = session.execute(
        sa.select(AssignmentFit.submission_id, AssignmentFit.fits).where(
            AssignmentFit.run_id == run[0], AssignmentFit.submission_id.in_(list(submission_ids))
        )
    )
    return {
        (judge, entry): read(line, place) for entry, line in rows for place, judge in enumerate(run[1] or ())
    }


def read(line: str, place: int) -> int | None:
    """The figure of the judge at this place."""
    digits = line[2 * place : 2 * place + 2]
    return int(digits) if digits.isdecimal() else None


def apply(
    session: Session, actor: Actor, round_id: int, digest: str, reason: str = "", number: int | None = None
) -> int:
    """Assign exactly what the proposal of this digest says; how many are new. Once, however often it is sent.

    Raises WrongState("assignment_outdated") where it is not the last, or where what it was made of has
    changed; Invalid("reason", "required") where it takes entries from judges.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    run = latest(session, phase.id)
    if run is None or run.digest != digest or run.state not in ("proposed", "applied"):
        raise WrongState("assignment_outdated")
    if run.state == "applied":
        return 0
    world = worlds.of_phase(session, phase)
    add, take = (_pairs(run.result[name]) for name in ("add", "take"))
    if worlds.digest(phase.id, world) != run.world or not set(take) <= world.movable:
        raise WrongState("assignment_outdated")
    if take:
        ended = sa.tuple_(Assignment.judge_id, Assignment.submission_id).in_(take)
        for old in session.scalars(sa.select(Assignment).where(ended).order_by(Assignment.id)):
            assigning.end(session, actor, held, old, reason)
    run.state = "applied"
    session.flush()
    if add:
        assigning.make(session, actor, held, phase, add)
    return len(add)


def _pairs(listed: Sequence[Sequence[int]]) -> list[Pair]:
    return [(judge, entry) for judge, entry in listed]


# ---------------------------------------------------------------- by the worker


def matter_of(session: Session, run_id: int) -> tuple[dict[str, Any], rules.World] | None:
    """What the engine is asked for a run that waits still, and the world it is made of; None otherwise."""
    run = session.get(AssignmentRun, run_id)
    if run is None or run.state != "waiting":
        return None
    phase = session.get_one(Phase, run.phase_id)
    world = worlds.of_phase(session, phase)
    return matter.of_phase(session, phase, world, Options(**run.options)), world


def progress(session: Session, run_id: int, step: str, share: float) -> None:
    """Note how far the engine is."""
    waits = sa.and_(AssignmentRun.id == run_id, AssignmentRun.state == "waiting")
    session.execute(sa.update(AssignmentRun).where(waits).values(step=step, share=round(100 * share)))


def keep(session: Session, run_id: int, world: rules.World, answer: Mapping[str, Any]) -> None:
    """Make a proposal of what the engine answered; a run that was put aside meanwhile stays so."""
    run = session.get(AssignmentRun, run_id, with_for_update=True)
    if run is None or run.state != "waiting":
        return
    options = Options(**run.options)
    entries, judges = list(world.entries), list(world.judges)
    chosen = {(judges[judge], entries[entry]) for entry, judge in answer["pairs"]}
    stands = set(world.reading)
    movable = world.movable if options.move else set()
    add, take = sorted(chosen - stands), sorted(movable - chosen)
    lines = dict(zip(entries, answer["fit"], strict=True))
    seats = {judge: place for place, judge in enumerate(judges)}
    known = [
        figure
        for judge, entry in (stands - set(take)) | set(add)
        if (figure := read(lines[entry], seats[judge])) is not None
    ]
    propose(
        session,
        run,
        world,
        options,
        add,
        take,
        judges=judges,
        mean=round(sum(known) / len(known), 1) if known else None,
        informed=any(line.strip("0-") for line in answer["fit"]),
        exchanged=answer["exchanged"],
    )
    session.execute(sa.delete(AssignmentFit).where(AssignmentFit.run_id.in_(_earlier(run))))
    rows = [{"run_id": run.id, "submission_id": entry, "fits": line} for entry, line in lines.items()]
    if rows:
        session.execute(sa.insert(AssignmentFit), rows)


def propose(
    session: Session,
    run: AssignmentRun,
    world: rules.World,
    options: Options,
    add: Sequence[Pair],
    take: Sequence[Pair],
    **more: Any,
) -> None:
    """Keep these pairs as the run's proposal, with what would come of them."""
    found = rules.outcome(world, options, add, take)
    found["taken"] = [{"judge": judge, "code": world.entries[entry]} for judge, entry in take]
    found["short"] = [
        {"entry": entry, "code": world.entries[entry], **facts} for entry, facts in found["short"].items()
    ]
    run.result = {"add": [*map(list, add)], "take": [*map(list, take)], **_texts_as_keys(found), **more}
    run.world = worlds.digest(run.phase_id, world)
    run.digest = hashlib.sha256(f"{run.ref}:{list(add)}:{list(take)}".encode()).hexdigest()[:16]
    run.state, run.done_at = "proposed", clock.now(session)
    session.flush()


def _texts_as_keys(found: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has them: judges as texts."""
    return {
        name: {str(key): each for key, each in value.items()} if isinstance(value, dict) else value
        for name, value in found.items()
    }


def fail(session: Session, run_id: int, fault: str) -> None:
    """Note that nothing came of it, and what the engine said."""
    waits = sa.and_(AssignmentRun.id == run_id, AssignmentRun.state == "waiting")
    session.execute(
        sa.update(AssignmentRun)
        .where(waits)
        .values(state="failed", result={"fault": fault[:1000]}, done_at=clock.now(session))
    )


def _earlier(run: AssignmentRun) -> sa.Select[int]:
    return sa.select(AssignmentRun.id).where(
        AssignmentRun.phase_id == run.phase_id, AssignmentRun.id < run.id
    )
