"""The comparison as a workbook: asked for by one representative, made by `flask work`, theirs alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.awards import offers
from challenge.awards.offer_models import OfferBook
from challenge.awards.offers import Comparison, Offer
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.files.sniffing import ALLOWED
from challenge.requirements import queries as requirements
from challenge.requirements.models import Requirement
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Actor
from challenge.tasks import queue
from challenge.tasks.queue import Work

_, TYPE = ALLOWED["xlsx"]


def ask(
    session: Session, actor: Actor, ref: str, chosen: Sequence[str], locale: str, zone: str | None
) -> OfferBook:
    """Have the chosen offers (all, where none are) laid side by side in a workbook.

    The same asked again while it comes is one; an older workbook of mine goes.
    Raises as `offers.comparison` does.
    """
    begin_write(session)
    now = clock.now(session)
    about = offers.comparison(session, actor, requirements.by_ref(session, ref), now)
    listed = [list(each) for each in _marks(about, chosen)]
    mine = sa.select(OfferBook).where(
        OfferBook.requirement_id == about.requirement.id, OfferBook.author_id == actor.user_id
    )
    for book in session.scalars(mine).all():
        if book.state == "coming" and book.offers == listed and book.locale == locale:
            return book
        session.delete(book)
    book = OfferBook(
        requirement_id=about.requirement.id, author_id=actor.user_id, locale=locale, zone=zone, offers=listed
    )
    session.add(book)
    session.flush()
    queue.put(session, Work("offer_book", f"offer-book/{book.ref}", {"id": book.id}), at=now)
    return book


def mine(session: Session, actor: Actor, requirement_id: int) -> OfferBook | None:
    """My newest workbook of this requirement (one statement)."""
    query = sa.select(OfferBook).where(
        OfferBook.requirement_id == requirement_id, OfferBook.author_id == actor.user_id
    )
    return session.scalar(query.order_by(OfferBook.id.desc()).limit(1))


def current(book: OfferBook, about: Comparison) -> bool:
    """Whether it is made, and of just what stands now: none of its offers has changed or left since."""
    return book.state == "done" and book.offers == [list(each) for each in _marks(about, _refs(book))]


def find(session: Session, actor: Actor, book_ref: str, about: Comparison) -> tuple[OfferBook, list[Offer]]:
    """My workbook with the offers in it; NotFound where it is not mine, not made or not current."""
    book = mine(session, actor, about.requirement.id)
    if book is None or book.ref != book_ref or not current(book, about):
        raise NotFound
    return book, _in(book, about)


def prepared(session: Session, book_id: int) -> tuple[OfferBook, Comparison, list[Offer]] | None:
    """What a row of work is about, as its asker may read it now; None where it is done or not to be read."""
    book = session.scalar(sa.select(OfferBook).where(OfferBook.id == book_id, OfferBook.state == "coming"))
    if book is None:
        return None
    author = session.get_one(User, book.author_id)
    ref = session.scalar(sa.select(Requirement.ref).where(Requirement.id == book.requirement_id)) or ""
    requirement = requirements.by_ref(session, ref)
    try:
        about = offers.comparison(session, grants.actor_of(session, author), requirement, clock.now(session))
    except Refused:
        return None
    return book, about, _in(book, about)


def done(session: Session, book_id: int, sha256: str, size: int, at: dt.datetime) -> None:
    """The workbook is made."""
    book = session.get(OfferBook, book_id)
    if book is not None:
        files.store(session, [Kept(sha256, size, TYPE, "")], at)
        book.state, book.sha256, book.size, book.done_at = "done", sha256, size, at
        session.flush()


def refuse(session: Session, book_id: int) -> None:
    """Its asker may not read it any more, or it could not be made."""
    book = session.get(OfferBook, book_id)
    if book is not None and book.state == "coming":
        book.state, book.done_at = "refused", clock.now(session)
        session.flush()


def _refs(book: OfferBook) -> set[str]:
    return {ref for ref, _number in book.offers}


def _in(book: OfferBook, about: Comparison) -> list[Offer]:
    return [each for each in about.offers if each.ref in _refs(book)]


def _marks(about: Comparison, chosen: Collection[str]) -> list[tuple[str, int]]:
    wanted = set(chosen) or {each.ref for each in about.offers}
    return sorted((each.ref, each.number) for each in about.offers if each.ref in wanted)
