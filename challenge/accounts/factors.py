"""What beside a password proves who somebody is, taken together: what is there, and what changed is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.factor_models import Authenticator, Passkey, RecoveryCode
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.rules.permissions import Actor
from challenge.tasks import queue

FEW = 3  # recovery codes: so many left, and one is reminded to make new ones


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has set up."""

    authenticator: Authenticator | None
    passkeys: Sequence[Passkey]
    codes_left: int
    codes_made: bool

    @property
    def any(self) -> bool:
        """Whether a second factor is asked for."""
        return self.authenticator is not None or bool(self.passkeys)

    @property
    def few_codes(self) -> bool:
        """Whether new recovery codes should be made soon."""
        return self.any and self.codes_left <= FEW


def of(session: Session, user_id: int) -> Factors:
    """What somebody has set up (three statements)."""
    app = sa.select(Authenticator).where(
        Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None)
    )
    keys = sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    left = sa.select(sa.func.count(), sa.func.count().filter(RecoveryCode.used_at.is_(None))).where(
        RecoveryCode.user_id == user_id
    )
    made, unused = session.execute(left).one()
    return Factors(session.scalar(app), session.scalars(keys).all(), unused, made > 0)


def changed(session: Session, actor: Actor, what: str) -> None:
    """Keep the account's word on whether a second factor is asked for; tell its owner, and record it.

    With the last factor the recovery codes go: there is nothing left that they could stand in for.
    """
    user_id = actor.user_id or 0
    settle(session, user_id)
    told(session, user_id, what)
    chain.record(session, actor, f"account.{what}", f"user:{user_id}")


def settle(session: Session, user_id: int) -> None:
    """Bring the account's mark in line with what is set up."""
    person = session.get_one(User, user_id)
    person.second_factor = of(session, user_id).any
    if not person.second_factor:
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.flush()


def told(session: Session, user_id: int, what: str) -> None:
    """A letter about it to whoever it protects."""
    now = clock.now(session)
    about, mark = f"user:{user_id}", f"{what}/{now.isoformat()}"
    queue.announce(session, "account.factors_changed", about, mark=mark, user_id=user_id, what=what)
