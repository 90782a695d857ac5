"""Drafts: begin one, save what was typed and attached, until the close. Nothing here enters the round."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from challenge.rules import answers
from challenge.rules.errors import Invalid, InvalidMany, NotFound, WrongState
from challenge.rules.money import Sum
from challenge.rules.permissions import Action, Actor
from challenge.submissions import entering, facts, team, tracks
from challenge.submissions.holding import Held, hold
from challenge.submissions.models import Submission, TeamMember

OWNER = "submission"
MEBIBYTE = 1024 * 1024
# A quote this many times the budget is a slip of 元 and 万元, not an offer.
SLIP = 100
_CANDIDATES = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds: the value of each field (see rules.answers); a field left out stays as it is."""

    values: Mapping[str, Any] = field(default_factory=dict)
    team_name: str = ""
    organization_id: int | None = None


def start(
    session: Session,
    actor: Actor,
    *,
    requirement: str | None = None,
    round_slug: str | None = None,
    theme: str | None = None,
) -> Submission:
    """A draft for a published requirement (by ref), or for a round that has none (by slug, with its track).

    A person has one submission for each: asked again, the one that is there. Raises `TooLate`, `WrongState`.
    """
    gate = gates.hold_of(session, _round_of(requirement, round_slug))
    asked = _requirement(session, requirement)
    subject = facts.in_own_time(rounds.subject_of(gate.round, gate.now), gate.windows, asked, gate.now)
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
    entering.at_start(session, gate.round, person, actor.represents, gate.now)
    theme_id = None if asked else tracks.chosen(session, gate.round.id, theme)
    submission = _with_code(session, gate.round.id, asked, person.id)
    submission.theme_id = theme_id
    if gate.round.sealed:
        submission.sealed = True  # from its first word on, it stands encrypted
    session.add(_first_member(submission.id, person))
    session.flush()
    about, where = f"submission:{submission.id}", chain.round_chain(gate.round.id)
    chain.record(session, actor, "submission.started", about, chain=where, at=gate.now)
    return submission


def _first_member(submission_id: int, person: User) -> TeamMember:
    return TeamMember(
        submission_id=submission_id,
        user_id=person.id,
        email=person.email,
        name=person.name,
        affiliation=person.affiliation,
    )


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
    values = _checked(actor, held, draft)
    organization_id = submission.organization_id
    if _apply(submission, draft, values, draft_version):
        submission.updated_at = held.now
    keep_files(session, actor, held, kept, remove)
    session.flush()
    if submission.organization_id != organization_id:
        team.say_changed(session, submission, held.now, f"draft/{submission.draft_version}")
    return submission


def keep_files(session: Session, actor: Actor, held: Held, kept: Sequence[Kept], remove: str | None) -> None:
    """Attach what came, each to the field that it came with, and let go of what is to go."""
    owner, round_ = held.submission.id, held.gate.round
    if remove is not None:
        files.remove(session, OWNER, owner, remove, held.now)
    if kept:
        most = round_.max_files + (1 if remove else 0)
        most_bytes = round_.max_total_mb * MEBIBYTE
        user_id, at = actor.user_id, held.now
        files.attach(session, OWNER, owner, kept, most=most, most_bytes=most_bytes, user_id=user_id, at=at)


def _apply(submission: Submission, draft: Draft, values: Mapping[str, Any], draft_version: int) -> bool:
    """Set what differs; whether anything did."""
    changed = {key: value for key, value in values.items() if submission.values.get(key) != value}
    who = {"team_name": draft.team_name, "organization_id": draft.organization_id}
    about = {name: value for name, value in who.items() if getattr(submission, name) != value}
    if not changed and not about:
        return False
    if draft_version != submission.draft_version:
        raise WrongState("stale_draft")
    submission.draft_version += 1
    submission.values = {**submission.values, **changed}
    submission.marks = {**submission.marks, **dict.fromkeys((*changed, *about), submission.draft_version)}
    for name, value in about.items():
        setattr(submission, name, value)
    return True


def _checked(actor: Actor, held: Held, draft: Draft) -> dict[str, Any]:
    """The values as they are kept. Raises `InvalidMany` with each fault at its field."""
    values, faults = checked(actor, held, draft)
    raise_all(faults)
    return values


def raise_all(faults: Sequence[Invalid]) -> None:
    """Raise what was found, if anything was."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise InvalidMany(faults)


def checked(actor: Actor, held: Held, draft: Draft) -> tuple[dict[str, Any], list[Invalid]]:
    """The values as they are kept, and what is wrong; each fault names a field that the draft brings."""
    known, spec = held.submission.organization_id, held.form.spec
    faults: list[Invalid] = []
    if draft.organization_id not in (None, known) and draft.organization_id not in actor.represents:
        faults.append(Invalid("organization_id", "not_your_organization"))
    values: dict[str, Any] = {}
    for each in spec:
        if each.key in draft.values and each.kind != "files":
            try:
                values[each.key] = answers.clean(each, draft.values[each.key])
            except Invalid as fault:
                faults.append(fault)
    asked = {str(each.id) for each in held.material.indicators}
    for each in spec.of_kind("indicators"):
        if each.key in values:
            values[each.key] = {key: answer for key, answer in values[each.key].items() if key in asked}
    return values, faults + _slips(held, values)


def _slips(held: Held, typed: Mapping[str, Any]) -> list[Invalid]:
    """What no single field can know: maturity that goes back, a quote that cannot be meant."""
    faults, values = [], {**held.submission.values, **typed}
    for each in held.form.spec.of_kind("trl"):
        level, floor = values.get(each.key), values.get(each.not_below or "")
        at = each.key if each.key in typed else each.not_below
        if level and floor and level < floor and at in typed:
            faults.append(Invalid(str(at), "trl_goes_back"))
    budget, quote = held.requirement.budget_max_minor if held.requirement else None, typed.get("quote")
    if budget and quote and quote >= SLIP * budget:
        currency = held.submission.currency
        meant = Sum(quote // 10_000, currency)
        faults.append(Invalid("quote", "quote_slip", typed=Sum(quote, currency), meant=meant))
    return faults
