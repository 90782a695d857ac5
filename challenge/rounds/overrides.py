"""Audited changes of a round that runs, each with a reason: a window closed early, a round cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate, sealing
from challenge.rounds.drafting import touch
from challenge.rounds.launching import retire_windows
from challenge.rounds.models import Override, Round, RoundWindow
from challenge.rounds.queries import subject_of
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid, TooLate, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage
from challenge.tasks import queue

REASON = 1000


def close_early(session: Session, actor: Actor, round_id: int, stage: Stage, reason: str) -> Override:
    """Close an open window at the gate's time; the scheduler's next tick records it as any other close.

    Sent twice it is closed once. Raises `TooLate`/`WrongState` unless it is open, `Invalid("reason", ...)`.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_CLOSE_EARLY, subject_of(round_, held.now))
    known = latest(session, round_id, "close_early", stage)
    if known is not None and any(
        row.stage == stage.value and row.closes_at == known.after_at for row in round_.windows
    ):
        return known
    reason = clean_reason(reason)
    row = open_row(round_, stage, held.now)
    if row.closes_at is not None and row.closes_at <= held.now:  # the grace runs: what was announced is over
        raise TooLate("window_closed_for_good", stage=stage.value, at=row.closes_at, zone=round_.zone)
    before_at = row.closes_at
    row.grace_seconds, row.closes_at = 0, held.now  # a grace is for an announced close; this one is at once
    override = write(session, actor, round_id, "close_early", reason, (stage, before_at, held.now), held.now)
    touch(round_, windows_of(round_), held.now)
    session.flush()
    detail = {"stage": stage.value, "override_id": override.id, "before": _text(before_at)}
    where = chain.round_chain(round_id)
    chain.record(
        session, actor, "round.closed_early", f"round:{round_id}", chain=where, at=held.now, **detail
    )
    return override


def cancel(session: Session, actor: Actor, round_id: int, reason: str) -> Round:
    """End a round for good, with the reason shown; nothing of it opens or closes any more. Twice is once."""
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_CANCEL, subject_of(round_, held.now))
    if round_.cancelled_at is not None:
        return round_
    round_.cancel_reason = clean_reason(reason)
    round_.cancelled_at = held.now
    round_.stage = Stage.CANCELLED.value
    round_.sort_at = held.now
    round_.version += 1
    session.flush()
    retire_windows(session, round_id)
    destroyed = round_.sealed and sealing.destroy(session, round_id, held.now)
    override = write(session, actor, round_id, "cancel", round_.cancel_reason, None, held.now)
    subject, where = f"round:{round_id}", chain.round_chain(round_id)
    facts = {"override_id": override.id}
    queue.announce(session, "round.cancelled", subject, at=held.now, round_id=round_id, **facts)
    if destroyed:
        chain.record(session, actor, "round.key_destroyed", subject, chain=where, at=held.now)
    chain.record(session, actor, "round.cancelled", subject, chain=where, at=held.now, **facts)
    return round_


def open_row(round_: Round, stage: Stage, now: dt.datetime) -> RoundWindow:
    """The window of the stage if it is open, grace included; raises `TooLate` after, `WrongState` before."""
    row = next((each for each in round_.windows if each.stage == stage.value), None)
    if row is None or row.opens_at is None or row.ends_at is None:
        raise TooLate("window_unknown")
    if row.closed_at is not None or row.ends_at <= now:
        raise TooLate("window_closed_for_good", stage=stage.value, at=row.closes_at, zone=round_.zone)
    if row.opens_at >= now:
        raise WrongState("window_not_open_edit", stage=stage.value)
    return row


def clean_reason(text: str) -> str:
    """The reason as it is kept; raises `Invalid("reason", ...)` where it is missing or too long."""
    text = text.strip()
    if not text:
        raise Invalid("reason", "reason_needed")
    if len(text) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(text))
    return text


def write(
    session: Session,
    actor: Actor,
    round_id: int,
    kind: str,
    reason: str,
    change: tuple[Stage, dt.datetime | None, dt.datetime] | None,
    now: dt.datetime,
) -> Override:
    """Keep an override with its reason; `change` names the stage, its close before and after."""
    stage, before_at, after_at = change or (None, None, None)
    override = Override(
        round_id=round_id,
        kind=kind,
        stage=stage.value if stage else None,
        before_at=before_at,
        after_at=after_at,
        reason=reason,
        author_id=actor.user_id,
        created_at=now,
    )
    session.add(override)
    session.flush()
    return override


def latest(session: Session, round_id: int, kind: str, stage: Stage) -> Override | None:
    """The last override of this kind for the stage."""
    query = sa.select(Override).where(
        Override.round_id == round_id, Override.kind == kind, Override.stage == stage.value
    )
    return session.scalars(query.order_by(Override.id.desc()).limit(1)).first()


def overrides_of(session: Session, round_id: int) -> Sequence[Override]:
    """Every override of a round, newest first."""
    query = sa.select(Override).where(Override.round_id == round_id).order_by(Override.id.desc())
    return session.scalars(query).all()


def _text(at: dt.datetime | None) -> str | None:
    return chain.instant_text(at) if at else None
