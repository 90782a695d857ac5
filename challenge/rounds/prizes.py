"""The prizes of a round: for the whole of it or for every requirement, how many, and what each is worth."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.audit import chain
from challenge.rounds import gate, prize_limits, rows, themes
from challenge.rounds.drafting import CURRENCIES
from challenge.rounds.models import Prize
from challenge.rounds.prize_models import PrizePool
from challenge.rounds.programmes import TITLE
from challenge.rounds.queries import subject_of
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage

SCOPES = ("round", "requirement")
KINDS = ("money", "in_kind", "both")
MOST_PRIZES, MOST_SLOTS, TEXT = 30, 1000, 500


@dataclass(frozen=True, slots=True)
class PrizeFacts:
    """One prize as written; `id` names the one that is changed, None adds one.

    Without a `kind` it is what sum and text say. Money without a sum of its own is a share of a pool.
    """

    id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    scope: str = "round"
    theme_id: int | None = None  # a track of the round: then its slots go by that track's ranking
    slots: int = 1
    amount_minor: int | None = None
    currency: str = "CNY"
    text: str = ""
    kind: str = ""
    pool_id: int | None = None


def replace(session: Session, actor: Actor, round_id: int, wanted: Sequence[PrizeFacts]) -> None:
    """Make these the round's prizes, in this order, until its judging opens; what is not named goes.

    Raises `InvalidMany` with faults at `prizes-<n>-<field>`, `WrongState` once judging opened.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ROUND_EDIT, subject_of(round_, held.now))
    if any(row.stage == Stage.JUDGING.value and has_opened(row, held.now) for row in round_.windows):
        raise WrongState("prizes_fixed")
    wanted = [_with_kind(facts) for facts in wanted]
    pools = {pool.id: pool for pool in prize_limits.pools_of(session, round_id)}
    _check(wanted, {theme.id for theme in themes.themes_of(session, round_id)}, pools)
    known = {prize.id: prize for prize in prizes_of(session, round_id)}
    before = [_facts(prize) for prize in known.values()]
    wanted = rows.named(wanted, before)
    kept = {facts.id for facts in wanted}
    for prize in known.values():
        if prize.id not in kept:
            session.delete(prize)
    for position, facts in enumerate(wanted, start=1):
        _write(session, round_id, known.get(facts.id or 0), facts, position)
    session.flush()
    after = [_facts(prize) for prize in prizes_of(session, round_id)]
    if after == before:
        return
    prize_limits.set_total(session, round_)
    round_.version += 1
    session.flush()
    where = chain.round_chain(round_id)
    chain.record(
        session, actor, "round.prizes_edited", f"round:{round_id}", chain=where, at=held.now, count=len(after)
    )


def prizes_of(session: Session, round_id: int) -> Sequence[Prize]:
    """The prizes of a round in their order, each with its track."""
    query = sa.select(Prize).where(Prize.round_id == round_id).order_by(Prize.position, Prize.id)
    return session.scalars(query.options(joinedload(Prize.theme))).all()


def _write(session: Session, round_id: int, prize: Prize | None, facts: PrizeFacts, position: int) -> None:
    prize = prize or Prize(round_id=round_id)
    prize.position, prize.scope, prize.slots = position, facts.scope, facts.slots
    prize.theme_id = facts.theme_id
    prize.name_zh, prize.name_en = facts.name_zh.strip() or None, facts.name_en.strip() or None
    prize.amount_minor, prize.currency = facts.amount_minor, facts.currency
    prize.text, prize.kind, prize.pool_id = facts.text.strip() or None, facts.kind, facts.pool_id
    session.add(prize)


def _facts(prize: Prize) -> PrizeFacts:
    return PrizeFacts(
        id=prize.id,
        name_zh=prize.name_zh or "",
        name_en=prize.name_en or "",
        scope=prize.scope,
        theme_id=prize.theme_id,
        slots=prize.slots,
        amount_minor=prize.amount_minor,
        currency=prize.currency,
        text=prize.text or "",
        kind=prize.kind,
        pool_id=prize.pool_id,
    )


def _with_kind(facts: PrizeFacts) -> PrizeFacts:
    if facts.kind:
        return facts
    said = "both" if facts.text.strip() else "money"
    return dataclasses.replace(facts, kind="in_kind" if facts.amount_minor is None else said)


def _worth(row: str, facts: PrizeFacts, pools: Mapping[int, PrizePool]) -> list[Invalid]:
    """What is wrong with how a prize is worth something: its kind, its sum, the pool that it shares."""
    pool = pools.get(facts.pool_id or 0)
    faults = []
    if facts.kind not in KINDS:
        faults.append(Invalid(f"{row}-kind", "not_a_choice"))
    elif facts.kind == "in_kind" and (facts.amount_minor is not None or facts.pool_id is not None):
        faults.append(Invalid(f"{row}-amount", "in_kind_without_sum"))
    elif facts.kind != "in_kind" and facts.amount_minor is None and pool is None:
        faults.append(Invalid(f"{row}-amount", "sum_or_pool"))
    if facts.kind == "both" and not facts.text.strip():
        faults.append(Invalid(f"{row}-text", "in_kind_said"))
    if facts.pool_id is not None and (
        pool is None or (pool.scope == "requirement" and facts.scope != "requirement")
    ):
        faults.append(Invalid(f"{row}-pool", "not_a_choice" if pool is None else "pool_of_requirement"))
    elif pool is not None and pool.currency != facts.currency:
        faults.append(Invalid(f"{row}-unit", "pool_currency", currency=pool.currency))
    return faults


def _check(
    wanted: Sequence[PrizeFacts], known_themes: Collection[int], pools: Mapping[int, PrizePool]
) -> None:
    faults = [Invalid("prizes", "too_many_rows", most=MOST_PRIZES)] if len(wanted) > MOST_PRIZES else []
    for place, facts in enumerate(wanted):
        row = f"prizes-{place}"
        if not facts.name_zh.strip() and not facts.name_en.strip():
            faults.append(Invalid(f"{row}-name_zh", "title_needed"))
        faults += [
            Invalid(f"{row}-{name}", "too_long", most=most, length=len(getattr(facts, name)))
            for name, most in (("name_zh", TITLE), ("name_en", TITLE), ("text", TEXT))
            if len(getattr(facts, name)) > most
        ]
        if not 1 <= facts.slots <= MOST_SLOTS:
            faults.append(Invalid(f"{row}-slots", "out_of_range", minimum=1, maximum=MOST_SLOTS))
        theme_fits = facts.theme_id is None or (facts.scope == "round" and facts.theme_id in known_themes)
        if facts.scope not in SCOPES or not theme_fits:
            faults.append(Invalid(f"{row}-scope", "not_a_choice"))
        faults += _worth(row, facts, pools)
        if facts.currency not in CURRENCIES:
            faults.append(Invalid(f"{row}-unit", "not_a_choice"))
    if faults:
        raise InvalidMany(faults)
