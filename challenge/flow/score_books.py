"""Workbooks of paper scores in `flask work`: the template in its asker's language, the filled one entered."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import clock, i18n
from challenge.base.db import fresh_session
from challenge.files.storage import storage
from challenge.judging import rubric, score_books
from challenge.judging.models import Phase
from challenge.judging.on_site_models import ScoreBook
from challenge.rules import paper_scores as rules
from challenge.rules.errors import Refused
from challenge.rules.workbooks import Limits, Sheet
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Sheet], bytes]
Read = Callable[[bytes, Limits], list[list[str]] | str]


def make(task: Leased, write: Write, read: Read) -> None:
    """Do what the row of work names; what is done already is left as it is."""
    with fresh_session() as session:
        book = score_books.waiting(session, task.payload["id"])
        if book is None:
            return
        sha256, size = book.sha256, book.size
        sheet = _sheet(session, book) if book.kind == "template" else None
    if sheet is not None:
        _keep(task, write(sheet))
        return
    rows = read(b"".join(storage().read(sha256 or "", 0, size)), rules.LIMITS)
    try:
        _enter(task, rows)
    except Refused as refusal:  # judging has closed, or whoever brought it may no longer
        _refuse(task, refusal.code)


def _enter(task: Leased, rows: list[list[str]] | str) -> None:
    with fresh_session() as session:
        book = score_books.waiting(session, task.payload["id"])
        if book is not None:
            score_books.enter(session, book, rows)
        queue.finish(session, task)


def _refuse(task: Leased, code: str) -> None:
    with fresh_session() as session:
        book = score_books.waiting(session, task.payload["id"])
        if book is not None:
            score_books.refuse(session, book, "not_allowed" if code == "not_allowed" else "paper_too_late")
        queue.finish(session, task)


def _keep(task: Leased, made: bytes) -> None:
    with storage().in_use():
        sha256 = storage().put(made)
        with fresh_session() as session:
            book = score_books.waiting(session, task.payload["id"])
            if book is not None:
                score_books.done(session, book, sha256, len(made), clock.now(session))
            queue.finish(session, task)


def _sheet(session: Session, book: ScoreBook) -> Sheet:
    """The template: words for people, names for the reader, then a row for each card."""
    known = session.get_one(Phase, book.phase_id)
    phase = rubric.phase_or_404(session, known.round_id, known.number)
    scored = [each for each in phase.criteria if not each.carried]
    rows = score_books.cells(session, phase)
    with i18n.reading_as(book.locale, None):
        notes = [
            _(
                "%(low)s to %(high)s in steps of %(step)s",
                low=f"{each.minimum.normalize():f}",
                high=f"{each.maximum.normalize():f}",
                step=f"{each.step.normalize():f}",
            )
            for each in scored
        ]
        head = (_("Code"), _("Entry"), _("Judge"), _("Name"))
        return Sheet(
            title=_("Scores"),
            heads=[
                ("head", [*head, *(i18n.t(each, "name") for each in scored)]),
                ("key", rules.keys(score_books.scales_of(phase))),
            ],
            notes=["", "", "", "", *notes],
            rows=[[*row, *([""] * len(scored))] for row in rows],
            fixed=len(rules.FIXED),
            looks=("fixed", "entry"),
            widths=(14, 40, 16),
        )
