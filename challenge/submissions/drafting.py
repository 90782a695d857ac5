"""Drafts: begin one, save what was typed and attached, until the close. Nothing here enters the round."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import Invalid, NotFound, WrongState
from challenge.rules.money import Sum
from challenge.rules.permissions import Action, Actor
from challenge.submissions import facts
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import Submission, TeamMember

OWNER = "submission"
# A quote this many times the budget is a slip of 元 and 万元, not an offer.
SLIP = 100
_CANDIDATES = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds. `answers`: indicator id -> {"met", "evidence"}; sums are minor units."""

    title: str = ""
    summary: str = ""
    proposal: str = ""
    schedule: str = ""
    team_name: str = ""
    trl_now: int | None = None
    trl_delivery: int | None = None
    quote_minor: int | None = None
    organization_id: int | None = None
    original: bool = False
    answers: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def start(
    session: Session, actor: Actor, *, requirement: str | None = None, round_slug: str | None = None
) -> Submission:
    """A draft for a published requirement (by ref), or for a round that has none (by slug).

    A person has one submission for each: asked again, the one that is there. Raises `TooLate`, `WrongState`.
    """
    gate = gates.hold_of(session, _round_of(requirement, round_slug))
    asked = _requirement(session, requirement)
    subject = facts.within_own_close(rounds.subject_of(gate.round, gate.now), asked, gate.now)
    facts.permit(actor, Action.SUBMISSION_CREATE, subject, gate.round, gate.windows, asked, gate.now)
    if asked is not None and asked.state != "published":
        raise WrongState("requirement_not_open", state=asked.state)
    if asked is None and gate.round.requirement_count:
        raise WrongState("choose_a_requirement")
    # Two presses at once: the second waits here and then finds the first one's draft.
    person = session.scalars(sa.select(User).where(User.id == actor.user_id).with_for_update()).one()
    known = _standing(session, person.id, gate.round.id, asked.id if asked else None)
    if known is not None:
        return known
    submission = _with_code(session, gate.round.id, asked, person.id)
    member = TeamMember(
        submission_id=submission.id,
        user_id=person.id,
        email=person.email,
        name=person.name,
        affiliation=person.affiliation,
    )
    session.add(member)
    session.flush()
    chain.record(
        session,
        actor,
        "submission.started",
        f"submission:{submission.id}",
        chain=chain.round_chain(gate.round.id),
        at=gate.now,
    )
    return submission


def _round_of(requirement: str | None, round_slug: str | None) -> sa.ScalarSelect[int]:
    if requirement is not None:
        return sa.select(Requirement.round_id).where(Requirement.ref == requirement).scalar_subquery()
    return sa.select(Round.id).where(Round.slug == (round_slug or "")).scalar_subquery()


def _requirement(session: Session, ref: str | None) -> Requirement | None:
    if ref is None:
        return None
    found = session.scalar(sa.select(Requirement).where(Requirement.ref == ref))
    if found is None or found.state not in ("published", "selected", "failed", "withdrawn"):
        raise NotFound
    return found


def _standing(session: Session, user_id: int, round_id: int, requirement_id: int | None) -> Submission | None:
    query = sa.select(Submission).where(
        Submission.owner_id == user_id,
        Submission.round_id == round_id,
        Submission.requirement_id == requirement_id,
    )
    return session.scalars(query.order_by(Submission.id).limit(1)).one_or_none()


def _with_code(session: Session, round_id: int, asked: Requirement | None, user_id: int) -> Submission:
    """A new row under a pseudonym of its round: random, so that it does not tell who came when."""
    digits = 4
    while True:
        codes = {f"S-{secrets.randbelow(10**digits):0{digits}d}" for _ in range(_CANDIDATES)}
        taken = sa.select(Submission.code).where(Submission.round_id == round_id, Submission.code.in_(codes))
        free = codes - set(session.scalars(taken))
        if not free:
            digits += 1
            continue
        submission = Submission(
            code=free.pop(),
            round_id=round_id,
            requirement_id=asked.id if asked else None,
            owner_id=user_id,
            currency=asked.currency if asked else "CNY",
            answers={},
        )
        try:
            with session.begin_nested():
                session.add(submission)
                session.flush()
        except IntegrityError:
            continue  # taken between the look and the leap
        return submission


def save(
    session: Session,
    actor: Actor,
    ref: str,
    draft: Draft,
    draft_version: int,
    *,
    kept: Sequence[Kept] = (),
    remove: str | None = None,
) -> Submission:
    """Keep what the form holds, with files that came along, or one that goes.

    `draft_version` is the one the page was made from: `WrongState("stale_draft")` where somebody of the team
    saved something else since. The same form twice is one save. Raises `Invalid`, `TooLate`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    submission = held.submission
    _check(actor, held, draft)
    if _apply(submission, draft, held, draft_version):
        submission.draft_version += 1
        submission.updated_at = held.now
    if remove is not None:
        files.remove(session, OWNER, submission.id, remove, held.now)
    if kept:
        most = held.gate.round.max_files + (1 if remove else 0)
        files.attach(session, OWNER, submission.id, kept, most=most, user_id=actor.user_id, at=held.now)
    session.flush()
    return submission


def _apply(submission: Submission, draft: Draft, held: Held, draft_version: int) -> bool:
    """Set what differs; whether anything did."""
    asked = {each.id for each in held.material.indicators}
    answers = {str(key): dict(answer) for key, answer in draft.answers.items() if key in asked}
    values = {each.name: getattr(draft, each.name) for each in fields(draft)} | {"answers": answers}
    changed = {name: value for name, value in values.items() if getattr(submission, name) != value}
    if changed and draft_version != submission.draft_version:
        raise WrongState("stale_draft")
    for name, value in changed.items():
        setattr(submission, name, value)
    return bool(changed)


def _check(actor: Actor, held: Held, draft: Draft) -> None:
    """What a form cannot know: whose organization it is, and a quote that cannot be meant."""
    known = held.submission.organization_id
    if draft.organization_id not in (None, known) and draft.organization_id not in actor.represents:
        raise Invalid("organization_id", "not_your_organization")
    for name in ("trl_now", "trl_delivery"):
        level = getattr(draft, name)
        if level is not None and not 1 <= level <= 9:
            raise Invalid(name, "off_scale", minimum=1, maximum=9)
    if draft.trl_now and draft.trl_delivery and draft.trl_delivery < draft.trl_now:
        raise Invalid("trl_delivery", "trl_goes_back")
    budget = held.requirement.budget_max_minor if held.requirement else None
    if budget and draft.quote_minor and draft.quote_minor >= SLIP * budget:
        currency = held.submission.currency
        meant = Sum(draft.quote_minor // 10_000, currency)
        raise Invalid("quote", "quote_slip", typed=Sum(draft.quote_minor, currency), meant=meant)
