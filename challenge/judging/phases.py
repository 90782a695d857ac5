"""The phases of a round's judging: laid out beforehand, moved on from with a cut, each with its own close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.judging import rubric
from challenge.judging.laid_out import of_round
from challenge.judging.models import BLINDNESS, KINDS, Criterion, PanelJudge, Phase
from challenge.judging.turns import own_of, state_of
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import phases as rules
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.scales import plain
from challenge.rules.stages import Stage
from challenge.tasks import queue

MOST_PHASES = 8
_PLAIN = (
    *("kind", "blindness", "opens_at", "closes_at"),
    *("cut", "cut_value", "panel_public", "carries_comments"),
    *("way", "seats", "public_vote"),
)
_TEXTS = ("name_zh", "name_en", "guidance_zh", "guidance_en")
NAME = 120
REASON = 1000


@dataclass(frozen=True, slots=True)
class PhaseDraft:
    """A phase as an organizer lays it out; times are in UTC, an empty end is the round's own."""

    kind: str = "final"
    name_zh: str = ""
    name_en: str = ""
    blindness: str = "blind"
    opens_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    cut: str = "none"
    cut_value: Decimal | None = None
    panel_public: bool = False
    carries_comments: bool = False
    way: str = "scores"
    seats: int | None = None  # how many a ranked phase chooses
    public_vote: str = "none"
    carried_points: Decimal | None = None  # what the points of the phase before are worth in this one


def add(session: Session, actor: Actor, round_id: int, draft: PhaseDraft) -> Phase:
    """Lay out a further phase after the last; its rubric begins as a copy of the one before.

    Raises InvalidMany by field, WrongState("phases_fixed") once the phase before has ended.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.PHASE_EDIT, rounds.subject_of(held.round, held.now))
    rubric.ensure_phase(session, round_id)
    known = of_round(session, round_id)
    last = rubric.phase_or_404(session, round_id, known[-1].number)
    if len(known) >= MOST_PHASES:
        raise Invalid("phases", "too_many_phases", most=MOST_PHASES)
    if state_of(known[-1], held.windows, held.now) == "over":
        raise WrongState("phases_fixed")
    phase = Phase(
        round_id=round_id,
        number=known[-1].number + 1,
        **{name: getattr(last, name) for name in ("per_entry", "method", "flag_percent")},
    )
    _set(phase, draft, held, known, len(known))
    held.round.phase_count = phase.number
    session.add(phase)
    session.flush()
    for each in last.criteria:
        if not each.carried:
            session.add(_copy(each, phase.id))
    _carry_criterion(session, phase, draft.carried_points, last.criteria)
    _say(session, actor, held, "phase.added", phase)
    return phase


def edit(
    session: Session, actor: Actor, round_id: int, number: int, draft: PhaseDraft, reason: str = ""
) -> Phase:
    """Change a phase: all of it while it is planned; of an open one only a later close, with a reason.

    Raises InvalidMany by field, WrongState("phase_over"), Invalid("reason", "required").
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.PHASE_EDIT, rounds.subject_of(held.round, held.now))
    if number == 1:
        rubric.ensure_phase(session, round_id)
    phase = rubric.phase_or_404(session, round_id, number)
    known = of_round(session, round_id)
    place = known.index(phase)
    state = state_of(phase, held.windows, held.now)
    if state == "over":
        raise WrongState("phase_over")
    before = phase.closes_at
    if state == "open":
        _only_later(phase, draft, reason)
        phase.closes_at = draft.closes_at
        _check(held, known)
    else:
        _set(phase, draft, held, known, place)
        session.flush()
        criteria = list(session.scalars(sa.select(Criterion).where(Criterion.phase_id == phase.id)))
        _carry_criterion(session, phase, draft.carried_points, criteria)
    session.flush()
    moved = state == "open" and before != phase.closes_at
    detail = {"reason": reason.strip()} if moved else {}
    _say(session, actor, held, "phase.extended" if moved else "phase.edited", phase, told=moved, **detail)
    return phase


def remove(session: Session, actor: Actor, round_id: int, number: int) -> None:
    """Take the last phase away again while nothing was carried on into it and nobody is on its panel."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.PHASE_EDIT, rounds.subject_of(held.round, held.now))
    known = of_round(session, round_id)
    if number < 2 or not known or known[-1].number < number:
        return  # the same form once more
    phase = known[-1]
    if phase.number != number:
        raise WrongState("phase_not_last")
    seated = sa.select(PanelJudge.id).where(PanelJudge.phase_id == phase.id).limit(1)
    if phase.begun_at is not None or session.scalar(seated) is not None:
        raise WrongState("phase_in_use")
    _say(session, actor, held, "phase.removed", phase)
    held.round.phase_count = number - 1
    held.round.public_vote = any(each.public_vote != "none" for each in known[:-1])
    session.execute(sa.delete(Phase).where(Phase.id == phase.id))


def _set(phase: Phase, draft: PhaseDraft, held: gate.Gate, known: Sequence[Phase], place: int) -> None:
    faults = list(_faults(draft, first=place == 0))
    if faults:
        raise InvalidMany(faults)
    for name in _PLAIN:
        setattr(phase, name, getattr(draft, name))
    phase.name_zh, phase.name_en = draft.name_zh.strip() or None, draft.name_en.strip() or None
    all_now = [*known[:place], phase, *known[place + 1 :]]
    held.round.public_vote = any(each.public_vote != "none" for each in all_now)
    _check(held, all_now, place)


def _faults(draft: PhaseDraft, *, first: bool) -> list[Invalid]:
    faults = []
    if draft.kind not in KINDS:
        faults.append(Invalid("kind", "not_a_choice"))
    if draft.blindness not in BLINDNESS:
        faults.append(Invalid("blindness", "not_a_choice"))
    if draft.panel_public and draft.blindness == "double":
        faults.append(Invalid("panel_public", "panel_unseen"))
    names = {name: len(getattr(draft, name)) for name in ("name_zh", "name_en")}
    faults += [Invalid(name, "too_long", length=n, most=NAME) for name, n in names.items() if n > NAME]
    fault = rules.check_cut(draft.cut, draft.cut_value)
    if fault is not None:
        faults.append(fault)
    faults += rules.check_way(draft.way, draft.seats, draft.public_vote, draft.cut)
    points = draft.carried_points
    if points is not None and (first or not 0 < points <= 10_000 or points != round(points, 4)):
        faults.append(Invalid("carried_points", "too_fine_or_large", places=4, most=10_000))
    return faults


def _check(held: gate.Gate, phases: Sequence[Phase], place: int | None = None) -> None:
    """Raise InvalidMany where the windows do not fit; faults of another phase are told at the close."""
    faults = rules.check([own_of(each) for each in phases], held.windows.get(Stage.JUDGING))
    mine = [fault for where, fault in faults if place is None or where == place]
    others = [(where, fault) for where, fault in faults if place is not None and where != place]
    told = [Invalid("closes_at", "phase_clash", number=phases[where].number) for where, _ in others[:1]]
    # A phase before that has no close yet gets one when the next is laid out: told at its own field.
    if mine or told:
        raise InvalidMany([*mine, *told])


def _only_later(phase: Phase, draft: PhaseDraft, reason: str) -> None:
    if phase.closes_at is None:
        raise WrongState("phase_closes_with_round")
    if draft.closes_at is None or draft.closes_at < phase.closes_at:
        raise Invalid("closes_at", "never_shortened", at=phase.closes_at)
    if draft.closes_at != phase.closes_at and not reason.strip():
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", length=len(reason), most=REASON)


def _copy(criterion: Criterion, phase_id: int) -> Criterion:
    names = (
        "position",
        "name_zh",
        "name_en",
        "guidance_zh",
        "guidance_en",
        "minimum",
        "maximum",
        "step",
        "weight",
    )
    return Criterion(phase_id=phase_id, **{name: getattr(criterion, name) for name in names})


def _carry_criterion(
    session: Session, phase: Phase, points: Decimal | None, criteria: Sequence[Criterion]
) -> None:
    """Points carried on are a criterion that no judge scores: 0 to 100 of the phase before, at a weight."""
    there = next((each for each in criteria if each.carried and each.phase_id == phase.id), None)
    if points is None:
        if there is not None:
            session.delete(there)
        return
    weight = points / 100
    if there is not None:
        there.weight = weight
        return
    session.add(
        Criterion(
            phase_id=phase.id,
            position=1 + max((each.position for each in criteria), default=0),
            name_zh="上一轮评分",
            name_en="Points of the phase before",
            minimum=Decimal(0),
            maximum=Decimal(100),
            step=Decimal("0.0001"),
            weight=weight,
            carried=True,
        )
    )


def _say(
    session: Session,
    actor: Actor,
    held: gate.Gate,
    action: str,
    phase: Phase,
    *,
    told: bool = False,
    **detail: Any,
) -> None:
    held.round.version += 1
    session.flush()
    facts = {
        "number": phase.number,
        "kind": phase.kind,
        "blindness": phase.blindness,
        "way": phase.way,
        "public_vote": phase.public_vote,
        "opens_at": chain.instant_text(phase.opens_at) if phase.opens_at else None,
        "closes_at": chain.instant_text(phase.closes_at) if phase.closes_at else None,
        "cut": phase.cut,
        "cut_value": None if phase.cut_value is None else plain(phase.cut_value),
    }
    if told:
        about = {"round_id": held.round.id, "phase_id": phase.id, **detail}
        queue.announce(session, action, f"phase:{phase.id}", mark=held.now.isoformat(), at=held.now, **about)
    where = chain.round_chain(held.round.id)
    chain.record(session, actor, action, f"phase:{phase.id}", chain=where, at=held.now, **facts, **detail)
