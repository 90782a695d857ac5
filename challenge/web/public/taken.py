"""The public lists as files: what their pages show to everyone, every row of it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.requirements import public as needs
from challenge.requirements.public import PublicRow
from challenge.rounds import listing as rounds
from challenge.rounds.listing import RoundFilter, RoundRow
from challenge.web.listing import Column, List, money_of


def _window(row: RoundRow, stage: str, end: str) -> Any:
    return next((getattr(each, end) for each in row.windows if each.stage == stage), None)


def _seeker(row: PublicRow) -> str | None:
    """None where the seeker is anonymous."""
    return (row.seeker_zh if i18n.reader().zh else row.seeker_en) or row.seeker_zh


ROUNDS: tuple[Column[RoundRow], ...] = (
    Column("address", _("Address"), lambda row: row.slug),
    Column("title", _("Title"), lambda row: i18n.t(row, "title")),
    Column("programme", _("Programme"), lambda row: i18n.t(row, "programme_title")),
    Column("host", _("Host"), lambda row: row.host_name),
    Column("stage", _("Stage"), lambda row: row.stage),
    Column("opens_at", _("Submission opens"), lambda row: _window(row, "submission", "opens_at")),
    Column("closes_at", _("Submission closes"), lambda row: _window(row, "submission", "closes_at")),
    Column("requirements", _("Requirements"), lambda row: row.requirement_count),
    Column("submissions", _("Submissions"), lambda row: row.submission_count),
    Column("prize", _("Prizes"), lambda row: money_of(row.prize_minor, row.currency), money=True),
)
NEEDS: tuple[Column[PublicRow], ...] = (
    Column("ref", _("Reference"), lambda row: row.ref),
    Column("number", _("Number"), lambda row: row.number),
    Column("title", _("Title"), lambda row: i18n.t(row, "title")),
    Column("summary", _("Summary"), lambda row: i18n.t(row, "summary")),
    Column("field", _("Field"), lambda row: row.field),
    Column("round", _("Round"), lambda row: i18n.t(row, "round")),
    Column("seeker", _("Seeker"), _seeker),
    Column("from", _("Budget from"), lambda row: money_of(row.budget_min_minor, row.currency), money=True),
    Column("to", _("Budget to"), lambda row: money_of(row.budget_max_minor, row.currency), money=True),
    Column("published_at", _("Published"), lambda row: row.published_at),
    Column("closes_at", _("Closes"), lambda row: row.closes_at),
)


def of_rounds(chosen: RoundFilter) -> List[RoundRow]:
    """The public rounds that the filter finds."""

    def batch(session: Session, after: Any, limit: int) -> list[RoundRow]:
        return rounds.public_rounds(session, chosen, after=after, limit=limit)

    return List(name=f"challenges-{chosen.which}", columns=ROUNDS, batch=batch, after=lambda row: row.key)


def of_needs(filters: needs.Filters) -> List[PublicRow]:
    """The published requirements that the filters find."""

    def batch(session: Session, after: Any, limit: int) -> list[PublicRow]:
        return needs.public_list(session, filters, after=after, limit=limit)

    return List(name="requirements", columns=NEEDS, batch=batch, after=lambda row: row.id)
