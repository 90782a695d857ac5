"""What is scored and how it counts: the phase, its criteria and its method, until judging opens."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.audit import chain
from challenge.base.db import insert_into
from challenge.judging import laid_out
from challenge.judging.criteria import DEFAULT, MOST_PLACES, CriterionDraft, checked, values_of
from challenge.judging.models import Assignment, Criterion, Phase, Scorecard
from challenge.judging.turns import subject_of
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Method as PublishedMethod
from challenge.rules import scoring
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require


def phase_of(session: Session, round_id: int, number: int | None = None) -> Phase | None:
    """A judging phase of the round with its criteria, or None where there is none (one statement).

    Without a number the phase at hand: the last whose entries are known.
    """
    query = (
        sa.select(Phase)
        .where(laid_out.which(round_id, number))
        .order_by(Phase.number.desc())
        .options(joinedload(Phase.criteria))
        .execution_options(populate_existing=True)
    )
    # Phases of a round are few; a LIMIT would wrap the join into a subquery.
    return session.scalars(query).unique().first()


def phase_or_404(session: Session, round_id: int, number: int | None = None) -> Phase:
    """The same; raises NotFound where there is none."""
    phase = phase_of(session, round_id, number)
    if phase is None:
        raise NotFound
    return phase


def ensure_phase(session: Session, round_id: int, number: int | None = None) -> Phase:
    """The round's phase; the first is made with the default rubric and method where there is none yet.

    For services that have asked their own permission; two callers at once make one phase. Raises NotFound
    where a later phase is asked for that was never laid out.
    """
    phase = phase_of(session, round_id, number)
    if phase is not None:
        return phase
    if number not in (None, 1):
        raise NotFound
    published = session.get(PublishedMethod, round_id)
    spec = published.spec if published is not None and published.spec else scoring.Method().to_json()
    made = session.scalar(
        insert_into(session, Phase)
        .values(round_id=round_id, number=1, blindness="blind", per_entry=3, method=spec)
        .on_conflict_do_nothing()
        .returning(Phase.id)
    )
    if made is not None:
        session.add_all(
            Criterion(phase_id=made, position=position, **values_of(draft))
            for position, draft in enumerate(DEFAULT, start=1)
        )
        session.flush()
    return phase_or_404(session, round_id)


def set_up(session: Session, actor: Actor, round_id: int) -> Phase:
    """Give a round its judging phase with the default rubric; a round that has one keeps it."""
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.RUBRIC_EDIT, rounds.subject_of(held.round, held.now))
    return ensure_phase(session, round_id)


def edit(
    session: Session,
    actor: Actor,
    round_id: int,
    drafts: Sequence[CriterionDraft],
    per_entry: int,
    number: int | None = None,
) -> Phase:
    """Replace the rubric. Raises InvalidMany by row (`criteria-2-weight`), WrongState once scored."""
    held, phase = _planned(session, actor, round_id, number)
    rows = checked(drafts, per_entry)
    known = [each for each in phase.criteria if not each.carried]
    for position, values in enumerate(rows, start=1):
        if position > len(known):
            session.add(Criterion(phase_id=phase.id, position=position, **values))
            continue
        for name, value in {**values, "position": position}.items():
            setattr(known[position - 1], name, value)
    for criterion in known[len(rows) :]:
        session.delete(criterion)
    phase.per_entry = per_entry
    held.round.version += 1
    session.flush()
    chain.record(
        session,
        actor,
        "rubric.edited",
        f"phase:{phase.id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        criteria=len(rows),
        per_entry=per_entry,
    )
    return phase_or_404(session, round_id, phase.number)


def declare_method(
    session: Session, actor: Actor, round_id: int, method: scoring.Method, number: int | None = None
) -> Phase:
    """Publish how scorecards become the ranking; it stands from the day the phase opens."""
    if method.places > MOST_PLACES:
        raise Invalid("places", "too_large", most=MOST_PLACES)
    held, phase = _planned(session, actor, round_id, number)
    phase.method = method.to_json()
    if phase.number == 1:
        published = session.get(PublishedMethod, round_id)
        if published is None:
            session.add(PublishedMethod(round_id=round_id, spec=method.to_json()))
        else:
            published.spec = method.to_json()
    held.round.version += 1
    session.flush()
    chain.record(
        session,
        actor,
        "method.declared",
        f"phase:{phase.id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        **method.to_json(),
    )
    return phase


def method_of(phase: Phase) -> scoring.Method:
    """The phase's method; a phase that declares none has the default one."""
    return scoring.Method.from_json(phase.method) if phase.method else scoring.Method()


def scales_of(criteria: Sequence[Criterion]) -> list[scoring.Criterion]:
    """Stored criteria as the rules know them, named by their numbers."""
    return [
        scoring.Criterion(str(each.id), each.minimum, each.maximum, each.step, each.weight)
        for each in criteria
    ]


def _planned(session: Session, actor: Actor, round_id: int, number: int | None) -> tuple[gate.Gate, Phase]:
    """The phase, held, while its rubric and method may still change."""
    held = gate.hold(session, round_id, exclusive=True)
    known = phase_of(session, round_id, number)
    require(actor, Action.RUBRIC_EDIT, subject_of(held.round, known, held.now))
    phase = known or ensure_phase(session, round_id, number)
    _refuse_in_use(session, phase)
    return held, phase


def _refuse_in_use(session: Session, phase: Phase) -> None:
    scored = (
        sa.select(Scorecard.id)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(Assignment.phase_id == phase.id)
        .limit(1)
    )
    if session.scalar(scored) is not None:
        raise WrongState("rubric_in_use")
