"""The terms before a round's gated resources: in versions, each accepted once by a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.rounds import gate
from challenge.rounds.queries import subject_of
from challenge.rounds.resource_models import Acceptance, Terms
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require

TEXT = 20_000


def write(session: Session, actor: Actor, round_id: int, text_zh: str, text_en: str) -> Terms:
    """Put these terms in force; other words than before are a new version, which everyone is asked again.

    Raises `InvalidMany` at `text_zh` and `text_en`.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.RESOURCE_EDIT, subject_of(held.round, held.now))
    texts = {"text_zh": text_zh.strip() or None, "text_en": text_en.strip() or None}
    faults = [
        Invalid(name, "too_long", most=TEXT, length=len(text))
        for name, text in texts.items()
        if text and len(text) > TEXT
    ]
    if not any(texts.values()):
        faults.append(Invalid("text_zh", "terms_needed"))
    if faults:
        raise InvalidMany(faults)
    before = in_force(session, round_id)
    if before is not None and (before.text_zh, before.text_en) == (texts["text_zh"], texts["text_en"]):
        return before
    version = before.version + 1 if before else 1
    terms = Terms(round_id=round_id, version=version, author_id=actor.user_id, created_at=held.now, **texts)
    session.add(terms)
    held.round.version += 1
    session.flush()
    chain.record(
        session,
        actor,
        "terms.written",
        f"terms:{terms.id}",
        chain=chain.round_chain(round_id),
        at=held.now,
        version=version,
        digest=chain.entry_hash(dict(texts)),
    )
    return terms


def accept(session: Session, actor: Actor, round_id: int, version: int) -> Acceptance:
    """Take the person's word on the version that they read; twice is once.

    Raises `WrongState("resource_terms_changed")` where another version is in force meanwhile.
    """
    held = gate.hold(session, round_id)
    require(actor, Action.TERMS_ACCEPT, subject_of(held.round, held.now))
    terms = in_force(session, round_id)
    if terms is None or terms.version != version:
        raise WrongState("resource_terms_changed")
    # Two presses at once: the second waits here and then finds the first one's word.
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    mine = sa.and_(Acceptance.terms_id == terms.id, Acceptance.user_id == actor.user_id)
    known = session.scalar(sa.select(Acceptance).where(mine))
    if known is not None:
        return known
    word = Acceptance(terms_id=terms.id, user_id=actor.user_id, accepted_at=held.now)
    session.add(word)
    session.flush()
    where = chain.round_chain(round_id)
    chain.record(
        session, actor, "terms.accepted", f"terms:{terms.id}", chain=where, at=held.now, version=version
    )
    return word


def in_force(session: Session, round_id: int) -> Terms | None:
    """The newest version of a round's terms."""
    query = sa.select(Terms).where(Terms.round_id == round_id).order_by(Terms.version.desc()).limit(1)
    return session.scalars(query).one_or_none()


def accepted(session: Session, actor: Actor, round_id: int) -> dt.datetime | None:
    """When the actor accepted the terms in force; None where they did not, or nobody is signed in."""
    if actor.user_id is None:
        return None
    newest = sa.select(sa.func.max(Terms.version)).where(Terms.round_id == round_id).scalar_subquery()
    query = (
        sa.select(Acceptance.accepted_at)
        .join(Terms, Terms.id == Acceptance.terms_id)
        .where(Terms.round_id == round_id, Terms.version == newest, Acceptance.user_id == actor.user_id)
    )
    return session.scalar(query)


@dataclass(frozen=True, slots=True)
class Word:
    """Who accepted which version, when. Without a name where the account was erased."""

    version: int
    name: str | None
    email: str | None
    accepted_at: dt.datetime


def words(session: Session, round_id: int, limit: int = 500) -> list[Word]:
    """Everybody's word on any version, the newest first."""
    query = (
        sa.select(Terms.version, User.name, User.email, Acceptance.accepted_at)
        .join(Terms, Terms.id == Acceptance.terms_id)
        .outerjoin(User, User.id == Acceptance.user_id)
        .where(Terms.round_id == round_id)
        .order_by(Acceptance.id.desc())
        .limit(limit)
    )
    return [Word(*row) for row in session.execute(query)]
