"""Searches that people keep, and things that they follow: what is new in them since they were last told."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import insert_into
from challenge.base.ids import new_ref, sealed
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.search import finding
from challenge.search.finding import Asked, Found
from challenge.search.models import Follow, SavedSearch, SearchEntry

MOST_SAVED, MOST_FOLLOWED = 50, 500
MOST_QUERY = 1000
TOLD = 10  # finds of one search that a letter names


@dataclass(frozen=True, slots=True)
class News:
    """What a letter tells one person: finds by saved search, and changed things that they follow."""

    searches: Sequence[tuple[SavedSearch, Sequence[Found]]]
    follows: Sequence[SearchEntry]

    def __bool__(self) -> bool:
        return bool(self.searches or self.follows)


def save(session: Session, actor: Actor, query: str) -> SavedSearch:
    """Keep a search (as it stands in an address); the same one twice is one. What is there now is known."""
    require(actor, Action.ACCOUNT_USE)
    if not query or len(query) > MOST_QUERY:
        raise Invalid("query", "nothing_to_search")
    session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    there = saved(session, actor.user_id or 0)
    twin = next((each for each in there if each.query == query), None)
    if twin is not None:
        return twin
    if len(there) >= MOST_SAVED:
        raise Invalid("query", "too_many_searches", most=MOST_SAVED)
    newest = session.scalar(sa.select(sa.func.max(SearchEntry.id))) or 0
    made = SavedSearch(ref=new_ref(), user_id=actor.user_id, query=query, seen_id=newest)
    session.add(made)
    session.flush()
    return made


def saved(session: Session, user_id: int) -> Sequence[SavedSearch]:
    """A person's searches, the newest first (one statement)."""
    query = sa.select(SavedSearch).where(SavedSearch.user_id == user_id)
    return session.scalars(query.order_by(SavedSearch.id.desc())).all()


def forget(session: Session, actor: Actor, ref: str) -> None:
    """Keep a search no more."""
    require(actor, Action.ACCOUNT_USE)
    session.execute(
        sa.delete(SavedSearch).where(SavedSearch.user_id == actor.user_id, SavedSearch.ref == ref)
    )


def set_letters(session: Session, actor: Actor, ref: str, *, letters: bool) -> None:
    """Have a letter about a search, or none."""
    require(actor, Action.ACCOUNT_USE)
    mine = sa.and_(SavedSearch.user_id == actor.user_id, SavedSearch.ref == ref)
    session.execute(sa.update(SavedSearch).where(mine).values(letters=letters))


def follow(session: Session, actor: Actor, kind: str, address: str) -> None:
    """Hear when this changes; raises NotFound for what is not public."""
    require(actor, Action.ACCOUNT_USE)
    entry = _entry(session, kind, address)
    mine = sa.select(sa.func.count()).select_from(Follow).where(Follow.user_id == actor.user_id)
    if (session.scalar(mine) or 0) >= MOST_FOLLOWED:
        raise Invalid("query", "too_many_follows", most=MOST_FOLLOWED)
    now = clock.now(session)
    values = {"user_id": actor.user_id, "kind": kind, "thing_id": entry.thing_id, "letters": True}
    put = insert_into(session, Follow).values({**values, "seen_at": now, "created_at": now})
    session.execute(put.on_conflict_do_nothing())


def unfollow(session: Session, actor: Actor, kind: str, address: str) -> None:
    """Hear of it no more."""
    require(actor, Action.ACCOUNT_USE)
    thing = sa.select(SearchEntry.thing_id).where(SearchEntry.kind == kind, SearchEntry.address == address)
    mine = sa.and_(Follow.user_id == actor.user_id, Follow.kind == kind)
    session.execute(sa.delete(Follow).where(mine, Follow.thing_id.in_(thing)))


def follows(session: Session, user_id: int, kind: str, thing_id: int) -> bool:
    """Whether a person follows this (one statement)."""
    mine = sa.and_(Follow.user_id == user_id, Follow.kind == kind, Follow.thing_id == thing_id)
    return session.scalar(sa.select(sa.func.count()).select_from(Follow).where(mine)) == 1


def followed(session: Session, user_id: int) -> list[tuple[SearchEntry, bool]]:
    """What a person follows and is still public, newest follow first; whether it changed (one statement)."""
    here = sa.and_(SearchEntry.kind == Follow.kind, SearchEntry.thing_id == Follow.thing_id)
    query = sa.select(SearchEntry, Follow.fresh).join(Follow, here).where(Follow.user_id == user_id)
    rows = session.execute(query.order_by(Follow.id.desc()).limit(MOST_FOLLOWED))
    return [(row[0], row[1]) for row in rows]


def _entry(session: Session, kind: str, address: str) -> SearchEntry:
    query = sa.select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.address == address)
    entry = session.scalars(query).first()
    if entry is None:
        raise NotFound
    return entry


def waiting(session: Session, after: int, limit: int) -> list[int]:
    """Ids above `after` of people with an account in use who keep or follow something (one statement)."""
    wants = sa.union(sa.select(SavedSearch.user_id), sa.select(Follow.user_id)).subquery()
    query = sa.select(User.id).where(User.id.in_(sa.select(wants.c[0])), User.id > after)
    query = query.where(User.active, User.confirmed_at.is_not(None))
    return list(session.scalars(query.order_by(User.id).limit(limit)))


def news_of(session: Session, user_id: int, read: Callable[[str], Asked]) -> News:
    """What is new for a person since they were told, as far as they have letters about it.

    From here on they are told; in their rooms here it stays new until they look. `read` turns a kept query
    into what is asked.
    """
    now = clock.now(session)
    newest = session.scalar(sa.select(sa.func.max(SearchEntry.id))) or 0
    searches = []
    for each in saved(session, user_id):
        if each.seen_id < newest:
            found = finding.find(session, read(each.query), limit=TOLD, newer=each.seen_id)
            each.fresh += len(found)
            if found and each.letters:
                searches.append((each, found))
    session.flush()
    return News(searches, _changed(session, user_id, now, newest))


def _changed(session: Session, user_id: int, now: dt.datetime, newest: int) -> Sequence[SearchEntry]:
    here = sa.and_(SearchEntry.kind == Follow.kind, SearchEntry.thing_id == Follow.thing_id)
    mine = Follow.user_id == user_id
    query = sa.select(SearchEntry, Follow.letters, Follow.id).join(Follow, here)
    query = query.where(mine, SearchEntry.changed_at > Follow.seen_at)
    rows = session.execute(query.order_by(SearchEntry.changed_at.desc()).limit(MOST_FOLLOWED)).all()
    told = sa.update(SavedSearch).where(SavedSearch.user_id == user_id).values(seen_id=newest)
    session.execute(told.execution_options(synchronize_session=False))
    fresh = sa.or_(Follow.fresh, Follow.id.in_([row[2] for row in rows]))
    session.execute(sa.update(Follow).where(mine).values(seen_at=now, fresh=fresh))
    return [row[0] for row in rows if row[1]]


def unseen(session: Session, user_id: int) -> int:
    """How many kept searches and follows have something new that the person has not looked at here."""
    searches = sa.select(sa.func.count()).select_from(SavedSearch)
    follows = sa.select(sa.func.count()).select_from(Follow)
    both = (
        searches.where(SavedSearch.user_id == user_id, SavedSearch.fresh > 0).scalar_subquery()
        + follows.where(Follow.user_id == user_id, Follow.fresh).scalar_subquery()
    )
    return session.scalar(sa.select(both)) or 0


def look(session: Session, actor: Actor, ref: str) -> str:
    """The person looks at what a kept search finds: nothing of it is new any more. Its query."""
    require(actor, Action.ACCOUNT_USE)
    mine = sa.and_(SavedSearch.user_id == actor.user_id, SavedSearch.ref == ref)
    search = session.scalar(sa.select(SavedSearch).where(mine))
    if search is None:
        raise NotFound
    search.fresh = 0
    return search.query


def look_at_follows(session: Session, actor: Actor) -> None:
    """The same of all that they follow."""
    require(actor, Action.ACCOUNT_USE)
    session.execute(sa.update(Follow).where(Follow.user_id == actor.user_id).values(fresh=False))


def stop_token(person: User) -> str:
    """What the link of a letter carries to end such letters, without signing in."""
    return f"{person.ref}.{sealed('search letters', person.ref)}"


def stop(session: Session, actor: Actor, token: str) -> User:
    """End the letters about searches and follows of whoever the link was written to; twice is once.

    The searches stay, and can be told to write again. Raises NotFound for a link that is none of ours.
    """
    require(actor, Action.SEARCH_STOP)
    person = stopped_by(session, token)
    for model in (SavedSearch, Follow):
        session.execute(sa.update(model).where(model.user_id == person.id).values(letters=False))
    return person


def stopped_by(session: Session, token: str) -> User:
    """Whose letters a link would end; raises NotFound."""
    ref, _dot, mark = token.partition(".")
    if not hmac.compare_digest(mark.encode(), sealed("search letters", ref).encode()):
        raise NotFound
    person = session.scalar(sa.select(User).where(User.ref == ref))
    if person is None:
        raise NotFound
    return person
