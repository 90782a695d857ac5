"""An objection is answered with reasons, by somebody not involved; upheld, it reopens exactly what it must.

On eligibility, the entry is ruled out and its awards fall free. On a conflict, the judge's card is left
out. On a criterion, cards are opened again to their judges. What follows is proposed and confirmed anew where
it differs (`proposing`, `deciding`), and the notice goes on (`resuming`); all else stands as it was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.awards import answerers, objecting, queries
from challenge.awards.models import Award
from challenge.awards.objection_models import Objection
from challenge.judging import objected, screening
from challenge.rounds import queries as rounds
from challenge.rounds.gate import Gate
from challenge.rules import lifecycles
from challenge.rules.errors import Invalid, InvalidMany, NotAllowed, WrongState
from challenge.rules.objections import LONGEST, LONGEST_PUBLIC
from challenge.rules.permissions import Action, Actor, require
from challenge.submissions.holding import held_of
from challenge.submissions.models import ScreeningCase, Submission
from challenge.tasks import queue

CARD_DAYS = 3  # for a judge whose card is opened again


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: the reasons go to whoever filed it, `public_text` to everyone and to the team."""

    reasons: str
    public_text: str


def dismiss(session: Session, actor: Actor, ref: str, answer: Answer) -> Objection:
    """Find the objection unfounded: nothing changes. The same answer twice is one.

    Raises NotAllowed("objection_involved"), WrongState("objection_settled"), InvalidMany by field.
    """
    objection, held = _held(session, actor, ref)
    answer = _checked(objection, answer)
    if _same(objection, "dismissed", answer):
        return objection
    _settle(session, actor, objection, held, "dismiss", answer, "objection.dismissed", {})
    return objection


def uphold(session: Session, actor: Actor, ref: str, answer: Answer, cards: Sequence[str] = ()) -> Objection:
    """Find the objection founded, and reopen what it is about; `cards` are assignments of the entry's judges.

    Raises as `dismiss` does, Invalid("cards", "choose_card"), and where a team has the right of reply before
    it is ruled out WrongState("announce_first" | "reply_pending").
    """
    objection, held = _held(session, actor, ref)
    answer = _checked(objection, answer)
    if _same(objection, "upheld", answer):
        return objection
    notice = queries.notice(session, objection.round_id)
    if objection.state != "filed" or notice is None or notice.published_at is not None:
        raise WrongState("objection_settled")
    changed = _reopen(session, actor, objection, held, answer.public_text, cards)
    notice.reopened_at = notice.reopened_at or held.now
    _settle(session, actor, objection, held, "uphold", answer, "objection.upheld", changed)
    return objection


def announce(session: Session, actor: Actor, ref: str, text: str) -> ScreeningCase:
    """Tell the team that it may be ruled out: its right of reply begins. Announced already, it stands."""
    objection, held = _held(session, actor, ref)
    if objection.state != "filed" or objection.ground != "eligibility":
        raise WrongState("objection_settled")
    entry = held_of(session, held, Submission.id == objection.submission_id)
    return screening.announce_for_objection(session, actor, entry, text)


def _held(session: Session, actor: Actor, ref: str) -> tuple[Objection, Gate]:
    """The objection behind its gate, for whoever may answer it."""
    objection, held = objecting.hold(session, ref)
    subject = rounds.subject_of(held.round, held.now, kind="objection", state=objection.state)
    require(actor, Action.OBJECTION_ANSWER, subject)
    if actor.user_id in answerers.involved(session, objection, {actor.user_id or 0}):
        raise NotAllowed("objection_involved")
    return objection, held


def _checked(objection: Objection, answer: Answer) -> Answer:
    """Both texts, trimmed; raises InvalidMany. The public one names nobody who filed."""
    reasons, public_text = answer.reasons.strip(), answer.public_text.strip()
    faults = [
        Invalid(name, "too_long", length=len(text), most=most)
        for name, text, most in (
            ("reasons", reasons, LONGEST),
            ("public_text", public_text, LONGEST_PUBLIC),
        )
        if len(text) > most
    ]
    if not reasons:
        faults.append(Invalid("reasons", "filer_reads_reasons"))
    if not public_text:
        faults.append(Invalid("public_text", "public_reads_text"))
    elif any(_named(name, public_text) for name in (objection.name, objection.address)):
        faults.append(Invalid("public_text", "names_filer"))
    if faults:
        raise InvalidMany(faults)
    return Answer(reasons, public_text)


def _named(name: str, text: str) -> bool:
    """Whether the text has the name; one in letters as a word of its own (Li is not in policy)."""
    if name.isascii():
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
    return len(name) > 1 and name.casefold() in text.casefold()


def _same(objection: Objection, state: str, answer: Answer) -> bool:
    known = (objection.state, objection.reasons, objection.public_text)
    return known == (state, answer.reasons, answer.public_text)


def _reopen(
    session: Session, actor: Actor, objection: Objection, held: Gate, text: str, cards: Sequence[str]
) -> dict[str, object]:
    """What follows by its ground; told as the record keeps it."""
    if objection.ground == "eligibility":
        entry = held_of(session, held, Submission.id == objection.submission_id)
        if entry.submission.state != "ineligible":
            screening.follow_objection(session, actor, entry, text)
        return {"awards": _on_notice(session, objection)}
    known = {each.ref for each in objected.counted(session, objection.round_id, objection.submission_id)}
    if not known:
        raise WrongState("nothing_to_reopen")
    if not cards or not known.issuperset(cards):
        raise Invalid("cards", "choose_card")
    if objection.ground == "conflict":
        return {"left_out": objected.leave_out(session, actor, held, cards, text)}
    until = held.now + dt.timedelta(days=CARD_DAYS)
    return {"reopened": objected.reopen(session, actor, held, cards, text, until)}


def _on_notice(session: Session, objection: Objection) -> int:
    """How many awards go from the entry: nobody sees them any more, and the next proposal withdraws them."""
    mine = sa.and_(Award.submission_id == objection.submission_id, Award.state == "on_notice")
    return session.scalar(sa.select(sa.func.count()).where(mine)) or 0


def _settle(
    session: Session,
    actor: Actor,
    objection: Objection,
    held: Gate,
    verb: str,
    answer: Answer,
    event: str,
    changed: dict[str, object],
) -> None:
    if objection.state != "filed":
        raise WrongState("objection_settled")
    objection.state = lifecycles.OBJECTION.step(objection.state, verb)
    objection.reasons, objection.public_text = answer.reasons, answer.public_text
    objection.answered_at, objection.answered_by = held.now, actor.user_id
    held.round.version += 1
    session.flush()
    subject = f"objection:{objection.id}"
    about = {**objecting.named(objection), "user_id": objection.author_id}
    queue.announce(session, event, subject, at=held.now, **about)
    chain.record(
        session,
        actor,
        event,
        subject,
        chain=chain.round_chain(objection.round_id),
        at=held.now,
        ground=objection.ground,
        submission=objection.submission_id,
        requirement=objection.submission.requirement_id,
        reasons_digest=chain.entry_hash({"reasons": answer.reasons, "public": answer.public_text}),
        **changed,
    )
