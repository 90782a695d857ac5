"""Import of technical needs: titles in two languages, field, budget and how long each stays open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Organization
from challenge.audit import chain
from challenge.base import clock
from challenge.exchange.reports import Faulty, Report
from challenge.exchange.tables import Row, Table, check
from challenge.requirements import versions
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round, RoundWindow
from challenge.rules.permissions import SYSTEM
from challenge.rules.stages import Stage

COLUMNS = (
    "number",
    "field_zh",
    "field_en",
    "title_zh",
    "title_en",
    "budget_min_cny",
    "budget_max_cny",
    "open_days",
)
FIELDS = {
    "electronics and information": "electronics",
    "biology and new medicine": "biomedicine",
    "aerospace": "aerospace",
    "new materials": "materials",
    "high-tech services": "services",
    "new energy and efficiency": "energy",
    "resources and environment": "environment",
    "advanced manufacturing and automation": "manufacturing",
    "agriculture and food": "agrifood",
}
SOURCE = "needs:"
SLUG = "imported-needs"
DAY = dt.timedelta(days=1)
MOST = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Need:
    """One row: `open_days` is None for a need that stays open as long as its round."""

    number: str
    field: str
    title_zh: str
    title_en: str
    low_minor: int
    high_minor: int
    open_days: int | None


def read_needs(path: Path) -> list[Need]:
    """The rows of a file; raises `Faulty` with every fault and its line."""
    table = Table(path, COLUMNS)
    needs = [need for row in table if (need := _need(table, row)) is not None]
    seen: set[str] = set()
    for row in table:
        if row["number"] in seen:
            table.fault(row["line"], "number", "duplicate", row["number"])
        seen.add(row["number"])
    check(table)
    return needs


def _need(table: Table, row: Row) -> Need | None:
    before = len(table.faults)
    field = FIELDS.get(row["field_en"].lower())
    if field is None:
        table.fault(row["line"], "field_en", "unknown", row["field_en"])
    if not row["number"]:
        table.fault(row["line"], "number", "empty")
    for name in ("title_zh", "title_en"):
        if len(row[name]) > 100:
            table.fault(row["line"], name, "too_long", row[name][:30])
    if not (row["title_zh"] or row["title_en"]):
        table.fault(row["line"], "title_zh, title_en", "empty")
    low, high = _budget(table, row, "budget_min_cny"), _budget(table, row, "budget_max_cny")
    if low is not None and high is not None and low > high:
        table.fault(row["line"], "budget_min_cny", "more_than_maximum", row["budget_min_cny"])
    days = row["open_days"].lower()
    if days != "rolling" and not (days.isdecimal() and 0 < int(days) <= 3650):
        table.fault(row["line"], "open_days", "not_days", days)
    if len(table.faults) > before or field is None or low is None or high is None:
        return None
    open_days = None if days == "rolling" else int(days)
    return Need(row["number"], field, row["title_zh"], row["title_en"], low, high, open_days)


def _budget(table: Table, row: Row, name: str) -> int | None:
    value = table.number(row, name)
    if value is None:
        return None
    if value < 0 or value > MOST or value * 100 != int(value * 100):
        table.fault(row["line"], name, "not_an_amount", row[name])
        return None
    return int(value * 100)


def import_needs(session: Session, needs: Sequence[Need], *, slug: str | None = None) -> Report:
    """Publish every need that is not here yet, in the named round or in a rolling one made for them.

    Raises `Faulty` for an unknown round. Nobody is mailed; indicators are to be added by the seekers.
    """
    report = Report()
    now = clock.now(session)
    round_ = _round(session, slug, now, max((need.open_days or 365 for need in needs), default=365))
    closes_at = session.scalar(
        sa.select(RoundWindow.closes_at).where(
            RoundWindow.round_id == round_.id, RoundWindow.stage == Stage.SUBMISSION.value
        )
    )
    seeker = _seeker(session)
    known = set(session.scalars(sa.select(Requirement.source).where(Requirement.round_id == round_.id)))
    made: list[Requirement] = []
    for need in needs:
        source = f"{SOURCE}{round_.slug}:{need.number}"
        if source in known:
            report.unchanged += 1
            continue
        made.append(_requirement(need, round_, seeker, source, now, closes_at))
        round_.requirement_count += 1
        round_.budget_minor += need.high_minor
        report.created += 1
        report.guess(need.number, "seeker", "imported_needs", seeker.name)
        report.loss(need.number, "indicators", "none_in_source")
    if report.created:
        round_.version += 1
        session.add_all(made)
        session.flush()
        versions.keep_plain(session, made)
        name, place = "requirements.imported", f"round:{round_.id}"
        chain.record(
            session, SYSTEM, name, place, chain=chain.round_chain(round_.id), at=now, count=report.created
        )
    return report


def _requirement(
    need: Need,
    round_: Round,
    seeker: Organization,
    source: str,
    now: dt.datetime,
    closes_at: dt.datetime | None,
) -> Requirement:
    own = now + need.open_days * DAY if need.open_days else None
    return Requirement(
        number=f"{round_.slug}-{need.number}",
        round_id=round_.id,
        seeker_id=seeker.id,
        state="published",
        title_zh=need.title_zh or None,
        title_en=need.title_en or None,
        field=need.field,
        modes=["other"],
        budget_min_minor=need.low_minor,
        budget_max_minor=need.high_minor,
        closes_at=own if own and closes_at and own < closes_at else None,
        published_at=now,
        source=source,
        indicators=[],
    )


def _round(session: Session, slug: str | None, now: dt.datetime, days: int) -> Round:
    found = session.scalar(sa.select(Round).where(Round.slug == (slug or SLUG)))
    if found is not None:
        return found
    if slug is not None:
        raise Faulty.one("--round", "", "unknown", slug)
    host = Organization(name="导入的技术需求", name_en="Imported needs", kind="agency")
    programme = Programme(
        slug=SLUG, host=host, title_zh="导入的技术需求", title_en="Imported technical needs", hue=150
    )
    session.add(programme)
    session.flush()
    round_ = Round(
        slug=SLUG,
        programme_id=programme.id,
        title_zh="导入的技术需求",
        title_en="Imported technical needs",
        rolling=True,
        stage=Stage.SUBMISSION.value,
        public=True,
        launched_at=now,
        sort_at=now + days * DAY,
    )
    session.add(round_)
    session.flush()
    session.add_all(_windows(round_.id, now, days))
    return round_


def _windows(round_id: int, now: dt.datetime, days: int) -> list[RoundWindow]:
    """Call and submission open now and run together; judging and award follow."""
    end = now + days * DAY
    spans = {
        Stage.REQUIREMENTS: (now, end),
        Stage.SUBMISSION: (now, end),
        Stage.JUDGING: (end, end + 30 * DAY),
        Stage.AWARD: (end + 30 * DAY, end + 60 * DAY),
    }
    return [
        RoundWindow(
            round_id=round_id,
            stage=stage.value,
            position=position,
            opens_at=opens_at,
            closes_at=closes_at,
            first_closes_at=closes_at,
            opened_at=opens_at if opens_at <= now else None,
        )
        for position, (stage, (opens_at, closes_at)) in enumerate(spans.items(), start=1)
    ]


def _seeker(session: Session) -> Organization:
    """One organization stands for seekers that the file does not name."""
    found = session.scalar(sa.select(Organization).where(Organization.name_en == "Seekers of imported needs"))
    if found is not None:
        return found
    seeker = Organization(name="导入需求的需求方", name_en="Seekers of imported needs", kind="other")
    session.add(seeker)
    session.flush()
    return seeker
