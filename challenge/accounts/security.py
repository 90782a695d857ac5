"""Flask-Security on our tables: its mails become work rows, its hashes cost what a deadline can bear."""

from __future__ import annotations

import os
import threading
from typing import Any, ClassVar

from flask import Flask, Response, after_this_request, has_request_context
from flask_security import FSQLALiteUserDatastore, MailUtil, Security, uia_email_mapper
from flask_security.core import RoleMixin
from flask_security.signals import password_changed, password_reset, user_confirmed, user_registered
from flask_security.utils import aware_utcnow

from challenge.accounts import arrival, entering, phrases, sign_ins
from challenge.accounts.entry import FORMS
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base.db import db
from challenge.base.ids import new_token
from challenge.rules.permissions import Actor
from challenge.tasks import queue

# Flask-Security's letters -> our templates (templates/mail/). The links are made when a letter is written.
LETTERS = {
    "security/email/welcome": "account_confirm",
    "security/email/confirmation_instructions": "account_confirm",
    "security/email/welcome_existing": "account_exists",
    "security/email/reset_instructions": "account_reset",
    "security/email/reset_notice": "account_reset_notice",
    "security/email/change_notice": "account_changed",
}


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
        """Put the letter into the transaction of this request, which ends with the request."""
        db.session.flush()
        person: User = kwargs["user"]
        payload = {
            "template": LETTERS[template],
            "user_id": person.id,
            "address": None,
            "locale": None,
            "about": {"account_id": person.id},
        }
        queue.put(db.session, queue.Work("mail", f"mail/account/{new_token()}", payload))
        if has_request_context():
            after_this_request(_commit)

    def normalize(self, email: str) -> str:
        """One spelling for one address: in practice letter case makes no difference."""
        return str(super().normalize(email)).lower()

    def validate(self, email: str) -> str:
        """The same for an address that is to be kept."""
        return str(super().validate(email)).lower()


def _commit(response: Response) -> Response:
    # Some of Flask-Security's views change nothing but send a letter, and do not commit.
    db.session.commit()
    return response


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
        **_passwords(salt),
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": True,
        "SECURITY_DATETIME_FACTORY": aware_utcnow,
        "SECURITY_JOIN_USER_ROLES": False,
        # `flask user` is ours; the library's commands know nothing of roles that hold for something.
        "SECURITY_CLI_USERS_NAME": False,
        "SECURITY_CLI_ROLES_NAME": False,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"email": {"mapper": uia_email_mapper, "case_insensitive": False}}
        ],
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_TRACKABLE": True,
        "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        # None: a directive without a value. The library's own True is sent as "no-store=True".
        "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
        "REMEMBER_COOKIE_SECURE": secure_cookies,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        **_addresses(),
        **phrases.config(),
    }


def _passwords(salt: str) -> dict[str, Any]:
    return {
        # HMAC-SHA512 under this salt comes before the hash: a stolen database alone gives nothing to guess.
        "SECURITY_PASSWORD_SALT": salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__time_cost": 2,
            "argon2__memory_cost": 19456,
            "argon2__parallelism": 1,
        },
        # What goes into signed links (address, password hash) needs no slow hash: half a second a letter.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
    }


def _addresses() -> dict[str, str]:
    return {
        "SECURITY_POST_LOGIN_VIEW": "/work",
        "SECURITY_POST_REGISTER_VIEW": "/check-mail",
        "SECURITY_POST_CONFIRM_VIEW": "/login",
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/profile",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_VERIFY_URL": "/verify-password",
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_RESET_URL": "/reset-password",
        "SECURITY_CONFIRM_URL": "/confirm-address",
    }


def init_security(app: Flask, *, web_workers: int) -> None:
    """Put Flask-Security onto the app; its templates are ours (templates/security/).

    Never more hashes at once than cores, all web workers together: at a deadline everyone signs in.
    """
    datastore = FSQLALiteUserDatastore(db, User, Role)
    security = Security(app, datastore, mail_util_cls=LetterMailUtil, **FORMS)
    security.two_factor_plugins = entering.SecondStep()
    # No tokens in headers or addresses sign anybody in, so no request is searched for one.
    app.login_manager.request_loader(None)  # type: ignore[attr-defined]
    most = max(1, (os.cpu_count() or 1) // max(1, web_workers))
    security.pwd_context = CappedContext(security.pwd_context, most)
    arrival.install(app)
    for signal, action in RECORDED.items():
        signal.connect(_recorder(action), app, weak=False)


RECORDED = {
    user_registered: "account.registered",
    user_confirmed: "account.confirmed",
    password_reset: "account.password_reset",
    password_changed: "account.password_changed",
}


# Flask-Security changes the mark that all cookies carry; whoever changed it here stays signed in here.
ENDING = frozenset({"account.password_reset", "account.password_changed"})


def _recorder(action: str) -> Any:
    def record(_sender: Flask, user: User, **_facts: Any) -> None:
        db.session.flush()
        if action in ENDING:
            sign_ins.end_all(db.session, user.id, but=arrival.current())
        chain.record(db.session, Actor(user_id=user.id), action, f"user:{user.id}")

    return record
