"""What an administrator does to an account, each time with a reason: suspend, reopen, confirm, promote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from challenge.accounts import people
from challenge.accounts.act_models import AdminAct
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.base.ids import new_token
from challenge.rules.errors import Invalid, Refused
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

REASON = 500


def because(
    session: Session,
    actor: Actor,
    action: str,
    reason: str,
    *,
    user_id: int | None = None,
    organization_id: int | None = None,
) -> AdminAct:
    """Keep a reason; raises `Invalid("reason", ...)` without one. For services, which ask and record."""
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "required")
    if len(reason) > REASON:
        raise Invalid("reason", "too_long", most=REASON, length=len(reason))
    act = AdminAct(
        action=action,
        user_id=user_id,
        organization_id=organization_id,
        author_id=actor.user_id,
        reason=reason,
    )
    session.add(act)
    session.flush()
    return act


def of_user(session: Session, user_id: int) -> Sequence[tuple[AdminAct, str]]:
    """What was done to an account and by whom, newest first; one statement."""
    author = aliased(User)
    query = sa.select(AdminAct, sa.func.coalesce(author.name, "")).outerjoin(
        author, author.id == AdminAct.author_id
    )
    rows = session.execute(query.where(AdminAct.user_id == user_id).order_by(AdminAct.id.desc()).limit(50))
    return [(act, name) for act, name in rows]


def suspend(session: Session, actor: Actor, person: User, reason: str) -> None:
    """Close an account; its owner gets a letter with the reason. Said twice it is done once."""
    require(actor, Action.USER_MANAGE)
    begin_write(session)
    session.refresh(person, ["active", "admin"])
    if not person.active:
        return
    act = because(session, actor, "suspended", reason, user_id=person.id)
    people.deactivate(session, actor, person)
    queue.announce(session, "account.suspended", f"user:{person.id}", mark=act.id, act_id=act.id)


def reopen(session: Session, actor: Actor, person: User, reason: str) -> None:
    """Open a closed account again; its owner gets a letter."""
    require(actor, Action.USER_MANAGE)
    begin_write(session)
    session.refresh(person, ["active"])
    if person.active:
        return
    act = because(session, actor, "reopened", reason, user_id=person.id)
    people.reactivate(session, actor, person)
    facts: dict[str, Any] = {"act_id": act.id, "user_id": person.id}
    queue.announce(session, "account.reopened", f"user:{person.id}", mark=act.id, **facts)


def confirm(session: Session, actor: Actor, person: User, reason: str) -> None:
    """Vouch for an address whose owner cannot open the link."""
    require(actor, Action.USER_MANAGE)
    if person.confirmed_at is not None:
        return
    act = because(session, actor, "confirmed", reason, user_id=person.id)
    person.confirmed_at = clock.now(session)
    session.flush()
    chain.record(session, actor, "account.confirmed_by_hand", f"user:{person.id}", act_id=act.id)


def send_link(session: Session, actor: Actor, person: User) -> str:
    """Mail the link that sets a new password, or where the address is not confirmed the one that confirms it.

    Returns the template of the letter.
    """
    require(actor, Action.USER_MANAGE)
    if not person.active:
        raise Refused("account_closed")
    template = "account_reset" if person.confirmed_at is not None else "account_confirm"
    payload = {
        "template": template,
        "user_id": person.id,
        "address": None,
        "locale": None,
        "about": {"account_id": person.id},
    }
    queue.put(session, queue.Work("mail", f"mail/account/{new_token()}", payload))
    chain.record(session, actor, "account.link_sent", f"user:{person.id}", template=template)
    return template


def set_administrator(session: Session, actor: Actor, person: User, reason: str, *, admin: bool) -> None:
    """Make somebody an administrator, or end that; the last one stays. Their sessions end.

    Raises `Refused("last_administrator")`, and for a closed or unconfirmed account.
    """
    require(actor, Action.ROLE_MANAGE)
    begin_write(session)
    session.refresh(person, ["active", "admin"])
    if person.admin == admin:
        return
    if admin and (not person.active or person.confirmed_at is None):
        raise Refused("account_not_usable")
    if not admin:
        people.check_not_last(session, person)
    name = "administrator_made" if admin else "administrator_ended"
    act = because(session, actor, name, reason, user_id=person.id)
    person.admin = admin
    people.end_sessions(session, person)
    event = f"administrator.{'appointed' if admin else 'dismissed'}"
    facts: dict[str, Any] = {"act_id": act.id, "user_id": person.id}
    queue.announce(session, event, f"user:{person.id}", mark=act.id, **facts)
    chain.record(session, actor, event, f"user:{person.id}", act_id=act.id)
