"""The public lists as files: what their pages show to everyone, every row of it."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from challenge.awards import listing as results
from challenge.awards.listing import ResultRow
from challenge.base import i18n
from challenge.judging import public as judging
from challenge.judging.public import RankedEntry
from challenge.requirements import public as needs
from challenge.requirements import questions
from challenge.requirements.public import PublicRow
from challenge.rounds import listing as rounds
from challenge.rounds import pages
from challenge.rounds.listing import RoundFilter, RoundRow
from challenge.rounds.pages import RoundHead
from challenge.supply import directory, reads
from challenge.supply.directory import Listed
from challenge.supply.reads import Line
from challenge.web.listing import Column, List, columns, money_of, taken


def _window(row: RoundRow, stage: str, end: str) -> Any:
    return next((getattr(each, end) for each in row.windows if each.stage == stage), None)


def _seeker(row: PublicRow) -> str | None:
    """None where the seeker is anonymous."""
    return (row.seeker_zh if i18n.reader().zh else row.seeker_en) or row.seeker_zh


def _owner(row: Line) -> str | None:
    """None where it is not named."""
    return (row.owner_zh if i18n.reader().zh else row.owner_en) or row.owner_zh


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


RESULTS: tuple[Column[ResultRow], ...] = (
    Column("address", _("Address"), lambda row: row.slug),
    Column("title", _("Title"), lambda row: i18n.t(row, "title")),
    Column("programme", _("Programme"), lambda row: i18n.t(row, "programme_title")),
    Column("host", _("Host"), lambda row: row.host_name),
    Column("published_at", _("Published"), lambda row: row.published_at),
    Column("entries", _("Submissions"), lambda row: row.entries),
    Column("awards", _("Awards"), lambda row: row.awards),
)
RANKING: tuple[Column[RankedEntry], ...] = (
    Column("position", _("Position"), lambda row: row.position),
    Column("place", _("Place"), lambda row: row.place),
    Column("code", _("Submission"), lambda row: row.code),
    Column("title", _("Title"), lambda row: row.title),
    Column("team", _("Team"), lambda row: row.team),
    Column("requirement", _("Requirement"), lambda row: row.requirement_number),
    Column("total", _("Total"), lambda row: row.total),
)
ACHIEVEMENTS: tuple[Column[Line], ...] = (
    Column("ref", _("Reference"), lambda row: row.ref),
    Column("title", _("Title"), lambda row: i18n.t(row, "title")),
    Column("summary", _("Summary"), lambda row: i18n.t(row, "summary")),
    Column("field", _("Field"), lambda row: row.field),
    Column("trl", _("TRL"), lambda row: row.trl),
    Column("owner", _("Owner"), _owner),
    Column("region", _("Region"), lambda row: row.region),
    Column("price", _("Price"), lambda row: money_of(row.price_minor, row.currency), money=True),
    Column("published_at", _("Published"), lambda row: row.published_at),
)
EXPERTS: tuple[Column[Listed], ...] = (
    Column("ref", _("Reference"), lambda row: row.ref),
    Column("name", _("Name"), lambda row: row.name),
    Column("affiliation", _("Affiliation"), lambda row: row.affiliation),
    Column("field", _("Field"), lambda row: row.field),
    Column("region", _("Region"), lambda row: row.region),
    Column("keywords", _("Keywords"), lambda row: ", ".join(row.keywords)),
    Column("availability", _("Availability"), lambda row: row.availability),
)


def of_results() -> List[ResultRow]:
    """The rounds that have results."""

    def batch(session: Session, after: Any, limit: int) -> list[ResultRow]:
        return results.results(session, after=after, limit=limit)

    return List(name="results", columns=RESULTS, batch=batch, after=lambda row: row.key)


def of_ranking(slug: str, round_id: int, *, named: bool, final: bool) -> List[RankedEntry]:
    """The published ranking of a round; nothing before it is final."""

    def batch(session: Session, after: Any, limit: int) -> tuple[RankedEntry, ...]:
        found = judging.ranking(session, round_id, named=named, after=after or 0, limit=limit)
        return found.rows if found and final else ()

    return List(name=f"results-{slug}", columns=RANKING, batch=batch, after=lambda row: row.position)


def of_achievements(filters: reads.Filters) -> List[Line]:
    """The published achievements that the filters find."""

    def batch(session: Session, after: Any, limit: int) -> list[Line]:
        return reads.public_lines(session, filters, after=after, limit=limit)

    return List(name="achievements", columns=ACHIEVEMENTS, batch=batch, after=lambda row: row.id)


def of_experts(field: str, region: str) -> List[Listed]:
    """The listed experts of this field and region."""

    def batch(session: Session, after: Any, limit: int) -> list[Listed]:
        return directory.page(session, field=field, region=region, after=after, limit=limit)

    return List(
        name="experts",
        columns=EXPERTS,
        batch=batch,
        after=lambda row: row.user_id,
        personal=True,
        public=True,
    )


def of_rounds(chosen: RoundFilter) -> List[RoundRow]:
    """The public rounds that the filter finds."""

    def batch(session: Session, after: Any, limit: int) -> list[RoundRow]:
        return rounds.public_rounds(session, chosen, after=after, limit=limit)

    return List(name=f"challenges-{chosen.which}", columns=ROUNDS, batch=batch, after=lambda row: row.key)


QUESTIONS = columns(
    "ref question answer need_ref number requirement created_at answered_at",
    question="body",
    need_ref="requirement_ref",
    number="requirement_number",
)
WORDS = columns("title body created_at")


def of_round(tab: str, head: RoundHead) -> ResponseReturnValue | None:
    """What a page of a round lists: its requirements, answers and announcements."""
    round_id, name, zone = head.row.id, f"{tab}-{head.row.slug}", head.row.zone
    if tab == "questions":
        return taken(
            name,
            QUESTIONS,
            lambda session, after, limit: questions.public_questions(
                session, round_id, after=after, limit=limit
            ),
            zone=zone,
        )
    return taken(
        name,
        WORDS,
        lambda session, after, limit: pages.announcements(session, round_id, after=after, limit=limit),
        zone=zone,
    )


def of_needs(filters: needs.Filters) -> List[PublicRow]:
    """The published requirements that the filters find."""

    def batch(session: Session, after: Any, limit: int) -> list[PublicRow]:
        return needs.public_list(session, filters, after=after, limit=limit)

    return List(name="requirements", columns=NEEDS, batch=batch, after=lambda row: row.id)
