"""Flask-Security on our tables: its mails become work rows, its hashes cost what a deadline can bear."""

from __future__ import annotations

import os
import threading
from typing import Any, ClassVar

from flask import Flask
from flask_security import FSQLALiteUserDatastore, MailUtil, Security
from flask_security.core import RoleMixin
from flask_security.utils import aware_utcnow

from challenge.accounts.models import User
from challenge.base.db import db
from challenge.base.ids import new_token
from challenge.tasks import queue


class Role(RoleMixin):
    """Flask-Security asks for a class; our roles hold for something and live in RoleGrant."""

    name: ClassVar[str] = ""  # type: ignore[misc]


class LetterMailUtil(MailUtil):
    """Writes a work row instead of sending: a mail server that is down must not stop a registration."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Put the finished letter into the caller's transaction."""
        payload = {"to": recipient, "template": template, "subject": str(subject), "body": body, "html": html}
        queue.put(db.session, queue.Work("letter", f"letter/{new_token()}", payload))


class CappedContext:
    """Passlib's context, with at most `most` hashes at once in this process."""

    def __init__(self, context: Any, most: int) -> None:
        self._context = context
        self._turn = threading.BoundedSemaphore(most)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def hash(self, *args: Any, **kwargs: Any) -> str:
        """Hash, in turn."""
        with self._turn:
            return str(self._context.hash(*args, **kwargs))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        """Verify, in turn."""
        with self._turn:
            return bool(self._context.verify(*args, **kwargs))


def security_config(*, secure_cookies: bool, salt: str) -> dict[str, Any]:
    """Flask-Security's settings: registration with confirmation, reset, change; generic answers."""
    return {
        "SECURITY_PASSWORD_SALT": salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__time_cost": 2,
            "argon2__memory_cost": 19456,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": True,
        "SECURITY_DATETIME_FACTORY": aware_utcnow,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_TRACKABLE": True,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_POST_LOGIN_VIEW": "/work",
        "SECURITY_POST_CONFIRM_VIEW": "/login",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_VERIFY_URL": "/verify-password",
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_RESET_URL": "/reset-password",
        "SECURITY_CONFIRM_URL": "/confirm-address",
        "SECURITY_CACHE_CONTROL": {"private": True, "no-store": True},
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "REMEMBER_COOKIE_SECURE": secure_cookies,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }


def init_security(app: Flask, *, web_workers: int) -> None:
    """Put Flask-Security onto the app; its templates are ours (templates/security/).

    Never more hashes at once than cores, all web workers together: at a deadline everyone signs in.
    """
    datastore = FSQLALiteUserDatastore(db, User, Role)
    security = Security(app, datastore, mail_util_cls=LetterMailUtil)
    most = max(1, (os.cpu_count() or 1) // max(1, web_workers))
    security.pwd_context = CappedContext(security.pwd_context, most)
