"""The public face of a requirement, as its seeker and its organizer see it before and after publishing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from challenge.base import amounts, i18n
from challenge.requirements.public import IndicatorLine
from challenge.web.places import industry_name, period, region_name
from challenge.web.public import cards


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator in the reader's words."""

    name: str
    lang: str | None
    unit: str
    target: str
    must: bool


@dataclass(frozen=True, slots=True)
class Face:
    """What everyone reads of a requirement, once it is published."""

    title: str
    lang: str | None
    other: tuple[str, str] | None
    summary: str
    summary_lang: str | None
    problem: str
    problem_lang: str | None
    problem_other: tuple[str, str] | None
    goals: str
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...]
    closes_at: dt.datetime | None


def face_of(requirement: Any, *, named: bool = True) -> Face:
    """The public face; its indicators must be loaded, and its seeker where that is `named`."""
    return Face(
        title=title_of(requirement),
        lang=i18n.t_lang(requirement, "title") if i18n.t(requirement, "title") else None,
        other=i18n.other(requirement, "title"),
        summary=i18n.t(requirement, "summary"),
        summary_lang=i18n.t_lang(requirement, "summary") if i18n.t(requirement, "summary") else None,
        problem=i18n.t(requirement, "problem"),
        problem_lang=i18n.t_lang(requirement, "problem") if i18n.t(requirement, "problem") else None,
        problem_other=i18n.other(requirement, "problem"),
        goals=requirement.goals,
        lines=tuple(line_of(row) for row in requirement.indicators),
        facts=_facts(requirement, named=named),
        closes_at=requirement.closes_at,
    )


def title_of(thing: object) -> str:
    """Its title in the reader's language; a draft may have none yet."""
    return i18n.t(thing, "title") or _("Without a title yet")


def _facts(requirement: Any, *, named: bool) -> tuple[tuple[str, str], ...]:
    low, high = requirement.budget_min_minor, requirement.budget_max_minor
    seeker = i18n.organization_name(requirement.seeker) if named else ""
    return (
        (_("Budget"), amounts.money_range(low, high, requirement.currency)),
        (_("Seeker"), _("Anonymous seeker") if named and requirement.anonymous else seeker),
        (_("Region"), region_name(requirement.region)),
        (_("Field"), cards.field_name(requirement.field)),
        (_("Industry"), industry_name(requirement.industry)),
        (_("Time frame"), period(requirement.starts_on, requirement.ends_on)),
        (_("Cooperation"), cards.mode_names(requirement.modes)),
        (_("Wished partners"), requirement.partners),
        (_("IP"), requirement.ip_wish),
        (_("Keywords"), i18n.listed(requirement.keywords)),
    )


def line_of(row: Any) -> Line:
    """An indicator in the reader's words."""
    line = IndicatorLine(
        row.position, row.name_zh, row.name_en, row.unit, row.comparison, row.target, row.level
    )
    name = i18n.t(row, "name")
    return Line(
        name or "–",
        i18n.t_lang(row, "name") if name else None,
        row.unit,
        cards.target(line),
        row.level == "must",
    )
