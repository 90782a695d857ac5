"""Workbooks of achievements: the template in its asker's language."""

from __future__ import annotations

import dataclasses

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.flow.books import Kind
from challenge.rules import supply_sheets as sheets
from challenge.rules.workbooks import Sheet
from challenge.supply import books
from challenge.supply.models import SupplyBook


def _sheet(session: Session, book: SupplyBook) -> Sheet | None:
    """The template: words for people, keys for the reader, then what is there already."""
    if book.kind != "template":
        return None
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


KIND = Kind(
    waiting=books.waiting,
    sheet=_sheet,
    limits=sheets.LIMITS,
    enter=books.enter,
    refuse=books.refuse,
    done=books.done,
    code=lambda refusal: refusal.code,
)
