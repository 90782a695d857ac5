"""A draft begins: one for each person and requirement. Nothing here enters the round."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.requirements.facts import PUBLIC_STATES
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rounds import queries as rounds
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor
from challenge.submissions import entering, facts, themes
from challenge.submissions.models import Submission, TeamMember

_CANDIDATES = 32


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
    theme_id = None if asked else themes.chosen(session, gate.round.id, theme)
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
    if found is None or found.state not in (*PUBLIC_STATES, "withdrawn"):
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
            requirement_version=asked.version if asked else None,
        )
        try:
            with session.begin_nested():
                session.add(submission)
                session.flush()
        except IntegrityError:
            continue  # taken between the look and the leap
        return submission
