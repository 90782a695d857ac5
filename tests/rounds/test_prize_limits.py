"""Prizes by kind, pools that they share, caps of what one may win: written until judging opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from challenge.audit.models import AuditEntry
from challenge.rounds import prize_limits, prizes
from challenge.rounds.models import Round
from challenge.rounds.prize_limits import CapFacts, PoolFacts
from challenge.rounds.prizes import PrizeFacts
from challenge.rules.errors import InvalidMany, WrongState
from challenge.rules.permissions import Actor
from challenge.rules.stages import Stage

Run = Callable[..., tuple[Round, Actor]]
PURSE = PoolFacts(name_en="Purse", total_minor=50_000_000)


def test_kind_is_what_sum_and_words_say_where_nobody_says_it(db: Session, run: Run) -> None:
    round_, actor = run(Stage.DRAFT)
    wanted = [
        PrizeFacts(name_en="Cash", amount_minor=100),
        PrizeFacts(name_en="Trip", text="Three days"),
        PrizeFacts(name_en="Cash and trip", amount_minor=100, text="Three days"),
    ]
    prizes.replace(db, actor, round_.id, wanted)
    assert [prize.kind for prize in prizes.prizes_of(db, round_.id)] == ["money", "in_kind", "both"]


def test_prizes_share_a_pool_and_the_round_pays_it_once(db: Session, run: Run) -> None:
    round_, actor = run(Stage.DRAFT)
    for _ in range(2):
        prize_limits.replace(db, actor, round_.id, [PURSE], [CapFacts("entry", most_awards=2)])
    (pool,) = prize_limits.pools_of(db, round_.id)
    wanted = [
        PrizeFacts(name_en="Share", slots=3, kind="money", pool_id=pool.id),
        PrizeFacts(name_en="Fixed", kind="money", amount_minor=1_000, pool_id=pool.id),
        PrizeFacts(name_en="Beside it", kind="money", amount_minor=7_000),
    ]
    prizes.replace(db, actor, round_.id, wanted)
    assert round_.prize_minor == 50_007_000
    assert db.query(AuditEntry).filter_by(action="round.prize_limits_edited").count() == 1
    with pytest.raises(WrongState, match="pool_used"):
        prize_limits.replace(db, actor, round_.id, [], [])


def test_a_prize_that_is_worth_something_else_than_it_says_is_refused_at_its_row(
    db: Session, run: Run
) -> None:
    round_, actor = run(Stage.DRAFT)
    each = PoolFacts(name_en="Each", total_minor=100, scope="requirement", currency="USD")
    prize_limits.replace(db, actor, round_.id, [each], [])
    (pool,) = prize_limits.pools_of(db, round_.id)
    wanted = [
        PrizeFacts(name_en="a", kind="in_kind", amount_minor=5),
        PrizeFacts(name_en="b", kind="money"),
        PrizeFacts(name_en="c", kind="both", amount_minor=5),
        PrizeFacts(name_en="d", kind="gold"),
        PrizeFacts(name_en="e", kind="money", pool_id=pool.id, currency="USD"),
        PrizeFacts(name_en="f", kind="money", pool_id=pool.id, scope="requirement"),
        PrizeFacts(name_en="g", kind="money", amount_minor=5, pool_id=pool.id + 1),
    ]
    with pytest.raises(InvalidMany) as refusal:
        prizes.replace(db, actor, round_.id, wanted)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [
        ("prizes-0-amount", "in_kind_without_sum"),
        ("prizes-1-amount", "sum_or_pool"),
        ("prizes-2-text", "in_kind_said"),
        ("prizes-3-kind", "not_a_choice"),
        ("prizes-4-pool", "pool_of_requirement"),
        ("prizes-5-unit", "pool_currency"),
        ("prizes-6-pool", "not_a_choice"),
    ]


def test_faults_of_pools_and_caps_stand_at_their_fields(db: Session, run: Run) -> None:
    round_, actor = run(Stage.DRAFT)
    pools = [PoolFacts(name_en="x" * 101, scope="world", currency="QQQ"), PoolFacts(total_minor=5)]
    caps = [CapFacts("entry", most_awards=0), CapFacts("organization", most_minor=0)]
    with pytest.raises(InvalidMany) as refusal:
        prize_limits.replace(db, actor, round_.id, pools, caps)
    assert {(fault.field, fault.code) for fault in refusal.value.faults} == {
        ("pools-0-name_en", "too_long"),
        ("pools-0-amount", "sum_needed"),
        ("pools-0-scope", "not_a_choice"),
        ("pools-0-unit", "not_a_choice"),
        ("pools-1-name_zh", "title_needed"),
        ("entry_awards", "out_of_range"),
        ("organization_amount", "sum_needed"),
    }
