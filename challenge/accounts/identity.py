"""Identity confirmed again, before what binds: the one place that says whether a person is who is signed in.

A password, a code of the app, or a passkey, asked for anew however fresh the sign-in is. Whatever else may
confirm an identity joins here: a service takes a `Confirmed`, and does not ask by what.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_security.utils import verify_password
from sqlalchemy.orm import Session

from challenge.accounts import authenticator
from challenge.accounts.models import User
from challenge.rules.errors import Invalid, NotAllowed
from challenge.rules.permissions import Actor

MOST = 200  # hashing must not be asked to chew on a book


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to be who they are: any one of these."""

    password: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """This person has just confirmed to be it, `by` this means."""

    user_id: int
    by: str = "password"

    def check(self, actor: Actor) -> None:
        """Raise `NotAllowed` unless it is the actor who was confirmed."""
        if actor.user_id != self.user_id:
            raise NotAllowed


def confirmed(session: Session, actor: Actor, proof: Proof) -> Confirmed:
    """The confirmation of whoever is signed in. To be asked for outside of writing: a hash takes its time.

    A code counts as used from here on, whatever comes of what it was shown for; the door commits that.
    Raises Invalid("password" or "code", ...), and `NotAllowed` for nobody.
    """
    person = session.get(User, actor.user_id) if actor.user_id is not None else None
    if person is None or not person.active:
        raise NotAllowed
    if proof.code.strip():
        if not authenticator.check(session, person.id, proof.code):
            raise Invalid("code", "factor_code_wrong")
        return Confirmed(person.id, by="authenticator")
    if not proof.password:
        raise Invalid("password", "required")
    kept = person.password if len(proof.password) <= MOST else None
    if kept is None or not verify_password(proof.password, kept):
        raise Invalid("password", "password_wrong")
    return Confirmed(person.id)
