"""Tokens of programs: for some areas and a time, shown once, known by their digest, taken back at will."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.api_models import ApiToken
from challenge.accounts.models import Membership
from challenge.audit import chain
from challenge.base import clock, ids
from challenge.base.db import begin_write
from challenge.rules.errors import Invalid, NotFound, Refused
from challenge.rules.permissions import Action, Actor, Grant, Subject, require

MARK = "cht_"  # so that scanners, and we ourselves, know one where it does not belong
DAYS = (7, 30, 90, 365)
LONGEST_NAME = 60
MOST = 50  # of one person or organization that are not over
USED_EVERY = dt.timedelta(minutes=10)  # how exactly the last use is kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a token is to be: for which areas, for how long."""

    name: str
    scopes: Collection[str]
    days: int


@dataclass(frozen=True, slots=True)
class Made:
    """A new token and its secret, which nobody can show again."""

    token: ApiToken
    secret: str


def subject_of(user_id: int | None, organization_id: int | None) -> Subject:
    """Whose token it is: a person's own, or an organization's."""
    if organization_id is not None:
        return Subject(kind="token", host_id=organization_id)
    return Subject(kind="token", author_id=user_id)


def make(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    known: Collection[str],
    organization_id: int | None = None,
) -> Made:
    """A token of the actor, or of an organization that the actor speaks for; `known` scopes may be chosen.

    Raises `Invalid("name" | "scopes" | "days", ...)`.
    """
    require(actor, Action.TOKEN_MAKE, subject_of(actor.user_id, organization_id))
    name = _checked(wanted, known)
    begin_write(session)
    now = clock.now(session)
    if sum(is_live(each, now) for each in of(session, actor.user_id, organization_id)) >= MOST:
        raise Invalid("name", "too_many_tokens", most=MOST)
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=actor.user_id,
        organization_id=organization_id,
        name=name,
        prefix=secret[: len(MARK) + 6],
        digest=ids.digest(secret),
        scopes=sorted(wanted.scopes),
        created_at=now,
        expires_at=now + dt.timedelta(days=wanted.days),
    )
    session.add(token)
    session.flush()
    about: dict[str, Any] = {"organization_id": organization_id, "scopes": token.scopes, "days": wanted.days}
    chain.record(session, actor, "token.made", f"token:{token.id}", **about)
    return Made(token, secret)


def _checked(wanted: Wanted, known: Collection[str]) -> str:
    """Its name as it is kept."""
    name = wanted.name.strip()
    if not name:
        raise Invalid("name", "required")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "too_long", length=len(name), most=LONGEST_NAME)
    if not wanted.scopes:
        raise Invalid("scopes", "choose_one")
    if not set(wanted.scopes) <= set(known):
        raise Invalid("scopes", "not_a_choice")
    if wanted.days not in DAYS:
        raise Invalid("days", "not_a_choice")
    return name


def revoke(session: Session, actor: Actor, ref: str) -> ApiToken:
    """Take a token back: from now on it opens nothing. Asked twice, the same answer. Raises NotFound."""
    query = sa.select(ApiToken).where(ApiToken.ref == ref)
    token = session.scalar(query)
    if token is None:
        require(actor, Action.ACCOUNT_USE)
        raise NotFound
    require(actor, Action.TOKEN_REVOKE, subject_of(token.user_id, token.organization_id))
    begin_write(session)
    session.refresh(token, with_for_update=True)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = clock.now(session), actor.user_id
        session.flush()
        chain.record(session, actor, "token.revoked", f"token:{token.id}")
    return token


def of(session: Session, user_id: int | None, organization_id: int | None = None) -> Sequence[ApiToken]:
    """A person's own tokens, or an organization's with whose word each was made; the newest first."""
    mine = (
        ApiToken.organization_id == organization_id
        if organization_id is not None
        else sa.and_(ApiToken.user_id == user_id, ApiToken.organization_id.is_(None))
    )
    query = sa.select(ApiToken).where(mine).options(joinedload(ApiToken.user))
    return session.scalars(query.order_by(ApiToken.id.desc())).all()


def is_live(token: ApiToken, now: dt.datetime) -> bool:
    """Whether it opens anything still."""
    return token.revoked_at is None and now < token.expires_at


def known(session: Session, secret: str) -> tuple[ApiToken, Actor | None]:
    """The token of this secret with its person, and who acts by it where it is an organization's.

    Raises `Refused("token_unknown" | "token_expired" | "token_revoked")`. Two statements at most.
    """
    query = sa.select(ApiToken, Membership.representative).outerjoin(
        Membership,
        sa.and_(
            Membership.organization_id == ApiToken.organization_id, Membership.user_id == ApiToken.user_id
        ),
    )
    query = query.where(ApiToken.digest == ids.digest(secret)).options(joinedload(ApiToken.user))
    row = session.execute(query).one_or_none()
    if row is None:
        raise Refused("token_unknown")
    token: ApiToken = row[0]
    if token.revoked_at is not None:
        raise Refused("token_revoked")
    if clock.now(session) >= token.expires_at:
        raise Refused("token_expired")
    if not token.user.active or (token.organization_id is not None and not row[1]):
        raise Refused("token_unknown")  # whoever made it may no longer sign in, or speak for it
    if token.organization_id is None:
        return token, None
    # Of the person only the number comes along: their conflicts hold, their other roles do not.
    seat = Grant("representative", "organization", token.organization_id)
    return token, Actor(
        token.user_id, grants=frozenset({seat}), represents=frozenset({token.organization_id})
    )


def note_use(session: Session, token_id: int, now: dt.datetime) -> None:
    """Keep when it was last used, as exactly as `USED_EVERY`."""
    stale = sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now - USED_EVERY)
    session.execute(sa.update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=now))
