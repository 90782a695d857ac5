"""The public face of a requirement, as its seeker and its organizer see it before and after publishing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from challenge.accounts.models import Organization
from challenge.base import amounts, i18n
from challenge.requirements.content import Content
from challenge.requirements.models import Requirement
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


def face_of(requirement: Requirement) -> Face:
    """The public face; its seeker and indicators must be loaded."""
    return _face(requirement, requirement.seeker)


def face_of_content(content: Content, seeker: Organization) -> Face:
    """The same of what is shown with bars over what would name an anonymous seeker."""
    return _face(content, seeker)


def face_of_version(kept: Any) -> Face:
    """The same of an earlier version, which names no seeker."""
    return _face(kept, None)


def _face(thing: Any, seeker: Organization | None) -> Face:
    return Face(
        title=title_of(thing),
        lang=i18n.t_lang(thing, "title") if i18n.t(thing, "title") else None,
        other=i18n.other(thing, "title"),
        summary=i18n.t(thing, "summary"),
        summary_lang=i18n.t_lang(thing, "summary") if i18n.t(thing, "summary") else None,
        problem=i18n.t(thing, "problem"),
        problem_lang=i18n.t_lang(thing, "problem") if i18n.t(thing, "problem") else None,
        problem_other=i18n.other(thing, "problem"),
        goals=thing.goals,
        lines=tuple(line_of(row, place) for place, row in enumerate(thing.indicators, start=1)),
        facts=_facts(thing, seeker),
        closes_at=thing.closes_at,
    )


def title_of(thing: object) -> str:
    """Its title in the reader's language; a draft may have none yet."""
    return i18n.t(thing, "title") or _("Without a title yet")


def _facts(thing: Any, seeker: Organization | None) -> tuple[tuple[str, str], ...]:
    low, high = thing.budget_min_minor, thing.budget_max_minor
    named = i18n.organization_name(seeker) if seeker is not None else ""
    return (
        (_("Budget"), amounts.money_range(low, high, thing.currency)),
        (_("Seeker"), _("Anonymous seeker") if seeker is not None and thing.anonymous else named),
        (_("Region"), region_name(thing.region)),
        (_("Field"), cards.field_name(thing.field)),
        (_("Industry"), industry_name(thing.industry)),
        (_("Time frame"), period(thing.starts_on, thing.ends_on)),
        (_("Cooperation"), cards.mode_names(thing.modes)),
        (_("Wished partners"), thing.partners),
        (_("IP"), thing.ip_wish),
        (_("Keywords"), i18n.listed(thing.keywords)),
    )


def line_of(row: Any, position: int) -> Line:
    """An indicator in the reader's words."""
    line = IndicatorLine(position, row.name_zh, row.name_en, row.unit, row.comparison, row.target, row.level)
    name = i18n.t(row, "name")
    return Line(
        name or "–",
        i18n.t_lang(row, "name") if name else None,
        row.unit,
        cards.target(line),
        row.level == "must",
    )
