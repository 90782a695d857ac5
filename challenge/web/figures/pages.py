"""The funnel in figures, with filters, the lists behind it, and the same as CSV, XLSX and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files.download import send
from challenge.flow import figure_books as files
from challenge.reports import figure_bases as bases
from challenge.reports import figure_books, figure_lines, figure_lists, figure_pages
from challenge.reports.figure_bases import Asked, Base
from challenge.reports.figure_lines import Line, Part
from challenge.reports.figure_pages import Page
from challenge.rules.figures import STEPS
from challenge.rules.permissions import Action
from challenge.web import listing
from challenge.web.context import page_now
from challenge.web.figures.room import blueprint
from challenge.web.public.lists import number_key
from challenge.web.tables import as_csv

ROUTES: dict[str, dict[str, Action]] = {
    "funnel": {"GET": Action.FIGURES_READ},
    "funnel_csv": {"GET": Action.FIGURES_READ},
    "behind": {"GET": Action.FIGURES_READ},
    "files_page": {"GET": Action.FIGURES_READ},
    "ask_file": {"POST": Action.FIGURES_READ},
    "file": {"GET": Action.FIGURES_READ},
}
PLACE = "/<any(site, programme, round, branch):kind>/<address>"
PAGE = 50
LISTED = (*STEPS, "solutions", "dockings", "intents", "contracts")


def _enter(kind: str, address: str) -> tuple[Base, Asked]:
    base = bases.by_address(db.session, kind, address)
    bases.permit(actor(), base)
    given = request.values
    field, year = given.get("field", ""), given.get("year", "")
    programme, round_, branch = (given.get(name, "")[:100] for name in ("programme", "round", "branch"))
    fields = figure_pages.field_titles()
    number = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else 0
    return base, Asked(programme, round_, branch, field if field in fields else "", number)


def _where(base: Base, asked: Asked) -> dict[str, Any]:
    return {"kind": base.kind, "address": base.address, **figure_pages.query(asked)}


def _page(kind: str, address: str) -> Page:
    base, asked = _enter(kind, address)
    return figure_pages.page(db.session, base, asked)


@blueprint.get(PLACE)
def funnel(kind: str, address: str) -> ResponseReturnValue:
    """The funnel of what is chosen, and its parts."""
    page = _page(kind, address)
    return render_template(
        "figures/funnel.html",
        page=page,
        title=files.title(page),
        lines=[_cells_of(line) for line in figure_lines.lines(page.figures)],
        labels=[escape(label) for label in figure_lines.labels().values()],
        groups=[(name, [_row(part) for part in parts]) for name, parts in page.groups],
        money=figure_lines.money(page.figures),
        ended=figure_lines.ended(page.figures),
        query=figure_pages.query(page.asked),
        where=_where(page.base, page.asked),
        choices=_choices(page),
        notes=files.notes(),
    )


def _plain(count: int) -> Markup:
    """A count with thousands apart, as both languages write it; escaped already: a page has hundreds."""
    return escape(f"{count:,}")


def _row(part: Part) -> tuple[str, str, float, list[Markup], str]:
    amount = part.amount.replace(" ", "\u00a0")  # a sum is not broken off its currency
    return part.name, part.address, part.share, [_plain(count) for count in part.counts], amount


def _cells_of(line: Line) -> tuple[Line, list[tuple[Markup | None, str]]]:
    """A step with its figures: each with the list behind it, None where it is not known."""
    behind = (
        (line.count, line.listed),
        *((line.needs, line.step), (line.seekers, line.step)),
        *((line.teams, line.behind), (line.organizations, line.behind)),
    )
    return line, [(None if count is None else _plain(count), name) for count, name in behind]


def _choices(page: Page) -> list[tuple[str, str, str, Sequence[tuple[str, str]]]]:
    """The filters: name, label, what stands for all, and what can be chosen."""
    words = {
        "programme": (_("Programme"), _("All programmes")),
        "round": (_("Round"), _("All rounds")),
        "branch": (_("Branch"), _("All branches")),
        "field": (_("Field"), _("All fields")),
        "year": (_("Year"), _("All years")),
    }
    return [(name, *words[name], offered) for name, offered in page.choices.items() if offered]


@blueprint.get(f"{PLACE}.csv")
def funnel_csv(kind: str, address: str) -> Response:
    """The same as a table."""
    page = _page(kind, address)
    about = [[], *files.about(page, page_now())]
    rows = [*figure_lines.table(page.figures, page.groups), *about]
    return as_csv(f"figures-{kind}-{address}.csv", rows)


def titles() -> dict[str, str]:
    """What each list is called."""
    return {
        "collected": _("Needs collected"),
        "published": _("Needs published"),
        "answered": _("Needs with a solution"),
        "docked": _("Needs docked"),
        "intent": _("Needs with an intent"),
        "contract": _("Needs with a contract"),
        "delivered": _("Needs delivered"),
        "solutions": _("Solutions received"),
        "dockings": _("Meetings held"),
        "intents": _("Intents signed"),
        "contracts": _("Contracts signed"),
    }


def states() -> dict[str, str]:
    """How an agreement that was signed stands now."""
    return {
        "signed": _("Signed"),
        "registered": _("Registered"),
        "completed": _("Completed"),
        "terminated": _("Ended"),
    }


BEHIND = listing.columns(
    "at number title round state thing total",
    money=("total",),
    total=lambda row: listing.money_of(row.total_minor, row.currency or "CNY"),
)


@blueprint.get(f"{PLACE}/behind/<any({', '.join(LISTED)}):name>")
def behind(kind: str, address: str, name: str) -> ResponseReturnValue:
    """What a figure counts, the newest first."""
    base, asked, scope = _chosen(kind, address)
    opens, after = bases.opens(actor(), base), number_key(request.args.get("after"))
    taken = listing.taken(
        f"{name}-{kind}-{address}",
        BEHIND,
        lambda session, after, limit: figure_lists.behind(
            session, scope, name, opens=opens, after=after, limit=limit
        ),
        personal=True,
    )
    if taken is not None:
        return taken
    rows = figure_lists.behind(db.session, scope, name, opens=opens, after=after, limit=PAGE + 1)
    return render_template(
        "figures/behind.html",
        base=base,
        name=name,
        title=titles()[name],
        items=rows[:PAGE],
        opens=opens,
        states=states(),
        where=_where(base, asked),
        next_after=rows[PAGE - 1].id if rows[PAGE:] else None,
    )


def _chosen(kind: str, address: str) -> tuple[Base, Asked, tuple[int, int, int, str, int]]:
    base, asked = _enter(kind, address)
    return base, asked, bases.scope(db.session, base, asked)


@blueprint.get(f"{PLACE}/files")
def files_page(kind: str, address: str) -> ResponseReturnValue:
    """Where the figures are had as a workbook or a paper."""
    base, asked = _enter(kind, address)
    return render_template(
        "figures/files.html",
        base=base,
        where=_where(base, asked),
        books=figure_books.mine(db.session, actor(), base),
    )


@blueprint.post(f"{PLACE}/files")
def ask_file(kind: str, address: str) -> ResponseReturnValue:
    """Have the figures made into a workbook or a paper."""
    base, asked = _enter(kind, address)
    form = request.form.get("form", "")
    with writing() as session:
        figure_books.ask(session, actor(), base, asked, form, str(i18n.current_locale()), i18n.reader().zone)
    flash(_("The file is being made. It is offered here in a moment."))
    return redirect(url_for("figures.files_page", **_where(base, asked)))


@blueprint.get(f"{PLACE}/files/<ref>")
def file(kind: str, address: str, ref: str) -> ResponseReturnValue:
    """My file."""
    base, _asked = _enter(kind, address)
    book = figure_books.find(db.session, actor(), base, ref)
    sha256, size, form = book.sha256 or "", book.size, book.form
    db.session.close()  # no connection is held while the bytes go out
    return send(sha256, size, figure_books.TYPES[form], f"figures-{kind}-{address}.{form}")
