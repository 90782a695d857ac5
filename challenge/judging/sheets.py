"""The assignment as a workbook: asked for, made and read by `flask work`; what it adds is a proposal."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.files import services as files
from challenge.files.models import Blob
from challenge.files.receiving import Kept
from challenge.files.sniffing import ALLOWED
from challenge.judging import laid_out, rubric, runs, worlds
from challenge.judging.models import Phase
from challenge.judging.run_models import AssignmentRun
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import assignment_sheet as rules
from challenge.rules.assignment import Options, World
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.workbooks import Sheet

_, TYPE = ALLOWED["xlsx"]
OUT, IN = "sheet_out", "sheet_in"
MOST_BYTES = 1_500_000  # an ordinary form holds it
MOST_FAULTS = 200


def ask(session: Session, actor: Actor, round_id: int, number: int | None = None) -> AssignmentRun:
    """Have a workbook of the assignment as it stands made; asked twice while it is made, it is made once."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    last = latest(session, phase.id)
    if last is not None and last.state == "waiting":
        return last
    return runs.begin(session, actor, phase, held, task=OUT, kind="export", options={})


def bring(
    session: Session, actor: Actor, round_id: int, kept: Kept, number: int | None = None
) -> AssignmentRun:
    """Have a workbook read; what was proposed before is put aside. The same once more changes nothing."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.JUDGE_ASSIGN, rounds.subject_of(held.round, held.now))
    phase = rubric.phase_or_404(session, round_id, number)
    last = runs.latest(session, phase.id)
    if last is not None and (last.state, last.sha256) == ("waiting", kept.sha256):
        return last
    files.store(session, [kept], held.now)
    return runs.begin(session, actor, phase, held, task=IN, kind="import", options={}, sha256=kept.sha256)


def latest(session: Session, phase_id: int) -> AssignmentRun | None:
    """The workbook of the phase that was asked for last (one statement)."""
    query = sa.select(AssignmentRun).where(AssignmentRun.phase_id == phase_id, AssignmentRun.kind == "export")
    return session.scalar(query.order_by(AssignmentRun.id.desc()).limit(1))


def ready(session: Session, phase_id: int, ref: str) -> tuple[str, int]:
    """The digest and size of a workbook that was made (one statement); raises NotFound."""
    found = session.execute(
        sa.select(Blob.sha256, Blob.size)
        .join(AssignmentRun, AssignmentRun.sha256 == Blob.sha256)
        .where(
            AssignmentRun.phase_id == phase_id,
            AssignmentRun.ref == ref,
            AssignmentRun.kind == "export",
            AssignmentRun.state == "ready",
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


# ---------------------------------------------------------------- by the worker


def of_run(session: Session, run_id: int) -> Sheet | None:
    """What the engine writes for a run that waits still; codes and labels, no name."""
    run = session.get(AssignmentRun, run_id)
    if run is None or run.state != "waiting":
        return None
    world, labels = _known(session, run)
    return rules.sheet(world, labels)


def keep(session: Session, run_id: int, kept: Kept) -> None:
    """Name the stored bytes as the workbook."""
    run = session.get(AssignmentRun, run_id, with_for_update=True)
    if run is not None and run.state == "waiting":
        now = clock.now(session)
        files.store(session, [kept], now)
        run.state, run.sha256, run.done_at = "ready", kept.sha256, now


def source_of(session: Session, run_id: int) -> tuple[str, int] | None:
    """The digest and size of the workbook that a waiting run has to read."""
    found = session.execute(
        sa.select(Blob.sha256, Blob.size)
        .join(AssignmentRun, AssignmentRun.sha256 == Blob.sha256)
        .where(AssignmentRun.id == run_id, AssignmentRun.state == "waiting")
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def propose(session: Session, run_id: int, rows: list[list[str]]) -> None:
    """Make a proposal of what a workbook adds, with every cell that cannot be taken."""
    run = session.get(AssignmentRun, run_id, with_for_update=True)
    if run is None or run.state != "waiting":
        return
    world, labels = _known(session, run)
    add, faults = rules.read(rows, world, labels)
    phase = session.get_one(Phase, run.phase_id)
    options = Options(per_entry=phase.per_entry, move=False)
    listed = rules.counted(faults, MOST_FAULTS)
    run.options = asdict(options)
    runs.propose(session, run, world, options, add, [], faults=listed, fault_count=len(faults))


def _known(session: Session, run: AssignmentRun) -> tuple[World, dict[int, str]]:
    phase = session.get_one(Phase, run.phase_id)
    return worlds.of_phase(session, phase), laid_out.labels(session, phase.id)
