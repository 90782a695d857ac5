"""Screening of what was handed in: a correction asked for, a ruling out announced, the reply, the decision.

It stands above the conflicts of interest, because nobody who has one decides. Every step is in the round's
chain with the database's time. A round whose `reply_days` are none rules out at once, with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.judging import conflicts
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotAllowed, NotFound, TooLate, WrongState
from challenge.rules.lifecycles import SCREENING, SUBMISSION
from challenge.rules.permissions import Action, Actor
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import ScreeningCase, Submission
from challenge.submissions.submitting import say

REASONS = ("form", "eligibility", "rights", "requirement", "team", "conduct", "other")
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Charge:
    """What is held against an entry: codes of `REASONS`, and the words that the team reads."""

    kind: str
    reasons: tuple[str, ...]
    text: str


def open_case(session: Session, actor: Actor, ref: str, charge: Charge) -> ScreeningCase:
    """Ask for a correction or announce a ruling out: the team has the round's days to reply.

    An open request for a correction is closed by the announcement that follows it. The same form twice is one
    case. Raises `Invalid`, and `WrongState("case_open")` where another one waits already.
    """
    return _open(session, actor, _hold(session, actor, ref, Action.SUBMISSION_SCREEN), charge)


def _open(session: Session, actor: Actor, held: Held, charge: Charge) -> ScreeningCase:
    _check(charge)
    known = standing(session, held.submission.id)
    if known is not None and (known.kind, known.text) == (charge.kind, charge.text):
        return known
    days = held.gate.round.reply_days
    if charge.kind == "rule_out" and not days:
        raise WrongState("no_reply_here")
    if known is not None and (known.kind, charge.kind) != ("correction", "rule_out"):
        raise WrongState("case_open")
    if known is not None:
        _decide(known, "escalate", actor, held, "")
        session.flush()
    case = ScreeningCase(
        submission_id=held.submission.id,
        kind=charge.kind,
        reasons=[each for each in REASONS if each in charge.reasons],
        text=charge.text,
        opened_at=held.now,
        opened_by=actor.user_id,
        reply_until=held.now + dt.timedelta(days=max(days, 1)),
    )
    session.add(case)
    session.flush()
    event = "correction_asked" if charge.kind == "correction" else "ruling_announced"
    _say(session, actor, held, event)
    return case


def reply(session: Session, actor: Actor, ref: str, text: str) -> ScreeningCase:
    """The team's word, once, within the period; what was sent twice is one. Raises `TooLate`, `NotFound`."""
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_REPLY)
    case = standing(session, held.submission.id)
    if case is None:
        raise NotFound
    if case.state == "answered":
        if case.reply == text:
            return case
        raise WrongState("replied_already", at=case.replied_at)
    _check_text("reply", text)
    if held.now >= case.reply_until:
        raise TooLate("reply_over", at=case.reply_until)
    case.state = SCREENING.step(case.state, "reply")
    case.reply, case.replied_at, case.replied_by = text, held.now, actor.user_id
    session.flush()
    _say(session, actor, held, "replied")
    return case


def dismiss(session: Session, actor: Actor, ref: str, text: str = "") -> Submission:
    """Find the entry eligible: it stays in the round, and the team is told. Asked twice, the same answer."""
    held = _hold(session, actor, ref, Action.SUBMISSION_SCREEN)
    if len(text) > LONGEST:
        raise Invalid("decision", "too_long", most=LONGEST, length=len(text))
    case = standing(session, held.submission.id)
    if case is None:
        last = newest(session, held.submission.id)
        if last is not None and last.state == "dismissed":
            return held.submission
        raise NotFound
    _decide(case, "dismiss", actor, held, text)
    session.flush()
    _say(session, actor, held, "found_eligible")
    return held.submission


def uphold(session: Session, actor: Actor, ref: str, text: str) -> Submission:
    """Rule the entry out, after the reply or the period; the team reads the words. Asked twice, the same.

    Raises `WrongState("reply_pending")` while the team may still reply.
    """
    held = _hold(session, actor, ref, Action.SUBMISSION_RULE_OUT, done=text)
    _check_text("decision", text)
    if _done(held, text):
        return held.submission
    case = standing(session, held.submission.id)
    if case is None or case.kind != "rule_out":
        raise WrongState("announce_first")
    if case.state == "open" and held.now < case.reply_until:
        raise WrongState("reply_pending", at=case.reply_until)
    _decide(case, "uphold", actor, held, text)
    return _rule_out(session, actor, held, text)


def rule_out(session: Session, actor: Actor, ref: str, text: str) -> Submission:
    """Rule it out at once, where the round gives no right of reply. Asked twice, the same answer."""
    held = _hold(session, actor, ref, Action.SUBMISSION_RULE_OUT, done=text)
    _check_text("reason", text)
    if _done(held, text):
        return held.submission
    if held.gate.round.reply_days:
        raise WrongState("announce_first")
    case = standing(session, held.submission.id)
    if case is not None:
        _decide(case, "escalate", actor, held, "")
    return _rule_out(session, actor, held, text)


def follow_objection(session: Session, actor: Actor, held: Held, text: str) -> Submission:
    """Rule out what an upheld objection is about, for the service that has asked who answers it.

    The right of reply holds here too: raises `WrongState("announce_first" | "reply_pending")`.
    """
    _check_text("public_text", text)
    case = standing(session, held.submission.id)
    if held.gate.round.reply_days:
        if case is None or case.kind != "rule_out":
            raise WrongState("announce_first")
        if case.state == "open" and held.now < case.reply_until:
            raise WrongState("reply_pending", at=case.reply_until)
    if case is not None:
        _decide(case, "uphold" if case.kind == "rule_out" else "escalate", actor, held, text)
    return _rule_out(session, actor, held, text)


def announce_for_objection(session: Session, actor: Actor, held: Held, text: str) -> ScreeningCase:
    """Give the team its right of reply before such an objection is upheld; announced already, it stands."""
    return _open(session, actor, held, Charge("rule_out", ("eligibility",), text))


def _rule_out(session: Session, actor: Actor, held: Held, text: str) -> Submission:
    submission = held.submission
    submission.state = SUBMISSION.step(submission.state, "rule_out")
    submission.state_reason = text
    session.flush()
    _say(session, actor, held, "ruled_out")
    return submission


def _done(held: Held, text: str) -> bool:
    return held.submission.state == "ineligible" and held.submission.state_reason == text


def _decide(case: ScreeningCase, verb: str, actor: Actor, held: Held, text: str) -> None:
    case.state = SCREENING.step(case.state, verb)
    case.decision, case.decided_at, case.decided_by = text, held.now, actor.user_id


def _hold(session: Session, actor: Actor, ref: str, action: Action, *, done: str | None = None) -> Held:
    """The entry, once the actor may; a conflict of interest says no to every role, and says so.

    `done` are the words of a ruling out that may stand already: asked again, it is permitted as it was then.
    """
    held = hold(session, ref)
    held.permit(actor, action, state="submitted" if done is not None and _done(held, done) else None)
    if conflicts.of_person(session, actor.user_id, held.submission.id) is not None:
        raise NotAllowed("own_conflict")
    return held


def conflicted(actor: Actor, reason: str | None) -> frozenset[int]:
    """The actor's own id where a conflict of theirs was found."""
    return frozenset({actor.user_id}) if reason is not None and actor.user_id is not None else frozenset()


def _check(charge: Charge) -> None:
    if charge.kind not in ("correction", "rule_out"):
        raise Invalid("kind", "not_a_choice")
    if not charge.reasons:
        raise Invalid("reasons", "choose_one")
    if not set(charge.reasons) <= set(REASONS):
        raise Invalid("reasons", "not_a_choice")
    _check_text("text", charge.text)


def _check_text(field: str, text: str) -> None:
    if not text.strip():
        raise Invalid(field, "team_reads_reason" if field != "reply" else "required")
    if len(text) > LONGEST:
        raise Invalid(field, "too_long", most=LONGEST, length=len(text))


def _say(session: Session, actor: Actor, held: Held, step: str) -> None:
    last = held.material.last
    say(session, actor, held, f"submission.{step}", version=last.number if last else 0)


def standing(session: Session, submission_id: int) -> ScreeningCase | None:
    """The case of an entry that is not decided yet."""
    query = sa.select(ScreeningCase).where(ScreeningCase.submission_id == submission_id)
    return session.scalars(query.where(ScreeningCase.decided_at.is_(None))).one_or_none()


def newest(session: Session, submission_id: int) -> ScreeningCase | None:
    """The case that was opened last, decided or not."""
    return next(iter(history(session, submission_id)), None)


def history(session: Session, submission_id: int) -> Sequence[ScreeningCase]:
    """Every case of an entry, newest first."""
    query = sa.select(ScreeningCase).where(ScreeningCase.submission_id == submission_id)
    return session.scalars(query.order_by(ScreeningCase.id.desc())).all()


def states_of(session: Session, submission_ids: Collection[int]) -> dict[int, str]:
    """How the undecided case of each of these entries stands; those without one are left out."""
    query = sa.select(ScreeningCase.submission_id, ScreeningCase.state).where(
        ScreeningCase.submission_id.in_(list(submission_ids)), ScreeningCase.decided_at.is_(None)
    )
    return dict(session.execute(query).all())


def has_reply(round_: Round) -> bool:
    """Whether the round gives a team the right of reply before a ruling out."""
    return round_.reply_days > 0
