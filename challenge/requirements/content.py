"""What a seeker writes down, as one plain value: from a form to the tables and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base.db import Base
from challenge.requirements.models import Indicator, Requirement
from challenge.rules.money import Unit

MOST_INDICATORS = 20


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One measurable row as written; `target` is text until the requirement is handed in."""

    name_zh: str = ""
    name_en: str = ""
    unit: str = ""
    comparison: str = "ge"
    target: str = ""
    level: str = "must"

    @property
    def empty(self) -> bool:
        """Whether nothing was written in it."""
        return not any(text.strip() for text in (self.name_zh, self.name_en, self.unit, self.target))

    def tidied(self) -> IndicatorRow:
        """The same without blanks around; a yes/no indicator has no target."""
        return IndicatorRow(
            name_zh=self.name_zh.strip(),
            name_en=self.name_en.strip(),
            unit=self.unit.strip(),
            comparison=self.comparison,
            target="" if self.comparison == "yes" else number_text(self.target),
            level=self.level,
        )


@dataclass(frozen=True, slots=True)
class Closed:
    """What only the seeker and its screeners read: the confidential part, and whom they may ask."""

    confidential_part: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""

    @property
    def contact(self) -> tuple[str, ...]:
        """Name, telephone and address, as far as they are given."""
        return tuple(filter(None, (self.contact_name, self.contact_phone, self.contact_email)))


CLOSED = tuple(each.name for each in dataclasses.fields(Closed))


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a requirement that its seeker writes. Texts are '' and sums None where nothing was."""

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    problem_zh: str = ""
    problem_en: str = ""
    goals: str = ""
    confidential_part: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    field: str = ""
    keywords: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    industry: str = ""
    region: str = ""
    partners: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    ip_wish: str = ""
    budget_min_minor: int | None = None
    budget_max_minor: int | None = None
    currency: str = "CNY"
    # The unit in which the budget was typed: a refusal can guess what was meant.
    typed_in: Unit = dataclasses.field(default="yuan", compare=False)
    closes_at: dt.datetime | None = None
    anonymous: bool = False
    theme_id: int | None = None  # the track of its round that it asks for
    indicators: tuple[IndicatorRow, ...] = ()

    def tidied(self) -> Content:
        """The same without blanks around texts and without empty rows; targets in plain figures."""
        texts = {
            each.name: value.strip()
            for each in dataclasses.fields(self)
            if isinstance(value := getattr(self, each.name), str)
        }
        rows = tuple(row.tidied() for row in self.indicators if not row.empty)
        return replace(self, **texts, indicators=rows)  # type: ignore[arg-type]


def number_text(text: str) -> str:
    """A number as typed, in plain figures: full-width digits and grouping commas are read, zeros kept."""
    return unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace(",", "").strip()


_TABLE = Base.metadata.tables[Indicator.__tablename__]
_PLAIN = {"synchronize_session": False}
_NULLABLE = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en"),
    *("field", "industry", "region"),
)
_ALWAYS = (
    *("goals", "partners", "ip_wish", "starts_on", "ends_on", "closes_at", "anonymous", "theme_id"),
    *("budget_min_minor", "budget_max_minor", "currency"),
)


def write(requirement: Requirement, content: Content) -> None:
    """Put tidied content into the row; its indicators go by `write_indicators`, once it has its id."""
    for name in _NULLABLE:
        setattr(requirement, name, getattr(content, name) or None)
    for name in (*_ALWAYS, *CLOSED):
        setattr(requirement, name, getattr(content, name))
    requirement.keywords = list(content.keywords)
    requirement.modes = list(content.modes)


def write_indicators(session: Session, requirement: Requirement, content: Content) -> None:
    """Replace the indicators, in two statements however many there are."""
    session.execute(
        sa.delete(Indicator).where(Indicator.requirement_id == requirement.id), execution_options=_PLAIN
    )
    if content.indicators:
        rows = [
            _indicator(row, requirement.id, place) for place, row in enumerate(content.indicators, start=1)
        ]
        # Into the table, not the class: rows with empty cells go in the same statement.
        session.execute(sa.insert(_TABLE), rows)
    session.expire(requirement, ["indicators"])


def _indicator(row: IndicatorRow, requirement_id: int, position: int) -> dict[str, object]:
    return {
        "requirement_id": requirement_id,
        "position": position,
        "name_zh": row.name_zh or None,
        "name_en": row.name_en or None,
        "unit": row.unit,
        "comparison": row.comparison,
        "target": None if row.comparison == "yes" else row.target,
        "level": row.level,
    }


def read(requirement: Requirement, closed: Closed) -> Content:
    """The row (its indicators loaded) as content; what is closed comes by its own query."""
    stored: dict[str, Any] = {name: getattr(requirement, name) or "" for name in _NULLABLE}
    stored |= {name: getattr(requirement, name) for name in _ALWAYS}
    return Content(
        **stored,
        **dataclasses.asdict(closed),
        keywords=tuple(requirement.keywords),
        modes=tuple(requirement.modes),
        indicators=tuple(
            IndicatorRow(
                name_zh=row.name_zh or "",
                name_en=row.name_en or "",
                unit=row.unit,
                comparison=row.comparison,
                target=row.target or "",
                level=row.level,
            )
            for row in requirement.indicators
        ),
    )
