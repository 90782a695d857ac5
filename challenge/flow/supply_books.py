"""Workbooks of achievements in `flask work`: the template in its asker's language, the filled one entered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.rules import supply_sheets as sheets
from challenge.rules.errors import Refused
from challenge.rules.workbooks import Limits, Sheet
from challenge.supply import books
from challenge.supply.models import SupplyBook
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Sheet], bytes]
Read = Callable[[bytes, Limits], list[list[str]] | str]


def make(task: Leased, write: Write, read: Read) -> None:
    """Do what the row of work names; what is done already is left as it is."""
    with fresh_session() as session:
        book = books.waiting(session, task.payload["id"])
        if book is None:
            return
        sha256, size = book.sha256, book.size
        sheet = _sheet(session, book) if book.kind == "template" else None
    if sheet is not None:
        _keep(task, write(sheet))
        return
    rows = read(b"".join(storage().read(sha256 or "", 0, size)), sheets.LIMITS)
    try:
        _enter(task, rows)
    except Refused as refusal:  # whoever brought it may no longer, or somebody saved meanwhile
        _refuse(task, refusal.code)


def _enter(task: Leased, rows: list[list[str]] | str) -> None:
    with fresh_session() as session:
        book = books.waiting(session, task.payload["id"])
        if book is not None:
            books.enter(session, book, rows)
        queue.finish(session, task)


def _refuse(task: Leased, code: str) -> None:
    with fresh_session() as session:
        book = books.waiting(session, task.payload["id"])
        if book is not None:
            books.refuse(session, book, code)
        queue.finish(session, task)


def _keep(task: Leased, made: bytes) -> None:
    with storage().in_use():
        sha256 = storage().put(made)
        with fresh_session() as session:
            book = books.waiting(session, task.payload["id"])
            if book is not None:
                books.done(session, book, sha256, len(made))
            queue.finish(session, task)


def _sheet(session: Session, book: SupplyBook) -> Sheet:
    """The template: words for people, keys for the reader, then what is there already."""
    known = books.there(session, books.owner_of(book))
    with i18n.reading_as(book.locale, None):
        zh = i18n.reader().zh
        rows = [list(sheets.cells_of(row.ref, dataclasses.asdict(said), zh=zh)) for row, said in known]
        return Sheet(
            title=_("Achievements"),
            heads=[("head", list(_heads().values())), ("key", list(sheets.COLUMNS))],
            notes=["", *[""] * (len(sheets.COLUMNS) - 1)],
            rows=rows,
            fixed=1,
            looks=("fixed", "entry"),
            widths=(14, 32, 32, 40, 40, 24, 24, 8, 18, 24, 14, 14, 40),
        )


def _heads() -> dict[str, str]:
    return {
        "ref": _("Reference (empty for a new one)"),
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "summary_zh": _("What it does, in Chinese"),
        "summary_en": _("What it does, in English"),
        "field": _("Field"),
        "keywords": _("Keywords"),
        "trl": _("TRL, 1 to 9"),
        "ip_status": _("Intellectual property"),
        "modes": _("Cooperation"),
        "price": _("Price, CNY 10,000 (empty: on request)"),
        "region": _("Region"),
        "detail": _("Confidential detail"),
    }
