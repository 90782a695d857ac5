"""The public notice goes on after an upheld objection, with what changed by it.

One clock for one notice: where something on it changed, it runs its promised days anew from here on, and
everything that stands on it can be objected to until then. Where nothing changed, its end stays.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import limits, queries
from challenge.awards.models import Award, Decision, Notice
from challenge.awards.objection_models import Objection
from challenge.awards.standing import Standing, current_ranking, outdated, plan_for, standing_of
from challenge.judging import objected
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules import lifecycles
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

RERANKING = ("criterion", "conflict")  # grounds that may change a ranking


def resume(session: Session, actor: Actor, round_id: int) -> Notice:
    """Put what was proposed and confirmed anew on the notice. Twice is once.

    Raises WrongState while a judge has time for a card ("cards_open"), the ranking does not follow from the
    cards ("ranking_behind") or the proposal from the ranking ("proposal_outdated"), a seeker's word is
    missing ("decisions_pending").
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.AWARD_NOTICE, rounds.subject_of(held.round, held.now))
    notice = queries.notice(session, round_id)
    if notice is None:
        raise WrongState("notice_missing")
    if notice.reopened_at is None:
        return notice
    if (cards := objected.waiting(session, round_id, held.now)) > 0:
        raise WrongState("cards_open", count=cards)
    if ranking_behind(session, notice):
        raise WrongState("ranking_behind")
    standing = standing_of(session, round_id)
    ranking_id = _settled(session, round_id, standing)
    limits.check(session, round_id)
    if changed(notice, standing):
        earliest = held.now + dt.timedelta(days=held.round.notice_days)
        notice.ends_at = max(notice.ends_at, earliest)
    notice.ranking_id, notice.reopened_at = ranking_id, None
    step = lifecycles.AWARD.step("proposed", "notify")
    waiting = sa.and_(Award.round_id == round_id, Award.state == "proposed")
    awards = session.scalars(sa.update(Award).where(waiting).values(state=step).returning(Award.id)).all()
    held.round.version += 1
    session.flush()
    told = {"ends_at": notice.ends_at.isoformat(), "awards": len(awards)}
    place, mark = f"round:{round_id}", held.now.isoformat()
    queue.announce(session, "notice.resumed", place, mark=mark, at=held.now, round_id=round_id, **told)
    where = chain.round_chain(round_id)
    chain.record(session, actor, "notice.resumed", place, chain=where, at=held.now, **told)
    return notice


def ranking_behind(session: Session, notice: Notice) -> bool:
    """Whether the ranking has to be fixed anew, after an objection that was upheld on scores or a judge."""
    reranks = sa.exists().where(
        *(Objection.round_id == notice.round_id, Objection.state == "upheld"),
        *(Objection.ground.in_(RERANKING), Objection.answered_at >= notice.reopened_at),
    )
    return bool(session.scalar(sa.select(reranks))) and objected.behind(session, notice.round_id)


def changed(notice: Notice, standing: Standing) -> bool:
    """Whether something will stand on the notice that did not before."""
    since = notice.reopened_at
    anew = (each.decided_at for each in standing.decisions.values())
    return any(award.state == "proposed" for award in standing.awards) or any(
        since is not None and at is not None and at >= since for at in anew
    )


def _settled(session: Session, round_id: int, standing: Standing) -> int:
    """The ranking that everything follows from, as `publishing` asks it before a first notice."""
    waiting = sum(decision.verdict == "pending" for decision in standing.decisions.values())
    if waiting:
        raise WrongState("decisions_pending", count=waiting)
    ranking = current_ranking(session, round_id)
    if outdated(plan_for(session, round_id, ranking), ranking.id, standing):
        raise WrongState("proposal_outdated")
    return ranking.id


def asked_again(notice: Notice | None, decision: Decision) -> bool:
    """Whether this seeker may speak: before a notice, or asked again since an objection was upheld."""
    if notice is None:
        return True
    return notice.reopened_at is not None and decision.created_at >= notice.reopened_at
