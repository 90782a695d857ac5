"""The workbook of a comparison in `flask work`, in its asker's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from challenge.awards import offer_books, offer_rows
from challenge.awards.offer_models import OfferBook
from challenge.awards.offers import Comparison, Offer
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.rules.workbooks import Sheet
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Sheet], bytes]
LONGEST = 32_000  # characters of a cell that table programs take


def make(task: Leased, write: Write) -> None:
    """Write the workbook that the row of work names; what is done already is left as it is."""
    book_id = task.payload["id"]
    with fresh_session() as session:
        found = offer_books.prepared(session, book_id)
        sheet = _sheet(*found) if found is not None else None
    if sheet is None:
        with fresh_session() as session:
            offer_books.refuse(session, book_id)
            queue.finish(session, task)
        return
    made = write(sheet)
    with storage().in_use():
        sha256 = storage().put(made)
        with fresh_session() as session:
            offer_books.done(session, book_id, sha256, len(made), clock.now(session))
            queue.finish(session, task)


def _sheet(book: OfferBook, about: Comparison, offers: Sequence[Offer]) -> Sheet:
    with i18n.reading_as(book.locale, book.zone):
        rows: list[list[str]] = []
        for group in offer_rows.groups(about, offers):
            rows.append([group.title])
            rows += [[_label(row), *(cell.plain[:LONGEST] for cell in row.cells)] for row in group.rows]
        return Sheet(
            title=_("Offers"),
            heads=[("head", [i18n.t(about.requirement, "title"), *(_head(each) for each in offers)])],
            rows=rows,
            fixed=1,
            looks=("bold", "prose"),
            widths=(30, 44),
        )


def _label(row: offer_rows.Row) -> str:
    return f"{row.label} ({row.hint})" if row.hint else row.label


def _head(offer: Offer) -> str:
    return f"{offer.code} {offer.title}".strip()
