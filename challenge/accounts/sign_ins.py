"""Where a person is signed in: begun with each sign-in, seen as long as it is used, ended one or all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.factor_models import SignIn
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.clock import db_now
from challenge.base.ids import digest
from challenge.rules import devices
from challenge.rules.errors import NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

SEEN_EVERY = dt.timedelta(minutes=10)
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Device:
    """The device that signs in: the browser's own lasting mark, and what its request says of it."""

    mark: str
    agent: str
    address: str


def loaded(session: Session, identity: str) -> tuple[User, SignIn | None] | None:
    """Whoever a cookie names, and their sign-in (one statement); None for nobody, or once it was ended.

    A cookie without a token was made before sign-ins were kept, or by a rig of the tests: it holds until its
    person signs out everywhere. Every cookie that is made now has one.
    """
    uniquifier, _dot, token = identity.partition(".")
    same = sa.and_(SignIn.user_id == User.id, SignIn.token_digest == digest(token), SignIn.ended_at.is_(None))
    query = sa.select(User, SignIn).outerjoin(SignIn, same).where(User.fs_uniquifier == uniquifier)
    if not token:
        person = session.scalar(sa.select(User).where(User.fs_uniquifier == uniquifier))
        return None if person is None or not person.active else (person, None)
    row = session.execute(query).one_or_none()
    if row is None or row.SignIn is None or not row.User.active:
        return None
    return row.User, row.SignIn


def begin(
    session: Session, person: User, token: str, device: Device, means: str, instead: SignIn | None = None
) -> SignIn:
    """Keep a sign-in; whoever was signed in before is told when the device is a new one.

    `instead`: the sign-in that goes on under a new token, after the password was changed.
    """
    browser, system = devices.browser_of(device.agent), devices.system_of(device.agent)
    network = devices.network_of(device.address)
    mark = digest(device.mark)
    # One statement: it asks what is known, keeps the row, and brings back what it found.
    kept = sa.insert(SignIn).values(
        user_id=person.id,
        token_digest=digest(token),
        device_digest=mark,
        browser=browser,
        system=system,
        network=network,
        means=(instead.means if instead is not None else means)[:40],
        known=_known(person.id, mark, browser, system, network),
    )
    row = session.execute(kept.returning(SignIn)).scalar_one()
    if instead is not None:
        row.created_at, instead.ended_at = instead.created_at, clock.now(session)
    if row.known == 0:
        name, seen_at = devices.named(browser, system), row.seen_at.isoformat()
        said: dict[str, Any] = {"device": name, "network": network, "seen_at": seen_at}
        about = f"user:{person.id}"
        queue.announce(session, "account.new_device", about, mark=row.ref, user_id=person.id, **said)
    return row


def _known(user_id: int, mark: str, browser: str, system: str, network: str) -> sa.ScalarSelect[int | None]:
    """1 where one of the earlier sign-ins was on this device, 0 where none was, None where there was none."""
    alike = sa.and_(SignIn.browser == browser, SignIn.system == system, SignIn.network == network)
    fits = sa.or_(SignIn.device_digest == mark, alike)
    found = sa.func.max(sa.case((fits, 1), else_=0))
    return sa.select(found).where(SignIn.user_id == user_id).scalar_subquery()


def seen(session: Session, sign_in: SignIn, device: Device) -> None:
    """Note that it is used still, and from which network."""
    session.execute(
        sa.update(SignIn)
        .where(SignIn.id == sign_in.id, SignIn.ended_at.is_(None))
        .values(seen_at=db_now(), network=devices.network_of(device.address))
        .execution_options(synchronize_session=False)
    )


def listed(session: Session, actor: Actor) -> Sequence[SignIn]:
    """Where this person is signed in, used last first."""
    query = (
        sa.select(SignIn)
        .where(SignIn.user_id == actor.user_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return session.scalars(query.limit(MOST_SHOWN)).all()


def end(session: Session, actor: Actor, ref: str) -> SignIn:
    """End one of one's own sign-ins; one that was ended already stays so. Raises NotFound."""
    require(actor, Action.ACCOUNT_USE)
    query = sa.select(SignIn).where(SignIn.ref == ref, SignIn.user_id == actor.user_id)
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    if found.ended_at is None:
        found.ended_at = clock.now(session)
        session.flush()
        chain.record(session, actor, "account.sign_in_ended", f"user:{actor.user_id}", sign_in=found.id)
    return found


def retoken(session: Session, sign_in: SignIn, token: str) -> None:
    """Let it go on under another token."""
    same = sa.update(SignIn).where(SignIn.id == sign_in.id, SignIn.ended_at.is_(None))
    session.execute(same.values(token_digest=digest(token)).execution_options(synchronize_session=False))


def close(session: Session, sign_in: SignIn) -> None:
    """End it because its person signs out."""
    ended = sa.update(SignIn).where(SignIn.id == sign_in.id, SignIn.ended_at.is_(None))
    session.execute(ended.values(ended_at=db_now()).execution_options(synchronize_session=False))


def end_all(session: Session, user_id: int, but: SignIn | None = None) -> None:
    """End all of a person's sign-ins, but for one that goes on; whoever calls records why."""
    ended = (
        sa.update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=db_now())
        .execution_options(synchronize_session=False)
    )
    session.execute(ended if but is None else ended.where(SignIn.id != but.id))
