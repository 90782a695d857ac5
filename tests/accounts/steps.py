"""What people do with second factors in several stories: codes of an app, and an app that is set up."""

from __future__ import annotations

import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from challenge.accounts import authenticator
from challenge.accounts.models import User
from tests.factories import actor_of

PERIOD = 30


def code_of(key: bytes, later: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    return TOTP(key, 6, SHA1(), PERIOD).generate(int(time.time()) + later * PERIOD).decode()


def with_app(session: Session, person: User) -> bytes:
    """Set an app up; its key. The code of this moment is used, that of the next step is not."""
    from base64 import b32decode

    authenticator.begin(session, actor_of(person))
    setup = authenticator.waiting(session, actor_of(person), "site")
    assert setup is not None
    key = b32decode(setup.typed.replace(" ", ""))
    authenticator.confirm(session, actor_of(person), code_of(key, -1))
    session.commit()
    return key
