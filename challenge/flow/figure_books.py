"""Figures of the funnel as a workbook or a paper, in `flask work` and in their asker's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from challenge.accounts.models import Organization
from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.messages import links
from challenge.reports import figure_books, figure_lines, figure_pages
from challenge.reports.figure_lines import Line
from challenge.reports.figure_models import FigureBook
from challenge.reports.figure_pages import Page
from challenge.rules.workbooks import Sheet
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Sheet], bytes]
Print = Callable[[Mapping[str, Any]], bytes]


def make(task: Leased, write: Write, print_: Print) -> None:
    """Write the file that the row of work names; what is done already is left as it is."""
    book_id, address = task.payload["id"], task.payload["address"]
    with fresh_session() as session:
        book = figure_books.waiting(session, book_id)
        if book is None:
            queue.finish(session, task)
            return
        with i18n.reading_as(book.locale, book.zone):
            page = figure_books.prepared(session, book_id, address)
            now = clock.now(session)
            if page is None:
                figure_books.refuse(session, book_id)
                queue.finish(session, task)
                return
            said = sheet(page, now) if book.form == "xlsx" else paper(page, book, now)
    made = write(said) if isinstance(said, Sheet) else print_(said)
    with storage().in_use():
        sha256 = storage().put(made)
        with fresh_session() as session:
            figure_books.done(session, book_id, sha256, len(made), clock.now(session))
            queue.finish(session, task)


def sheet(page: Page, now: dt.datetime) -> Sheet:
    """The figures as a workbook of one sheet."""
    head, *rows = figure_lines.table(page.figures, page.groups)
    return Sheet(
        title=_("Figures"),
        heads=[("head", head)],
        rows=[*rows, [], *([label, value] for label, value in about(page, now))],
        fixed=1,
        looks=("bold", "prose"),
        widths=(40, 16),
    )


def about(page: Page, now: dt.datetime) -> list[tuple[str, str]]:
    """Of what, with which filters and as of when: a table that is passed on says so itself."""
    chosen = [(label, value) for label, value in _filters(page) if value]
    zone = i18n.reader().zone or "UTC"
    local = now.astimezone(ZoneInfo(zone))
    day = f"{local.year}年{local.month}月{local.day}日" if i18n.reader().zh else f"{local.day} {local:%B %Y}"
    return [(_("Figures of"), title(page)), *chosen, (_("As of"), f"{day} {local:%H:%M} ({zone})")]


def title(page: Page) -> str:
    """What the figures are of."""
    thing = page.base.thing
    if thing is None:
        return _("Everything on this site")
    return i18n.organization_name(thing) if isinstance(thing, Organization) else i18n.t(thing, "title")


def _filters(page: Page) -> list[tuple[str, str]]:
    labels = {
        "programme": _("Programme"),
        "round": _("Round"),
        "branch": _("Branch"),
        "field": _("Field"),
        "year": _("Year"),
    }
    chosen = figure_pages.query(page.asked)
    named = {name: dict(page.choices.get(name, ())) for name in labels}
    return [
        (label, named[name].get(chosen.get(name, ""), chosen.get(name, ""))) for name, label in labels.items()
    ]


def paper(page: Page, book: FigureBook, now: dt.datetime) -> dict[str, Any]:
    """What `templates/print/figures.typ` names."""
    zh = i18n.reader().zh
    sums = [(_("Amount of contracts"), figure_lines.money(page.figures) or "–")]
    if ended := figure_lines.ended(page.figures):
        sums.append((_("of this in contracts that ended since"), ended))
    return {
        "lang": "zh" if zh else "en",
        "region": "CN" if zh else "US",
        "title": _("Figures: %(of)s", of=title(page)),
        "kind": _("From need to solution"),
        "installation": links.home(),
        "date": [now.year, now.month, now.day, now.hour, now.minute, now.second],
        "facts": [{"label": label, "value": value} for label, value in about(page, now)],
        "heads": [_("Figure"), _("Tally"), _("Needs"), _("Seekers"), _("Teams"), _("Organizations")],
        "rows": [_row(line) for line in figure_lines.lines(page.figures)],
        "sums": [{"label": label, "value": value} for label, value in sums],
        "parts": _parts(page),
        "notes": notes(),
        "footer": book.ref,
    }


def _row(line: Line) -> dict[str, Any]:
    counts = (line.count, line.needs, line.seekers, line.teams, line.organizations)
    return {"cells": [line.label, *map(_number, counts)], "share": line.share, "note": line.note}


def _parts(page: Page) -> list[dict[str, Any]]:
    labels = [*figure_lines.labels().values(), _("Amount of contracts")]
    return [
        {
            "heads": [name, *labels],
            "rows": [[each.name, *map(_number, each.counts), each.amount or "–"] for each in group],
        }
        for name, group in page.groups
        if group
    ]


def _number(value: int | None) -> str:
    return "" if value is None else i18n.number(value)


def notes() -> list[str]:
    """What a reader of the figures has to know."""
    return [
        _("A need that comes again in a later edition counts once wherever both are chosen."),
        _("Intents and contracts are never added up. What ended since is told apart and not taken off."),
        _("A year is that in which a need was first handed in, whenever its contract was signed."),
    ]
