"""Good proposals that were not selected, offered to the seekers of similar needs: only as their team allows.

Consent is the owner's, for each entry, and asked again whenever something is shown: taken back, nothing more
of the entry is offered or read, and what was offered and not answered ends.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import anew_bar, anew_reads
from challenge.awards.anew_models import BARS, PARTS, AnewConsent, AnewMatch, AnewOffer, AnewSearch
from challenge.base.db import begin_write
from challenge.docking import meeting
from challenge.docking.meeting import Candidate
from challenge.requirements import facts as requirements
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds import gate
from challenge.rounds import queries as rounds
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.lifecycles import ANEW_OFFER
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.holding import Held, hold
from challenge.tasks import queue
from challenge.tasks.queue import Work

REASON = 500
VERBS = {"interested": "welcome", "declined": "decline"}


@dataclass(frozen=True, slots=True)
class Consent:
    """What seekers may be shown: the summary or all of it, and whether with the team's name."""

    part: str
    named: bool = False


def consent(session: Session, actor: Actor, ref: str, given: Consent | None) -> None:
    """Take the owner's word; None takes it back, and ends what nobody has answered. Twice is once."""
    held = hold(session, ref)
    held.permit(actor, Action.ANEW_CONSENT)
    if given is not None and given.part not in PARTS:
        raise Invalid("part", "not_a_choice")
    number = held.submission.id
    row = session.get(AnewConsent, number, populate_existing=True)
    if (Consent(row.part, row.named) if row is not None else None) == given:
        return
    if given is None:
        _take_back(session, number, held.now)
    else:
        row = row or AnewConsent(submission_id=number)
        row.part, row.named = given.part, given.named
        row.decided_at, row.decided_by = held.now, actor.user_id
        session.add(row)
    session.flush()
    said: dict[str, Any] = {} if given is None else {"part": given.part, "named": given.named}
    own = held.submission.requirement_id
    said |= {} if own is None else {"requirement": own}
    _record(session, actor, "anew.taken_back" if given is None else "anew.consented", held, **said)


def _take_back(session: Session, submission_id: int, now: dt.datetime) -> None:
    for model in (AnewConsent, AnewMatch):
        session.execute(sa.delete(model).where(model.submission_id == submission_id))
    ended = ANEW_OFFER.step("offered", "end")
    waiting = sa.and_(AnewOffer.submission_id == submission_id, AnewOffer.state == "offered")
    session.execute(sa.update(AnewOffer).where(waiting).values(state=ended, answered_at=now))


def search(session: Session, actor: Actor, round_id: int, bar: str, least: Decimal) -> AnewSearch:
    """Have similar needs looked for, for entries from this bar on whose teams agree.

    `share`: the best so many per cent of the ranking in force; `total`: so many points. Raises Invalid.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.ANEW_SEARCH, rounds.subject_of(held.round, held.now))
    if bar not in BARS:
        raise Invalid("bar", "not_a_choice")
    if bar == "share" and not (1 <= least <= 100 and least == least.to_integral_value()):
        raise Invalid("least", "anew_share")
    row = session.get(AnewSearch, round_id, populate_existing=True) or AnewSearch(round_id=round_id)
    row.bar, row.least, row.asked_at, row.author_id = bar, least, held.now, actor.user_id
    session.add(row)
    session.flush()
    queue.put(session, Work("anew", f"anew/{round_id}/{held.now.isoformat()}", {"round_id": round_id}))
    where = chain.round_chain(round_id)
    said = {"bar": bar, "least": str(least)}
    chain.record(session, actor, "anew.searched", f"round:{round_id}", chain=where, at=held.now, **said)
    return row


def offer(session: Session, actor: Actor, ref: str, need_ref: str) -> AnewOffer:
    """Offer an entry to the seeker of a need, once for each pair; the seeker gets a letter.

    Raises WrongState: "anew_no_consent", "anew_below_the_bar", "anew_need_not_open", "anew_own_need".
    """
    held = hold(session, ref)
    held.permit(actor, Action.ANEW_OFFER)
    need = queries.without_seeker(session, need_ref)
    number = held.submission.id
    known = session.scalar(
        sa.select(AnewOffer).where(AnewOffer.submission_id == number, AnewOffer.requirement_id == need.id)
    )
    if known is not None:
        return known
    if session.get(AnewConsent, number, populate_existing=True) is None:
        raise WrongState("anew_no_consent")
    _fits(session, held, need)
    made = AnewOffer(
        submission_id=number, requirement_id=need.id, author_id=actor.user_id, created_at=held.now
    )
    session.add(made)
    session.flush()
    _told(session, "anew.offered", made, held.gate.round.id, held.now)
    _record(session, actor, "anew.offered", held, requirement=need.id)
    return made


def _fits(session: Session, held: Held, need: Requirement) -> None:
    """Whether this entry may be offered to this need at all."""
    search = session.get(AnewSearch, held.gate.round.id)
    if search is None or held.submission.id not in anew_bar.above(session, search):
        raise WrongState("anew_below_the_bar")
    if need.state != "published" or not need.round.public:
        raise WrongState("anew_need_not_open")
    people = anew_bar.behind(session, [held.submission.id])[held.submission.id]
    if need.id == held.submission.requirement_id or need.seeker_id in people:
        raise WrongState("anew_own_need")


def answer(session: Session, actor: Actor, ref: str, verdict: str, reason: str = "") -> AnewOffer:
    """The seeker's word: interest brings both together, a reason ends it. The same again is once.

    Raises WrongState: "anew_over", "anew_nobody_left", "anew_need_not_open"; Invalid by field.
    """
    begin_write(session)
    held = gate.hold(session, anew_reads.round_of_need(session, ref))
    made = session.scalar(sa.select(AnewOffer).where(AnewOffer.ref == ref).with_for_update())
    if made is None:
        raise NotFound
    need = queries.by_ref(session, anew_reads.need_ref(session, made))
    require(actor, Action.ANEW_ANSWER, requirements.subject_of(need, held.now))
    if verdict not in VERBS:
        raise Invalid("verdict", "required")
    if made.state == verdict:
        return made
    if made.state != "offered":
        raise WrongState("anew_over")
    if verdict == "interested":
        made.pair_id = _meet(session, actor, made, need, held.now)
    else:
        made.reason = _reason(reason)
    made.state = ANEW_OFFER.step(made.state, VERBS[verdict])
    made.answered_at, made.answered_by = held.now, actor.user_id
    session.flush()
    _told(session, f"anew.{verdict}", made, anew_reads.round_of_entry(session, made), held.now)
    where = chain.round_chain(need.round_id)
    chain.record(session, actor, f"anew.{verdict}", f"requirement:{need.id}", chain=where, at=held.now)
    return made


def _meet(session: Session, actor: Actor, made: AnewOffer, need: Requirement, now: dt.datetime) -> int:
    """The pair of the need and the entry's owner; the seeker's name stays as anonymous as it was."""
    owner = anew_reads.owner_of(session, made)
    if owner is None:
        raise WrongState("anew_nobody_left")
    if need.number is None and need.state != "published":
        raise WrongState("anew_need_not_open")
    return meeting.paired(session, actor, need, Candidate(user_id=owner), now).id


def _reason(text: str) -> str:
    plain = text.strip()
    if not plain:
        raise Invalid("reason", "required")
    if len(plain) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(plain))
    return plain


def _told(session: Session, event: str, made: AnewOffer, round_id: int, now: dt.datetime) -> None:
    ids = {"submission_id": made.submission_id, "requirement_id": made.requirement_id, "round_id": round_id}
    queue.announce(session, event, f"anew_offer:{made.id}", at=now, anew_offer_id=made.id, **ids)


def _record(session: Session, actor: Actor, action: str, held: Held, **detail: Any) -> None:
    where, thing = chain.round_chain(held.gate.round.id), f"submission:{held.submission.id}"
    chain.record(session, actor, action, thing, chain=where, at=held.now, **detail)
