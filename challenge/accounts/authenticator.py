"""Codes of an authenticator app (RFC 6238): begun with a first code, each good once, the secret sealed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.accounts import factors
from challenge.accounts.factor_models import Authenticator
from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.clock import db_now
from challenge.rules.errors import Invalid, WrongState
from challenge.rules.permissions import Action, Actor, require

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

PERIOD, DIGITS = 30, 6
WINDOW = (0, -1, 1)  # steps: clocks of telephones are off by half a minute, not more
ISSUER = "challenge"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app has to be given: as an address for its camera, and to be typed."""

    address: str
    typed: str


def begin(session: Session, actor: Actor) -> None:
    """Make a secret that waits for its first code; one that waits already is replaced."""
    require(actor, Action.ACCOUNT_USE)
    user_id = actor.user_id or 0
    row = _row(session, user_id)
    if row is not None and row.confirmed_at is not None:
        raise WrongState("authenticator_there")
    sealed = _seal(user_id, secrets.token_bytes(20))
    if row is None:
        session.add(Authenticator(user_id=user_id, secret=sealed))
    else:
        row.secret, row.step = sealed, 0
    session.flush()


def waiting(session: Session, actor: Actor, site: str) -> Setup | None:
    """The secret that waits for its first code, as an app wants it; None where none waits."""
    row = _row(session, actor.user_id or 0)
    if row is None or row.confirmed_at is not None:
        return None
    person = session.get_one(User, row.user_id)
    key = _open(row.user_id, row.secret)
    typed = base64.b32encode(key).decode()
    address = _totp(key).get_provisioning_uri(person.email, f"{ISSUER} ({site})")
    return Setup(address, " ".join(typed[start : start + 4] for start in range(0, len(typed), 4)))


def picture(address: str) -> str:
    """The address as a QR code: SVG without a style of its own."""
    import segno  # on first use: one page draws one

    return str(segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff"))


def confirm(session: Session, actor: Actor, code: str) -> None:
    """The first code: from now on it is asked for. Raises `Invalid("code", "factor_code_wrong")`."""
    require(actor, Action.ACCOUNT_USE)
    row = _row(session, actor.user_id or 0)
    if row is None or row.confirmed_at is not None:
        raise WrongState("authenticator_there" if row is not None else "authenticator_not_begun")
    if not _used(session, row, code):
        raise Invalid("code", "factor_code_wrong")
    row.confirmed_at = clock.now(session)
    session.flush()
    factors.changed(session, actor, "authenticator_added")


def remove(session: Session, actor: Actor) -> None:
    """Ask for its codes no more."""
    require(actor, Action.ACCOUNT_USE)
    row = _row(session, actor.user_id or 0)
    if row is None:
        return
    was_used = row.confirmed_at is not None
    session.delete(row)
    session.flush()
    if was_used:
        factors.changed(session, actor, "authenticator_removed")


def check(session: Session, user_id: int, code: str) -> bool:
    """Whether this is a code of theirs that was not used before; it counts as used from here on."""
    row = _row(session, user_id)
    return row is not None and row.confirmed_at is not None and _used(session, row, code)


def _row(session: Session, user_id: int) -> Authenticator | None:
    return session.scalar(sa.select(Authenticator).where(Authenticator.user_id == user_id))


def _used(session: Session, row: Authenticator, code: str) -> bool:
    """Use a code up: of two that show it at once one wins, and an older one than the last is none."""
    code = "".join(code.split())
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        return False
    totp = _totp(_open(row.user_id, row.secret))
    now = int(clock.now(session).timestamp()) // PERIOD
    for step in (now + each for each in WINDOW):
        if not hmac.compare_digest(totp.generate(step * PERIOD), code.encode()):
            continue
        taken = (
            sa.update(Authenticator)
            .where(Authenticator.id == row.id, Authenticator.step < step)
            .values(step=step, used_at=db_now())
            .returning(Authenticator.id)
        )
        return session.scalar(taken) is not None
    return False


def _totp(key: bytes) -> TOTP:
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return TOTP(key, DIGITS, SHA1(), PERIOD)  # noqa: S303  # nosec B303 - apps know it; HMAC needs no more


def _key() -> bytes:
    return hmac.new(str(current_app.secret_key).encode(), b"authenticator secrets", hashlib.sha256).digest()


def _seal(user_id: int, key: bytes) -> str:
    """Sealed for this person: put under another account it opens no more."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, key, str(user_id).encode())).decode()


def _open(user_id: int, sealed: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(sealed)
    try:
        return AESGCM(_key()).decrypt(raw[:12], raw[12:], str(user_id).encode())
    except InvalidTag:
        raise WrongState("authenticator_unreadable") from None
