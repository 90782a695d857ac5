"""Programmes that want a second factor of whoever organizes or judges in them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.factor_models import FactorRule
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base.db import insert_into
from challenge.rules.errors import WrongState
from challenge.rules.permissions import Action, Actor, Subject, require


def holds(session: Session, programme_id: int) -> bool:
    """Whether this programme wants one."""
    return session.get(FactorRule, programme_id) is not None


def set_rule(session: Session, actor: Actor, programme_id: int, subject: Subject, *, wanted: bool) -> None:
    """Want one, or want none. Who lacks one themselves shuts nobody out, and not themselves either."""
    require(actor, Action.PROGRAMME_EDIT, subject)
    if wanted and actor.user_id is not None and not session.get_one(User, actor.user_id).second_factor:
        raise WrongState("no_second_factor")
    if wanted:
        kept = insert_into(session, FactorRule).values(programme_id=programme_id)
        changed = session.scalar(kept.on_conflict_do_nothing().returning(FactorRule.programme_id))
    else:
        gone = sa.delete(FactorRule).where(FactorRule.programme_id == programme_id)
        changed = session.scalar(gone.returning(FactorRule.programme_id))
    session.expire_all()
    if changed is not None:
        action = "programme.second_factor_wanted" if wanted else "programme.second_factor_lifted"
        chain.record(session, actor, action, f"programme:{programme_id}")
