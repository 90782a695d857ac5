"""Workbooks of paper scores in `flask work`: the template in its asker's language, the filled one entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
from challenge.tasks import queue
from challenge.tasks.queue import Leased

Write = Callable[[Mapping[str, Any]], bytes]
Read = Callable[[bytes], tuple[list[list[str | None]], str | None]]


def make(task: Leased, write: Write, read: Read) -> None:
    """Do what the row of work names; what is done already is left as it is."""
    with fresh_session() as session:
        book = score_books.waiting(session, task.payload["id"])
        if book is None:
            queue.finish(session, task)
            return
        kind, sha256, size = book.kind, book.sha256, book.size
        table = _table(session, book) if kind == "template" else {}
    if kind == "template":
        _keep(task, write(table))
    else:
        data = b"".join(storage().read(sha256 or "", 0, size))
        rows, reason = read(data)
        try:
            _enter(task, rows, reason)
        except Refused as refusal:  # judging has closed, or whoever brought it may no longer
            _refuse(task, refusal.code)


def _enter(task: Leased, rows: list[list[str | None]], reason: str | None) -> None:
    with fresh_session() as session:
        book = score_books.waiting(session, task.payload["id"])
        if book is not None:
            score_books.enter(session, book, rows, reason)
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


def _table(session: Session, book: ScoreBook) -> dict[str, Any]:
    """The template as plain texts."""
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
        return {
            "title": _("Scores"),
            "head": [*head, *(i18n.t(each, "name") for each in scored)],
            "keys": rules.keys(score_books.scales_of(phase)),
            "notes": ["", "", "", "", *notes],
            "rows": [[*row, *([""] * len(scored))] for row in rows],
            "fixed": len(rules.FIXED),
        }
