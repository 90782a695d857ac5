"""Settings that administrators change: read where they are asked for, by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Invitation
from challenge.accounts.wish_models import Wish
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.wishes import DEFAULTS, SETTINGS


def get(session: Session, *names: str) -> dict[str, Any]:
    """The values in force of these settings, or their defaults; one statement."""
    found = sa.select(Wish.name, Wish.value).where(Wish.name.in_(names))
    known = {row.name: row.value for row in session.execute(found)}
    return {name: known.get(name, DEFAULTS[name]) for name in names}


def may_register(session: Session, address: str) -> bool:
    """Whether the owner of this address may make an account: anybody, or who is invited to something."""
    if get(session, "registration_open")["registration_open"]:
        return True
    invited = sa.select(Invitation.id).where(
        sa.func.lower(Invitation.email) == address.strip().lower(),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(session),
    )
    return session.scalar(invited.limit(1)) is not None


def changed(session: Session) -> dict[str, Any]:
    """What differs from the defaults; one statement."""
    rows = session.execute(sa.select(Wish.name, Wish.value))
    return {name: value for name, value in rows if name in SETTINGS}


def change(session: Session, actor: Actor, typed: Mapping[str, str]) -> list[str]:
    """Set what was typed; the names of those that changed. Raises `Invalid` at the setting's name."""
    require(actor, Action.SETTING_CHANGE)
    begin_write(session)
    wanted = {name: SETTINGS[name].read(name, typed[name]) for name in SETTINGS if name in typed}
    known = {**DEFAULTS, **changed(session)}
    different = sorted(name for name, value in wanted.items() if known[name] != value)
    if not different:
        return []
    now = clock.now(session)
    for name in different:
        row = {"name": name, "value": wanted[name], "changed_at": now}
        put = insert_into(session, Wish).values(row)
        session.execute(put.on_conflict_do_update(index_elements=[Wish.name], set_=row))
    told = {name: wanted[name] if SETTINGS[name].kind != "text" else len(wanted[name]) for name in different}
    chain.record(session, actor, "settings.changed", "platform:1", changed=told)
    return different
