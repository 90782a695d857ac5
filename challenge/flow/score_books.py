"""Workbooks of paper scores: the template in its asker's language."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.flow.books import Kind
from challenge.judging import rubric, score_books
from challenge.judging.models import Phase
from challenge.judging.on_site_models import ScoreBook
from challenge.rules import paper_scores as rules
from challenge.rules.errors import Refused
from challenge.rules.workbooks import Sheet


def _sheet(session: Session, book: ScoreBook) -> Sheet | None:
    """The template: words for people, names for the reader, then a row for each card."""
    if book.kind != "template":
        return None
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


def _code(refusal: Refused) -> str:
    return "not_allowed" if refusal.code == "not_allowed" else "paper_too_late"


KIND = Kind(
    waiting=score_books.waiting,
    sheet=_sheet,
    limits=rules.LIMITS,
    enter=score_books.enter,
    refuse=score_books.refuse,
    done=score_books.done,
    code=_code,
)
