"""A requirement of a sheet as content: words become codes, sums minor units, each fault goes to its cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from challenge.requirements import faults
from challenge.requirements.checking import FAR_APART
from challenge.requirements.content import Content, IndicatorRow
from challenge.requirements.hints import SMALL
from challenge.rules import industries, localtime, money, regions
from challenge.rules.errors import Invalid
from challenge.rules.money import Sum
from challenge.rules.need_sheets import Cell, Fault, Raw
from challenge.rules.need_words import code_of
from challenge.rules.stages import Window

_BETWEEN = re.compile(r"[,，、;；\n]+")
_BETWEEN_MODES = re.compile(r"[,，、;；/／\n]+")
_TEXTS = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "problem_zh", "problem_en", "goals"),
    *("partners", "ip_wish", "contact_name", "contact_phone", "contact_email", "confidential_part"),
)


@dataclass
class Reading:
    """One requirement as it was read, and what is wrong with it by cell."""

    raw: Raw
    faults: list[Fault] = field(default_factory=list)
    content: Content = field(default_factory=Content)

    @property
    def seeker(self) -> Cell:
        """Whose it is, as it was written."""
        return self.raw.cells["seeker"]

    @property
    def code(self) -> Cell:
        """The registration code beside it."""
        return self.raw.cells["seeker_code"]

    def fault(self, at: str, code: str, **params: Any) -> None:
        """Note a fault; of one cell the first is told."""
        if at not in {each.cell for each in self.faults}:
            self.faults.append(Fault(self.raw.sheet, at, code, params))


def read(raw: Raw, ceiling_minor: int, submission: Window | None) -> Reading:
    """What a sheet says, held against all that handing in asks for."""
    reading = Reading(raw, list(raw.faults))
    reading.content = _content(reading).tidied()
    for fault in faults.of_submission(reading.content, ceiling_minor, submission):
        at = _cell_of(raw, fault.field)
        if fault.field != "budget_min" or "budget_min" in raw.cells:
            reading.fault(at, fault.code, **fault.params)
    _implausible(reading, ceiling_minor)
    return reading


def _content(reading: Reading) -> Content:
    cells = reading.raw.cells
    low, high, currency, typed_in = _budget(reading)
    region = cells["region"].text
    texts: dict[str, Any] = {name: cells[name].text for name in _TEXTS}
    return Content(
        **texts,
        field=_code(reading, "field", cells["field"]),
        industry=_found(reading, cells["industry"], industries.find, "industry_unknown"),
        region=_found(reading, cells["region"], regions.find, "region_unknown") if region else "",
        keywords=_words(_BETWEEN, cells["keywords"].text),
        modes=tuple(dict.fromkeys(filter(None, _modes(reading)))),
        starts_on=_day(reading, cells["starts_on"]),
        ends_on=_day(reading, cells["ends_on"]),
        budget_min_minor=low,
        budget_max_minor=high,
        currency=currency,
        typed_in=typed_in,
        anonymous=_code(reading, "anonymous", cells["anonymous"], "no") == "yes",
        indicators=tuple(_indicator(reading, row) for row in reading.raw.rows),
    )


def _words(between: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in between.split(text) if word.strip()))


def _code(reading: Reading, kind: str, given: Cell, empty: str = "") -> str:
    if not given.text:
        return empty
    code = code_of(kind, given.text)
    if code is None:
        reading.fault(given.at, "choice_unknown", found=given.text[:40])
    return code or empty


def _modes(reading: Reading) -> list[str]:
    given = reading.raw.cells["modes"]
    return [_code(reading, "modes", Cell(word, given.at)) for word in _words(_BETWEEN_MODES, given.text)]


def _found(reading: Reading, given: Cell, find: Callable[[str], str | None], code: str) -> str:
    found = find(given.text) if given.text else ""
    if found is None:
        reading.fault(given.at, code, found=given.text[:40])
    return found or ""


def _day(reading: Reading, given: Cell) -> dt.date | None:
    try:
        return localtime.day("day", given.text)
    except Invalid as fault:
        reading.fault(given.at, fault.code)
        return None


def _budget(reading: Reading) -> tuple[int | None, int | None, str, money.Unit]:
    """Both ends in minor units; the unit stands in its own cell, and nothing is guessed without it."""
    low, high, unit = (reading.raw.cells[name] for name in ("budget_min", "budget_max", "budget_unit"))
    if not low.text and not high.text:
        return None, None, "CNY", "yuan"
    if not unit.text:
        reading.fault(unit.at, "unit_missing")
    code = _code(reading, "budget_unit", unit) or "CNY-yuan"
    currency, _dash, counts = code.partition("-")
    typed_in: money.Unit = "wan" if counts == "wan" else "yuan"
    found = [_amount(reading, each, typed_in, currency) for each in (low, high)]
    return found[0], found[1], currency, typed_in


def _amount(reading: Reading, given: Cell, unit: money.Unit, currency: str) -> int | None:
    found = money.parse_amount(given.text, unit, money.minor_digits(currency))
    if isinstance(found, int):
        return found
    if found != "empty":
        reading.fault(given.at, f"amount_{found}")
    return None


def _implausible(reading: Reading, ceiling_minor: int) -> None:
    """Sums that are surely in the wrong unit: 60 where 60 万元 was meant, or two ends in two units."""
    content, cells = reading.content, reading.raw.cells
    ends = (("budget_min", content.budget_min_minor), ("budget_max", content.budget_max_minor))
    for name, minor in ends:
        if minor and minor < SMALL * 10 ** money.minor_digits(content.currency):
            given, meant = Sum(minor, content.currency), Sum(minor * 10_000, content.currency)
            known = content.currency == "CNY" and meant.minor <= ceiling_minor
            code = "amount_small_meant" if known else "amount_small"
            reading.fault(cells[name].at, code, given=given, **({"meant": meant} if known else {}))
    low, high = content.budget_min_minor, content.budget_max_minor
    if low and high and high >= FAR_APART * low:
        reading.fault(cells["budget_max"].at, "amounts_far_apart")


def _indicator(reading: Reading, row: Mapping[str, Cell]) -> IndicatorRow:
    return IndicatorRow(
        name_zh=row["name_zh"].text,
        name_en=row["name_en"].text,
        unit=row["unit"].text,
        comparison=_code(reading, "comparison", row["comparison"], "ge") or "ge",
        target=row["target"].text,
        level=_code(reading, "level", row["level"], "must") or "must",
    )


def _cell_of(raw: Raw, name: str) -> str:
    """The cell that a field of the form stands in."""
    kind, _dash, rest = name.partition("-")
    if kind != "indicators":
        return (raw.cells.get(name) or raw.cells["title_zh"]).at
    place, _dash, part = rest.partition("-")
    if not rest or not place.isdecimal() or int(place) >= len(raw.rows):
        return (raw.rows[0]["name_zh"] if raw.rows else raw.cells["title_zh"]).at
    return raw.rows[int(place)].get(part, raw.rows[int(place)]["name_zh"]).at
