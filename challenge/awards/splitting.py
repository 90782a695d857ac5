"""The organizer splits a pool among the winners of its prizes, before the notice."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import facts, limits, queries
from challenge.awards.board import awards_of
from challenge.awards.models import Award
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.money import Sum
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission


def splittable(award: Award) -> bool:
    """Whether an award (its prize loaded) has a share of a pool that somebody sets; on notice it stands."""
    return award.state == "proposed" and award.prize.pool_id is not None and award.prize.amount_minor is None


def split(
    session: Session, actor: Actor, round_id: int, pool_id: int, shares: Mapping[str, int | None]
) -> None:
    """Give each award of the pool its share in minor units, by its ref; None takes it away again.

    Raises Invalid at `shares` where they are more than there is. The same again has no effect.
    """
    held = gate.hold(session, round_id, exclusive=True)
    conflicted = facts.conflicted(session, actor, Submission.round_id == round_id)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now, conflicted=conflicted))
    queries.check_not_on_notice(session, round_id)
    awards = awards_of(session, round_id)
    mine = {each.ref: each for each in awards if splittable(each) and each.prize.pool_id == pool_id}
    if not shares.keys() <= mine.keys():
        raise NotFound
    changed = [each for ref, each in mine.items() if ref in shares and each.amount_minor != shares[ref]]
    for award in changed:
        award.amount_minor = shares[award.ref]
    for shared in limits.of_round(session, round_id, awards).shared:
        if shared.pool.id == pool_id and shared.exceeded:
            total, currency = shared.pool.total_minor, shared.pool.currency
            raise Invalid(
                "shares", "pool_exceeded", given=Sum(shared.taken, currency), total=Sum(total, currency)
            )
    session.flush()
    where = chain.round_chain(round_id)
    entries = [
        chain.Entry(
            where,
            actor,
            "award.share_set",
            f"award:{each.id}",
            {"pool": pool_id, "minor": each.amount_minor}
            | ({"requirement": each.requirement_id} if each.requirement_id else {}),
        )
        for each in changed
    ]
    if entries:
        chain.record_many(session, entries, at=held.now)
