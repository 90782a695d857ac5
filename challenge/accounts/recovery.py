"""Recovery codes: on paper for the day when the other factors are lost. Shown once, each good once."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import factors
from challenge.accounts.factor_models import RecoveryCode
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base.clock import db_now
from challenge.base.ids import sealed
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, Actor, require

COUNT, LENGTH = 10, 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # 31 characters that read alike to everybody: 49 bits a code


def make(session: Session, actor: Actor) -> list[str]:
    """New codes in place of all earlier ones. They are known here and now, and never again."""
    require(actor, Action.ACCOUNT_USE)
    user_id = actor.user_id or 0
    person = session.get_one(User, user_id)
    if not person.second_factor:
        raise WrongState("no_second_factor")
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, code_digest=_digest(user_id, code)) for code in codes)
    session.flush()
    factors.told(session, user_id, "recovery_made")
    chain.record(session, actor, "account.recovery_made", f"user:{user_id}")
    half = LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def use(session: Session, user_id: int, code: str) -> bool:
    """Whether this is one of theirs that was not used before; from here on it was."""
    plain = "".join(each for each in code.lower() if each in ALPHABET)
    if len(plain) != LENGTH or len(code) > 2 * LENGTH:
        return False
    used = (
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_digest == _digest(user_id, plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=db_now())
        .returning(RecoveryCode.id)
    )
    if session.scalar(used) is None:
        return False
    factors.told(session, user_id, "recovery_used")
    chain.record(session, Actor(user_id=user_id), "account.recovery_used", f"user:{user_id}")
    return True


def _digest(user_id: int, code: str) -> str:
    # Under the installation's key: a stolen database alone gives nothing to try codes against.
    return sealed("recovery code", f"{user_id}\n{code}")
