"""The way in, in two steps where an account asks for two: after the first nobody is signed in yet."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from flask import Response, g, redirect, session, url_for
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import login_user
from sqlalchemy.orm import Session

from challenge.accounts import authenticator, recovery
from challenge.accounts.models import User
from challenge.base.paths import relative
from challenge.base.session import COME_BACK

STEP = "entering"  # in the session: who has passed the first step
PATIENCE = 600.0


class SecondStep(TfPlugin):
    """Stands where Flask-Security asks whether a second factor is to be asked for."""

    def tf_enter(
        self, user: Any, remember_me: bool | None, primary_authn_via: str, next_loc: str | None
    ) -> Any:
        """The second step's page; None where there is nothing more to ask."""
        return second_step(user, primary_authn_via, remember=bool(remember_me), wanted=next_loc)


def second_step(person: User, by: str, *, remember: bool, wanted: str | None) -> Response | None:
    """After the first step, `by` this means: the way to the second one; None where the account asks for none.

    Whoever signs somebody in asks here first, and calls `enter` when the answer is None.
    """
    if not person.second_factor:
        g.signs_in_by = by
        return None
    session[STEP] = {
        "user": person.fs_uniquifier,
        "by": by,
        "remember": remember,
        "next": relative(wanted, "") or session.get(COME_BACK, ""),
        "at": time.time(),
    }
    answer: Any = redirect(url_for("account.second_step"))
    return answer  # type: ignore[no-any-return]


def halfway(database: Session) -> User | None:
    """Who has passed the first step a short while ago; None for nobody."""
    step = session.get(STEP) or {}
    if not step or time.time() - step["at"] > PATIENCE:
        session.pop(STEP, None)
        return None
    query = sa.select(User).where(User.fs_uniquifier == step["user"], User.active.is_(True))
    return database.scalar(query)


def check(database: Session, person: User, code: str) -> str | None:
    """By what this code proves who they are: their app, or a recovery code; None where it proves nothing."""
    if authenticator.check(database, person.id, code):
        return "authenticator"
    return "recovery" if recovery.use(database, person.id, code) else None


def finish(person: User, by: str) -> str:
    """The second step is passed: sign in, and say where to go on. The door commits."""
    step = session.get(STEP) or {}
    return enter(person, f"{step['by']}+{by}", remember=step["remember"], wanted=step["next"])


def enter(person: User, by: str, *, remember: bool, wanted: str | None) -> str:
    """Sign a person in who has proved all that is asked for, and say where to go on. The door commits."""
    place = relative(wanted, "") or relative(session.get(COME_BACK), "") or url_for("account.work")
    g.signs_in_by = by
    login_user(person, remember=remember, authn_via=by.split("+"))
    return place
