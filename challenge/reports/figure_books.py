"""Figures as a workbook or a paper: asked for by one person, made by `flask work`, theirs alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import grants
from challenge.accounts.models import User
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.reports import figure_bases as bases
from challenge.reports import figure_pages
from challenge.reports.figure_bases import Asked, Base
from challenge.reports.figure_models import FORMS, FigureBook
from challenge.reports.figure_pages import Page
from challenge.rules.errors import NotFound, Refused
from challenge.rules.permissions import Actor
from challenge.tasks import queue
from challenge.tasks.queue import Work

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
SEPARATOR = "\n"


def ask(
    session: Session, actor: Actor, base: Base, asked: Asked, form: str, locale: str, zone: str | None
) -> FigureBook:
    """Have these figures made into a file. The same asked again while it comes is one; an older one goes."""
    begin_write(session)
    bases.permit(actor, base)
    if form not in FORMS:
        raise NotFound
    scope = _kept(asked)
    for book in session.scalars(_mine(actor, base).where(FigureBook.form == form)).all():
        if book.state == "coming" and (book.scope, book.locale, book.zone) == (scope, locale, zone):
            return book
        session.delete(book)
    about = {"base": base.kind, "base_id": base.id, "scope": scope, "form": form}
    book = FigureBook(author_id=actor.user_id, **about, locale=locale, zone=zone)
    session.add(book)
    session.flush()
    queue.put(
        session, Work("figure_book", f"figure-book/{book.ref}", {"id": book.id, "address": base.address})
    )
    return book


def mine(session: Session, actor: Actor, base: Base) -> list[FigureBook]:
    """My files of this base, the newest of each kind (one statement)."""
    return list(session.scalars(_mine(actor, base).order_by(FigureBook.id.desc())))


def find(session: Session, actor: Actor, base: Base, ref: str) -> FigureBook:
    """My file; NotFound where it is not mine, or not made."""
    book = session.scalar(_mine(actor, base).where(FigureBook.ref == ref, FigureBook.state == "done"))
    if book is None:
        raise NotFound
    return book


def prepared(session: Session, book_id: int, address: str) -> Page | None:
    """What a row of work is about, as its asker may read it now; None where they may not."""
    book = session.scalars(sa.select(FigureBook).where(FigureBook.id == book_id)).one()
    person = grants.actor_of(session, session.get_one(User, book.author_id))
    try:
        base = bases.by_address(session, book.base, address)
        bases.permit(person, base)
    except Refused:
        return None
    return figure_pages.page(session, base, asked_of(book))


def waiting(session: Session, book_id: int) -> FigureBook | None:
    """The file that a row of work is to make; None where it is made or gone."""
    return session.scalar(sa.select(FigureBook).where(FigureBook.id == book_id, FigureBook.state == "coming"))


def done(session: Session, book_id: int, sha256: str, size: int, at: dt.datetime) -> None:
    """It is made."""
    book = waiting(session, book_id)
    if book is not None:
        files.store(session, [Kept(sha256, size, TYPES[book.form], "")], at)
        book.state, book.sha256, book.size, book.done_at = "done", sha256, size, at
        session.flush()


def refuse(session: Session, book_id: int) -> None:
    """Its asker may not read it any more, or it could not be made."""
    book = waiting(session, book_id)
    if book is not None:
        book.state, book.done_at = "refused", clock.now(session)
        session.flush()


def asked_of(book: FigureBook) -> Asked:
    """The filters that a file was asked for with."""
    programme, round_, branch, field, year = book.scope.split(SEPARATOR)
    return Asked(programme, round_, branch, field, int(year))


def _kept(asked: Asked) -> str:
    return SEPARATOR.join(str(value) for value in asdict(asked).values())


def _mine(actor: Actor, base: Base) -> sa.Select[FigureBook]:
    same = (FigureBook.base == base.kind, FigureBook.base_id == base.id)
    return sa.select(FigureBook).where(FigureBook.author_id == actor.user_id, *same)
