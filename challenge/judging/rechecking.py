"""Something changed that may tie a judge to an entry: conflicts are searched anew, and new ones are told."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import conflicts, entries, keeping
from challenge.judging.models import Assignment, PanelJudge, Phase
from challenge.rounds import gate
from challenge.rounds.models import Round
from challenge.rules.lifecycles import READING
from challenge.rules.permissions import SYSTEM, Actor
from challenge.rules.stages import Stage
from challenge.submissions.models import Submission, TeamMember
from challenge.tasks import queue

_STAGES = tuple(stage.value for stage in (Stage.REQUIREMENTS, Stage.SUBMISSION, Stage.JUDGING))
# Rounds whose conflicts may still change something.
LIVE = sa.select(Round.id).where(Round.stage.in_(_STAGES), Round.cancelled_at.is_(None))


def recheck(session: Session, round_id: int, submission_id: int) -> int:
    """Other people stand behind an entry: search its conflicts anew; how many came up.

    Each new one is announced to the organizers once; one that went is recorded too. Twice is once.
    """
    if not _phases(session, Phase.round_id == round_id):
        return 0
    held = gate.hold(session, round_id)
    wanted = Submission.id == submission_id
    for phase in _phases(session, Phase.round_id == round_id):
        keeping.renew(session, phase, wanted, held.now)
    return refresh(session, held, wanted)


def of_phase(
    session: Session,
    held: gate.Gate,
    phase: Phase,
    *,
    judge_ids: Collection[int] | None = None,
    actor: Actor = SYSTEM,
) -> int:
    """Search a phase, or some of its judges, anew; how many cases came up. The caller holds the gate."""
    wanted = entries.of_phase(phase)
    found = keeping.renew(session, phase, wanted, held.now, judge_ids=judge_ids, actor=actor)
    refresh(session, held, wanted)
    return found


def of_seat(session: Session, judge_id: int) -> None:
    """A judge joined, or got entries to read."""
    phase = session.scalar(
        sa.select(Phase).join(PanelJudge, PanelJudge.phase_id == Phase.id).where(PanelJudge.id == judge_id)
    )
    if phase is not None:
        held = gate.hold(session, phase.round_id)
        of_phase(session, held, phase, judge_ids=[judge_id])


def of_person(session: Session, user_id: int) -> None:
    """What a person is tied to has changed: their seats on panels, and the entries they stand behind."""
    seats = sa.select(PanelJudge.id).where(PanelJudge.user_id == user_id)
    seats = seats.join(Phase, Phase.id == PanelJudge.phase_id).where(Phase.round_id.in_(LIVE))
    for judge_id in session.scalars(seats.order_by(PanelJudge.id)).all():
        of_seat(session, judge_id)
    team = sa.exists().where(TeamMember.submission_id == Submission.id, TeamMember.user_id == user_id)
    behind = sa.or_(Submission.owner_id == user_id, team)
    mine = sa.select(Submission.round_id, Submission.id).where(behind, Submission.round_id.in_(LIVE))
    for round_id, submission_id in session.execute(mine.order_by(Submission.id)).all():
        recheck(session, round_id, submission_id)


def everywhere(session: Session, round_id: int | None = None, *, programme_id: int | None = None) -> None:
    """What organizations are called has changed, or all of a round's entries are in: whole phases anew.

    Of one round, of the live rounds of one programme, or of all live rounds.
    """
    live = LIVE if programme_id is None else LIVE.where(Round.programme_id == programme_id)
    which = Phase.round_id.in_(live) if round_id is None else Phase.round_id == round_id
    for number in sorted({phase.round_id for phase in _phases(session, which)}):
        held = gate.hold(session, number)
        for phase in _phases(session, Phase.round_id == number):
            of_phase(session, held, phase)


def refresh(session: Session, held: gate.Gate, wanted: sa.ColumnElement[bool]) -> int:
    """Keep at each assignment of the submissions `wanted` the conflict in force; how many came up."""
    round_id = held.round.id
    rows = session.scalars(_assignments(round_id, wanted).with_for_update(of=Assignment)).all()
    found: dict[tuple[int, int], str] = {}
    for phase_id in sorted({each.phase_id for each in rows}):
        found |= conflicts.hard(session, phase_id, wanted)
    kept = {each: found.get((each.judge_id, each.submission_id)) for each in rows}
    changed = [each for each, reason in kept.items() if each.conflict != reason]
    new = 0
    for each in changed:
        reason = kept[each]
        came = reason is not None and each.conflict is None
        each.conflict, each.conflict_at = reason, held.now if reason else None
        session.flush()
        new += came
        if came:
            _announce(session, each, round_id, held)
    where = chain.round_chain(round_id)
    told = [
        chain.Entry(
            where,
            SYSTEM,
            "assignment.conflicted" if each.conflict else "assignment.cleared",
            f"assignment:{each.id}",
            {"judge": each.judge_id, "submission": each.submission_id, "conflict": each.conflict},
        )
        for each in changed
    ]
    if told:
        chain.record_many(session, told, at=held.now)
    return new


def _announce(session: Session, assignment: Assignment, round_id: int, held: gate.Gate) -> None:
    user_id = session.scalar(sa.select(PanelJudge.user_id).where(PanelJudge.id == assignment.judge_id))
    queue.announce(
        session,
        "assignment.conflicted",
        f"assignment:{assignment.id}",
        mark=held.now.isoformat(),
        at=held.now,
        round_id=round_id,
        assignment_id=assignment.id,
        user_id=user_id,
    )


def _assignments(round_id: int, wanted: sa.ColumnElement[bool]) -> sa.Select[Assignment]:
    return (
        sa.select(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Submission.round_id == round_id, wanted, Assignment.state.in_(READING))
        .order_by(Assignment.id)
    )


def _phases(session: Session, which: sa.ColumnElement[bool]) -> list[Phase]:
    """Phases that are not over and have a judge with an account, in their order."""
    seated = sa.exists().where(PanelJudge.phase_id == Phase.id, PanelJudge.user_id.is_not(None))
    query = sa.select(Phase).where(which, Phase.closed_at.is_(None), seated)
    return list(session.scalars(query.order_by(Phase.round_id, Phase.number)))
