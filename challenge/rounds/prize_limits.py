"""Sums that prizes share, and how much one entry or organization may win: set until judging opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate, rows
from challenge.rounds.drafting import CURRENCIES
from challenge.rounds.models import Prize, Round
from challenge.rounds.prize_models import PrizeCap, PrizePool
from challenge.rounds.programmes import TITLE
from challenge.rounds.queries import subject_of
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage

SCOPES = ("round", "requirement")
PER = ("entry", "organization")
MOST_POOLS, MOST_AWARDS = 10, 1000


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """One pool as written; `id` names the one that is changed, None adds one."""

    id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    scope: str = "round"
    total_minor: int | None = None
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class CapFacts:
    """The most that one entry (or organization: `per`) wins; a cap that names neither is none."""

    per: str
    most_awards: int | None = None
    most_minor: int | None = None
    currency: str = "CNY"


def pools_of(session: Session, round_id: int) -> Sequence[PrizePool]:
    """The pools of a round in their order."""
    query = sa.select(PrizePool).where(PrizePool.round_id == round_id)
    return session.scalars(query.order_by(PrizePool.position, PrizePool.id)).all()


def caps_of(session: Session, round_id: int) -> Sequence[PrizeCap]:
    """The caps of a round: of an entry, of an organization, or none."""
    return session.scalars(
        sa.select(PrizeCap).where(PrizeCap.round_id == round_id).order_by(PrizeCap.per)
    ).all()


def replace(
    session: Session, actor: Actor, round_id: int, pools: Sequence[PoolFacts], caps: Sequence[CapFacts]
) -> None:
    """Make these the round's pools and caps, until its judging opens; what is not named goes.

    Raises `InvalidMany` with faults at `pools-<n>-<field>` and `<per>_<field>`, `WrongState` once judging
    opened or where prizes still share a pool that goes.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_EDIT, subject_of(round_, held.now))
    if any(row.stage == Stage.JUDGING.value and has_opened(row, held.now) for row in round_.windows):
        raise WrongState("prizes_fixed")
    _check(pools, caps)
    before = _state(session, round_id)
    _write_pools(session, round_id, pools)
    _write_caps(session, round_id, caps)
    after = _state(session, round_id)
    if after == before:
        return
    set_total(session, round_)
    round_.version += 1
    session.flush()
    where = chain.round_chain(round_id)
    counts = {"pools": len(after[0]), "caps": len(after[1])}
    chain.record(
        session, actor, "round.prize_limits_edited", f"round:{round_id}", chain=where, at=held.now, **counts
    )


def set_total(session: Session, round_: Round) -> None:
    """What the round itself pays out, in its own currency: its prizes, and each sum that several share.

    A prize for each requirement, or a sum for each, is not in it.
    """
    prizes = session.scalars(sa.select(Prize).where(Prize.round_id == round_.id, Prize.pool_id.is_(None)))
    sums = [
        prize.amount_minor * prize.slots
        for prize in prizes
        if prize.scope == "round" and prize.amount_minor is not None and prize.currency == round_.currency
    ]
    sums += [
        pool.total_minor
        for pool in pools_of(session, round_.id)
        if pool.scope == "round" and pool.currency == round_.currency
    ]
    round_.prize_minor = sum(sums) if sums else None


def _write_pools(session: Session, round_id: int, pools: Sequence[PoolFacts]) -> None:
    known = {pool.id: pool for pool in pools_of(session, round_id)}
    named = rows.named(pools, [_facts(pool) for pool in known.values()])
    used = set(session.scalars(sa.select(Prize.pool_id).where(Prize.round_id == round_id)))
    for number in known.keys() - {facts.id for facts in named}:
        if number in used:
            raise WrongState("pool_used")
        session.delete(known[number])
    for position, facts in enumerate(named, start=1):
        pool = known.get(facts.id or 0) or PrizePool(round_id=round_id)
        if pool.id in used and (pool.scope, pool.currency) != (facts.scope, facts.currency):
            raise WrongState("pool_used")
        pool.position, pool.scope = position, facts.scope
        pool.name_zh, pool.name_en = facts.name_zh.strip() or None, facts.name_en.strip() or None
        pool.total_minor, pool.currency = facts.total_minor or 0, facts.currency
        session.add(pool)
    session.flush()


def _write_caps(session: Session, round_id: int, caps: Sequence[CapFacts]) -> None:
    known = {cap.per: cap for cap in caps_of(session, round_id)}
    wanted = {cap.per: cap for cap in caps if cap.most_awards is not None or cap.most_minor is not None}
    for per in known.keys() - wanted.keys():
        session.delete(known[per])
    for per, facts in wanted.items():
        cap = known.get(per) or PrizeCap(round_id=round_id, per=per)
        cap.most_awards, cap.most_minor, cap.currency = facts.most_awards, facts.most_minor, facts.currency
        session.add(cap)
    session.flush()


def _facts(pool: PrizePool) -> PoolFacts:
    names = (pool.name_zh or "", pool.name_en or "")
    return PoolFacts(pool.id, *names, pool.scope, pool.total_minor, pool.currency)


def _state(session: Session, round_id: int) -> tuple[list[PoolFacts], list[CapFacts]]:
    return (
        [_facts(pool) for pool in pools_of(session, round_id)],
        [
            CapFacts(cap.per, cap.most_awards, cap.most_minor, cap.currency)
            for cap in caps_of(session, round_id)
        ],
    )


def _check(pools: Sequence[PoolFacts], caps: Sequence[CapFacts]) -> None:
    faults = [Invalid("pools", "too_many_rows", most=MOST_POOLS)] if len(pools) > MOST_POOLS else []
    for place, facts in enumerate(pools):
        faults += _of_pool(f"pools-{place}", facts)
    for cap in caps:
        if cap.most_awards is not None and not 1 <= cap.most_awards <= MOST_AWARDS:
            faults.append(Invalid(f"{cap.per}_awards", "out_of_range", minimum=1, maximum=MOST_AWARDS))
        if cap.most_minor == 0:
            faults.append(Invalid(f"{cap.per}_amount", "sum_needed"))
        if cap.per not in PER or cap.currency not in CURRENCIES:
            faults.append(Invalid(f"{cap.per}_unit", "not_a_choice"))
    if faults:
        raise InvalidMany(faults)


def _of_pool(row: str, facts: PoolFacts) -> list[Invalid]:
    faults: list[Invalid] = []
    if not facts.name_zh.strip() and not facts.name_en.strip():
        faults.append(Invalid(f"{row}-name_zh", "title_needed"))
    faults += [
        Invalid(f"{row}-{name}", "too_long", most=TITLE, length=len(getattr(facts, name)))
        for name in ("name_zh", "name_en")
        if len(getattr(facts, name)) > TITLE
    ]
    if not facts.total_minor:
        faults.append(Invalid(f"{row}-amount", "sum_needed"))
    if facts.scope not in SCOPES:
        faults.append(Invalid(f"{row}-scope", "not_a_choice"))
    if facts.currency not in CURRENCIES:
        faults.append(Invalid(f"{row}-unit", "not_a_choice"))
    return faults
