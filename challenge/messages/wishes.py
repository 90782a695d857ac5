"""How people wish to have their letters, kind by kind; and the one click that ends a kind."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base.db import insert_into
from challenge.base.ids import sealed
from challenge.messages.models import LetterWish
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.letters import DIGESTS, KIND_OF, KINDS, WAYS
from challenge.rules.permissions import Action, Actor, require

DIGEST = "digest"  # in a token: all that is gathered


def wished(session: Session, user_id: int) -> dict[str, str]:
    """Each kind with the way a person has it (one statement)."""
    query = sa.select(LetterWish.kind, LetterWish.way).where(LetterWish.user_id == user_id)
    chosen = {row.kind: row.way for row in session.execute(query)}
    return {kind: chosen.get(kind, "mail") for kind in KINDS}


def way_of(session: Session, user_id: int | None, template: str) -> str:
    """How a letter goes to a person; at once by mail where nothing else can be wished."""
    kind = KIND_OF.get(template)
    if user_id is None or kind is None:
        return "mail"
    query = sa.select(LetterWish.way).where(LetterWish.user_id == user_id, LetterWish.kind == kind)
    return session.scalar(query) or "mail"


def choose(session: Session, actor: Actor, ways: Mapping[str, str]) -> None:
    """Have each of these kinds in this way from now on; raises Invalid for a kind or way that is none."""
    require(actor, Action.ACCOUNT_USE)
    for kind, way in ways.items():
        if kind not in KINDS or way not in WAYS:
            raise Invalid(kind, "not_a_choice")
    _write(session, actor.user_id or 0, ways)


def _write(session: Session, user_id: int, ways: Mapping[str, str]) -> None:
    rows = [{"user_id": user_id, "kind": kind, "way": way} for kind, way in ways.items()]
    if rows:
        put = insert_into(session, LetterWish).values(rows)
        mine = [LetterWish.user_id, LetterWish.kind]
        session.execute(put.on_conflict_do_update(index_elements=mine, set_={"way": put.excluded.way}))


def token(person: User, template: str) -> str | None:
    """What a letter's link carries to end its kind without signing in; None for what cannot be ended."""
    kind = DIGEST if template == DIGEST else KIND_OF.get(template)
    return f"{person.ref}.{kind}.{_mark(person.ref, kind)}" if kind else None


def read(session: Session, written: str) -> tuple[User, str]:
    """Whose letters of which kind a link would end; raises NotFound for a link that is none of ours."""
    ref, _dot, rest = written.partition(".")
    kind, _dot, mark = rest.partition(".")
    if not hmac.compare_digest(mark.encode(), _mark(ref, kind).encode()):
        raise NotFound
    person = session.scalar(sa.select(User).where(User.ref == ref))
    if person is None:
        raise NotFound
    return person, kind


def _mark(ref: str, kind: str) -> str:
    return sealed("letters of a kind", f"{ref}/{kind}")


def stop(session: Session, actor: Actor, written: str) -> None:
    """Mail no more of the kind that the link names; they still lie in one's messages. Twice is once."""
    require(actor, Action.LETTERS_STOP)
    person, kind = read(session, written)
    if kind != DIGEST:
        _write(session, person.id, {kind: "inbox"})
        return
    gathered = sa.and_(LetterWish.user_id == person.id, LetterWish.way.in_(DIGESTS))
    session.execute(sa.update(LetterWish).where(gathered).values(way="inbox"))
