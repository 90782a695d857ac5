"""Accounts elsewhere by which a person signs in: who is behind one, linking it, and taking it away."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_security.utils import hash_password, verify_password
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.accounts import addresses, people
from challenge.accounts.identity import MOST, Confirmed
from challenge.accounts.identity_models import ExternalIdentity, IdentityLetter
from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock, ids
from challenge.base.db import begin_write
from challenge.base.i18n import LOCALES
from challenge.rules.errors import Invalid, NotAllowed, NotFound, Refused
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

LETTER_VALID = dt.timedelta(hours=1)
MOST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Known:
    """Who a provider says somebody is. `verified` is its word that the address is theirs."""

    provider: str
    issuer: str
    subject: str
    address: str = ""
    verified: bool = False
    name: str = ""

    def same_as(self, other: ExternalIdentity | IdentityLetter) -> bool:
        """Whether it is the same account elsewhere."""
        return (self.issuer, self.subject) == (other.issuer, other.subject)


def person_of(session: Session, known: Known) -> User | None:
    """Who signs in here by this account elsewhere."""
    query = sa.select(User).join(ExternalIdentity, ExternalIdentity.user_id == User.id)
    return session.scalar(query.where(*_this(known)))


def used(session: Session, known: Known) -> None:
    """Note that somebody signed in by it, and how its owner is written to there by now."""
    values = {"last_used_at": clock.now(session), "address": known.address}
    session.execute(sa.update(ExternalIdentity).where(*_this(known)).values(values))


def of_person(session: Session, user_id: int) -> Sequence[ExternalIdentity]:
    """The accounts elsewhere of one person, the oldest first (one statement)."""
    mine = ExternalIdentity.user_id == user_id
    return session.scalars(sa.select(ExternalIdentity).where(mine).order_by(ExternalIdentity.id)).all()


def by_password(session: Session, address: str, password: str) -> User:
    """Whose account it is, by its password. To be asked for outside of writing: a hash takes its time.

    Raises `Invalid("password", "sign_in_wrong")`, the same whether there is such an account or not.
    """
    person = people.by_email(session, address.strip())
    kept = person.password if person is not None else None
    if kept is None:
        hash_password(password[:MOST])  # nobody learns by the time that it takes who has an account
    if person is None or kept is None or not verify_password(password[:MOST], kept):
        raise Invalid("password", "sign_in_wrong")
    return person


def link(session: Session, actor: Actor, known: Known, proof: Confirmed) -> ExternalIdentity:
    """Let this person sign in by this account elsewhere from now on; done twice, done once.

    Raises Refused: `identity_taken` (it is another person's), `identity_one_each`.
    """
    require(actor, Action.ACCOUNT_USE)
    proof.check(actor)
    return _linked(session, actor, session.get_one(User, actor.user_id), known)


def link_proved(session: Session, person: User, known: Known) -> ExternalIdentity:
    """The same for somebody who is not signed in yet, and has proved to own the account otherwise."""
    return _linked(session, Actor(user_id=person.id), person, known)


def unlink(session: Session, actor: Actor, identity_id: int, proof: Confirmed, *, others: int = 0) -> None:
    """Sign in by it no more. `others` counts further ways in that are no password.

    Raises NotFound, and Refused `last_way_in`: without any other nobody could come back.
    """
    require(actor, Action.ACCOUNT_USE)
    proof.check(actor)
    begin_write(session)
    person = session.get_one(User, actor.user_id, with_for_update=True)
    mine = of_person(session, person.id)
    found = next((each for each in mine if each.id == identity_id), None)
    if found is None:
        raise NotFound
    if person.password is None and len(mine) + others == 1:
        raise Refused("last_way_in")
    provider = found.provider
    session.delete(found)
    session.flush()
    _tell(session, person, "identity_unlinked", provider)
    chain.record(session, actor, "identity.unlinked", f"user:{person.id}", provider=provider)


def create_account(session: Session, known: Known, *, name: str, locale: str) -> User:
    """An account without a password, for an address whose owner is proved: by the provider, or by a letter.

    Raises `Invalid` at the field, and Refused `account_exists` where the address has an account here.
    """
    name = name.strip()
    if not name:
        raise Invalid("name", "required")
    if len(name) > people.NAME_LENGTH:
        raise Invalid("name", "too_long", most=people.NAME_LENGTH, length=len(name))
    if not known.verified:
        raise NotAllowed
    address = addresses.normal("address", known.address)
    begin_write(session)
    if people.by_email(session, address) is not None:
        raise Refused("account_exists")
    person = User(email=address, name=name, fs_uniquifier=uuid.uuid4().hex)
    person.locale = locale if locale in LOCALES else LOCALES[0]
    person.confirmed_at = clock.now(session)
    session.add(person)
    _flush(session, "account_exists")
    chain.record(session, Actor(user_id=person.id), "account.registered", f"user:{person.id}")
    _linked(session, Actor(user_id=person.id), person, known, tell=False)
    return person


def send_letter(session: Session, known: Known, address: str, locale: str) -> None:
    """Ask whoever reads mail at this address whether it is they who sign in by this account elsewhere.

    The same letter whether there is an account or not: nobody learns that here.
    Raises `Invalid("address", "not_an_address")`.
    """
    address = addresses.normal("address", address)
    now = clock.now(session)
    session.execute(sa.delete(IdentityLetter).where(IdentityLetter.expires_at < now - LETTER_VALID))
    letter = IdentityLetter(
        provider=known.provider, issuer=known.issuer, subject=known.subject, address=address
    )
    letter.created_at, letter.expires_at, letter.told = now, now + LETTER_VALID, known.address
    letter.token_digest = ids.digest(token_of(letter))
    session.add(letter)
    session.flush()
    about = {"identity_letter_id": letter.id}
    to = {"user_id": None, "address": address, "locale": locale}
    payload = {"template": "identity_letter", **to, "about": about}
    queue.put(session, queue.Work("mail", f"mail/identity/{letter.id}/{address}", payload))


def password_letter(session: Session, actor: Actor) -> None:
    """A letter with a link that sets a password, to somebody who is signed in."""
    require(actor, Action.ACCOUNT_USE)
    _post(session, session.get_one(User, actor.user_id), "account_reset", {"account_id": actor.user_id})


def token_of(letter: IdentityLetter) -> str:
    """The secret of the letter's link, written anew from its row and the installation's key."""
    about = (letter.issuer, letter.subject, letter.address, chain.instant_text(letter.created_at))
    return ids.sealed("identity", "|".join(about))


def letter_of(session: Session, token: str, known: Known | None) -> IdentityLetter:
    """The letter of a link, for the browser in which it was asked for; `known` is who was seen there.

    A letter opened elsewhere links nothing: whoever asked for it may not be whoever reads it.
    Raises NotFound, and Refused `identity_letter_expired` or `identity_letter_elsewhere`.
    """
    query = sa.select(IdentityLetter).where(IdentityLetter.token_digest == ids.digest(token))
    letter = session.scalar(query)
    if letter is None:
        raise NotFound
    if letter.used_at is not None or clock.now(session) >= letter.expires_at:
        raise Refused("identity_letter_expired")
    if known is None or not known.same_as(letter):
        raise Refused("identity_letter_elsewhere")
    return letter


def use_letter(session: Session, token: str, known: Known | None) -> tuple[User | None, str]:
    """Use the link up: the account of its address, None where there is none yet, and the address."""
    begin_write(session)
    letter = letter_of(session, token, known)
    letter.used_at = clock.now(session)
    session.flush()
    person = people.by_email(session, letter.address)
    if person is not None and person.confirmed_at is None:
        person.confirmed_at = letter.used_at
        # Somebody registered the address before it was proved: what they chose as a password lets nobody in.
        person.password = None
        person.fs_uniquifier = uuid.uuid4().hex
        chain.record(session, Actor(user_id=person.id), "account.confirmed", f"user:{person.id}")
    return person, letter.address


def _linked(
    session: Session, actor: Actor, person: User, known: Known, *, tell: bool = True
) -> ExternalIdentity:
    begin_write(session)
    found = session.scalar(sa.select(ExternalIdentity).where(*_this(known)))
    if found is not None:
        if found.user_id != person.id:
            raise Refused("identity_taken")
        return found
    if any(each.provider == known.provider for each in of_person(session, person.id)):
        raise Refused("identity_one_each")
    made = ExternalIdentity(user_id=person.id, provider=known.provider, issuer=known.issuer)
    made.subject, made.address = known.subject, known.address
    session.add(made)
    _flush(session, "identity_taken")
    if tell:
        _tell(session, person, "identity_linked", known.provider)
    chain.record(session, actor, "identity.linked", f"user:{person.id}", provider=known.provider)
    return made


def _tell(session: Session, person: User, template: str, provider: str) -> None:
    _post(session, person, template, {"provider_name": provider})


def _post(session: Session, person: User, template: str, about: Mapping[str, object]) -> None:
    payload = {"template": template, "user_id": person.id, "address": None, "locale": None, "about": about}
    queue.put(session, queue.Work("mail", f"mail/account/{ids.new_token()}", payload))


def _this(known: Known) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return ExternalIdentity.issuer == known.issuer, ExternalIdentity.subject == known.subject


def _flush(session: Session, code: str) -> None:
    # The unique columns decide, not a look beforehand: a form may be sent twice at once.
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise Refused(code) from None
