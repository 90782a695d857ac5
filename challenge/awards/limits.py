"""What bounds the awards of a round: the sums that prizes share, and the most that one may win."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenge.awards.board import awards_of
from challenge.awards.models import Award
from challenge.rounds.prize_limits import caps_of, pools_of
from challenge.rounds.prize_models import PrizeCap, PrizePool
from challenge.rules.errors import WrongState
from challenge.rules.money import Sum


@dataclass(frozen=True, slots=True)
class Shared:
    """What the awards take of a pool: of the round's, or of a requirement's (else 0)."""

    pool: PrizePool
    requirement_id: int
    awards: tuple[Award, ...]

    @property
    def taken(self) -> int:
        """What they are worth together, in minor units of the pool's currency."""
        return sum(worth(award) or 0 for award in self.awards)

    @property
    def unsplit(self) -> int:
        """How many have no share yet."""
        return sum(worth(award) is None for award in self.awards)

    @property
    def exceeded(self) -> bool:
        """Whether they are worth more than there is."""
        return self.taken > self.pool.total_minor


@dataclass(frozen=True, slots=True)
class Breach:
    """An entry, or the entries of one organization, with more than the cap allows; their codes."""

    cap: PrizeCap
    codes: tuple[str, ...]
    submissions: frozenset[int]
    awards: int
    minor: int


@dataclass(frozen=True, slots=True)
class Limits:
    """How the awards of a round stand against what bounds them."""

    shared: tuple[Shared, ...]
    breaches: tuple[Breach, ...]

    @property
    def over(self) -> frozenset[int]:
        """The entries that have, or whose organization has, more than a cap allows."""
        return frozenset[int]().union(*(breach.submissions for breach in self.breaches))


def worth(award: Award) -> int | None:
    """The share of an award (its prize loaded), or the sum of its prize; None where there is none."""
    return award.prize.amount_minor if award.amount_minor is None else award.amount_minor


def of_round(session: Session, round_id: int, awards: Sequence[Award]) -> Limits:
    """The awards in force (prize and submission loaded) against pools and caps: two statements."""
    pools, caps = pools_of(session, round_id), caps_of(session, round_id)
    shared = [each for pool in pools for each in _shared(pool, awards)]
    return Limits(tuple(shared), tuple(each for cap in caps for each in _breaches(cap, awards)))


def check(session: Session, round_id: int) -> None:
    """Raise WrongState while the awards of the round take more than they may, or a pool is not split."""
    found = of_round(session, round_id, awards_of(session, round_id))
    for shared in found.shared:
        sums = {"total": Sum(shared.pool.total_minor, shared.pool.currency)}
        if shared.unsplit:
            raise WrongState("pool_unsplit", count=shared.unsplit, **sums)
        if shared.exceeded:
            raise WrongState("pool_exceeded", given=Sum(shared.taken, shared.pool.currency), **sums)
    for breach in found.breaches:
        raise WrongState("cap_exceeded", codes=", ".join(breach.codes))


def _shared(pool: PrizePool, awards: Sequence[Award]) -> Iterator[Shared]:
    mine = [award for award in awards if award.prize.pool_id == pool.id]
    if pool.scope == "round":
        yield Shared(pool, 0, tuple(mine))
        return
    for requirement_id in sorted({award.requirement_id for award in mine}):
        yield Shared(
            pool, requirement_id, tuple(each for each in mine if each.requirement_id == requirement_id)
        )


def _breaches(cap: PrizeCap, awards: Sequence[Award]) -> Iterator[Breach]:
    holders: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        entry = award.submission
        holder = entry.id if cap.per == "entry" else entry.organization_id
        if holder is not None:
            holders[holder].append(award)
    for held in holders.values():
        minor = sum(worth(each) or 0 for each in held if each.prize.currency == cap.currency)
        too_many = cap.most_awards is not None and len(held) > cap.most_awards
        if too_many or (cap.most_minor is not None and minor > cap.most_minor):
            codes = tuple(sorted({each.submission.code for each in held}))
            yield Breach(cap, codes, frozenset(each.submission_id for each in held), len(held), minor)
