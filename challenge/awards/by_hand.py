"""A slot of the whole round's prizes filled or emptied by hand: what a tie left open, or people decide."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import facts, limits, queries
from challenge.awards.board import awards_of
from challenge.awards.models import Award
from challenge.awards.plans import Slot
from challenge.awards.proposing import award_for
from challenge.awards.standing import LIVE, current_ranking
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rounds.models import Prize
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.models import Submission
from challenge.submissions.themes import of_submission


def give_slot(
    session: Session, actor: Actor, round_id: int, prize_id: int, slot: int, submission_ref: str | None
) -> None:
    """Give a slot to an entry, or to nobody, before the notice. Giving it to the same again has no effect.

    Raises Invalid at `submission` for what is no entry of the round or of the prize's track, or has a place
    there already.
    """
    held = gate.hold(session, round_id, exclusive=True)
    conflicted = facts.conflicted(session, actor, Submission.round_id == round_id)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now, conflicted=conflicted))
    prize = session.get(Prize, prize_id)
    if prize is None or prize.round_id != round_id or prize.scope != "round" or not 1 <= slot <= prize.slots:
        raise NotFound
    queries.check_not_on_notice(session, round_id)
    chosen = _standing(session, round_id, submission_ref) if submission_ref else None
    mine = sa.and_(Award.prize_id == prize_id, Award.slot == slot, Award.state.in_(LIVE))
    before = session.execute(sa.select(Award.submission_id, Award.state).where(mine)).one_or_none()
    if (before.submission_id if before else None) == (chosen.id if chosen else None):
        return
    if before is not None and before.state == "on_notice":
        raise WrongState("notice_started")  # an objection left this one as it is
    withdrawn = lifecycles.AWARD.step("proposed", "withdraw")
    session.execute(sa.update(Award).where(mine).values(state=withdrawn))
    if chosen is not None:
        if not _in_track(session, prize, chosen.id):
            raise Invalid("submission", "not_of_track")
        if _won_already(session, prize, chosen.id):
            raise Invalid("submission", "won_already")
        ranking = current_ranking(session, round_id)
        session.add(award_for(round_id, Slot(prize_id, 0, slot), chosen.id, ranking.id))
    session.flush()
    if chosen is not None and (codes := _over(session, round_id, chosen.id)):
        raise Invalid("submission", "over_cap", codes=codes)
    given = {"prize": prize_id, "slot": slot, "submission": submission_ref}
    where = chain.round_chain(round_id)
    chain.record(session, actor, "award.by_hand", f"round:{round_id}", chain=where, at=held.now, **given)


def withhold(session: Session, actor: Actor, round_id: int, award_ref: str) -> None:
    """Give the prize of a requirement to nobody, because its winner would have more than a cap allows.

    The seeker's choice stands. Raises WrongState where no cap says so; withheld twice has one effect.
    """
    held = gate.hold(session, round_id, exclusive=True)
    conflicted = facts.conflicted(session, actor, Submission.round_id == round_id)
    require(actor, Action.AWARD_PROPOSE, rounds.subject_of(held.round, held.now, conflicted=conflicted))
    award = session.scalars(
        sa.select(Award).where(Award.ref == award_ref, Award.round_id == round_id)
    ).one_or_none()
    if award is None or award.requirement_id == 0:
        raise NotFound
    queries.check_not_on_notice(session, round_id)
    if award.state == "on_notice":
        raise WrongState("notice_started")
    if award.state == "withdrawn":
        return
    if not _over(session, round_id, award.submission_id):
        raise WrongState("nothing_to_withhold")
    award.state = lifecycles.AWARD.step(award.state, "withdraw")
    session.flush()
    chain.record(
        session,
        actor,
        "award.withheld",
        f"award:{award.id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        requirement=award.requirement_id,
    )


def _over(session: Session, round_id: int, submission_id: int) -> str:
    """The codes of what has more than the round's caps allow, where the entry is among it; else none."""
    breaches = limits.of_round(session, round_id, awards_of(session, round_id)).breaches
    mine = (breach.codes for breach in breaches if submission_id in breach.submissions)
    return ", ".join(next(mine, ()))


def _in_track(session: Session, prize: Prize, submission_id: int) -> bool:
    if prize.theme_id is None:
        return True
    theme = session.scalar(sa.select(of_submission()).where(Submission.id == submission_id))
    return bool(theme == prize.theme_id)


def _won_already(session: Session, prize: Prize, submission_id: int) -> bool:
    """Whether it has a place already among those counted together: the round's, or the track's."""
    places = sa.and_(Award.round_id == prize.round_id, Award.requirement_id == 0, Award.state != "withdrawn")
    same = Prize.theme_id.is_not_distinct_from(prize.theme_id)
    found = sa.select(Award.id).join(Prize, Prize.id == Award.prize_id).where(places, same)
    return session.scalar(found.where(Award.submission_id == submission_id).limit(1)) is not None


def _standing(session: Session, round_id: int, ref: str) -> Submission:
    found = sa.select(Submission).where(
        Submission.ref == ref, Submission.round_id == round_id, Submission.state == "submitted"
    )
    submission = session.scalar(found)
    if submission is None:
        raise Invalid("submission", "not_an_entry")
    return submission
