"""Calendar days, as people write them: figures in three orders, month names, ranges, typing mistakes."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations, zip_longest

from challenge.exchange.readings import Guess, Scrap

YEARS = range(1900, 2200)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_BEGIN = "|".join(_MONTHS)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:r|ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAY = rf"(?P<day>\d{{1,2}}){_ORDINAL}(?![\d:a-z])(?!\s*[ap]m)"
_UNTIL = r"(?:\s*(?:-|to|through|thru|and|&)\s*(?P<until>\d{1,2})(?:st|nd|rd|th)?(?![\d:/a-z]))?"
_YEAR = r"(?P<year>\d{4,5}(?![\d])|'\d{2}(?!\d))"
_FUSED = r"(?P<fused>\d{4})(?=\d{1,2}:\d)"

_YEAR_FIRST = re.compile(
    r"(?<![\d/.-])(?P<year>\d{4,5})\s?[-/.年]\s?(?P<first>\d{1,2})\s?[-/.月]\s?(?P<second>\d{1,2})(?:(?!\d)|(?=\d\d?:))日?"
)
_COMPACT = re.compile(r"(?<!\d)(?P<year>(?:19|20|21)\d\d)(?P<first>0\d|1[0-2])(?P<second>[0-3]\d)(?!\d)")
_COMPACT_US = re.compile(r"(?<!\d)(?P<first>0\d|1[0-2])(?P<second>[0-3]\d)(?P<year>(?:19|20|21)\d\d)(?!\d)")
_FIGURES = re.compile(
    r"(?<![\d/.:-])(?P<first>\d{1,2})\s?(?P<mark>[-/.])\s?(?P<second>\d{1,2})(?:\s?(?P=mark)|(?=(?:19|20|21)\d\d(?!\d)))"
    rf"(?:{_FUSED}|(?P<year>\d{{2,6}})(?![\d:/])|\s(?P<apart>\d{{4,5}})(?![\d:/]))"
)
_YEARLESS = re.compile(r"(?<![\d/.:-])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/|(?![\d/:]))")
_DAY_MONTH = re.compile(
    rf"(?<![\d:/.])(?:(?P<since>\d{{1,2}}){_ORDINAL}\s*(?:-|to|through|thru|and|&)\s*)?"
    rf"(?P<day>\d{{1,2}}){_ORDINAL}(?:[-/]|\.\s?|\s+)?(?:of\s+)?{_MONTH}"
    rf"(?:(?:[-/]|[\s,.]+)?(?:{_YEAR}|(?P<short>\d{{2}})(?![\d:])(?!\s*(?:[ap]m|noon|{_MONTHS_BEGIN}))))?"
)
_NAMED_YEAR_FIRST = re.compile(rf"(?<!\d)(?P<year>\d{{4}})[\s,-]*{_MONTH}[\s,-]*{_DAY}")
_MONTH_DAY = re.compile(rf"(?<![a-z]){_MONTH}[\s,/-]*{_DAY}{_UNTIL}(?:[\s,./-]*{_YEAR})?")
_MONTH_YEAR = re.compile(rf"(?<![a-z]){_MONTH}[\s,/-]*(?P<year>\d{{4}})(?!\d)")
_YEAR_MONTH = re.compile(
    r"(?<![\d/.-])(?P<year>(?:19|20|21)\d\d)\s?[-/.年]\s?(?P<first>\d{1,2})(?![\d:/.-])\s?月?"
)
_MONTH_YEAR_FIGURES = re.compile(
    r"(?<![\d/.-])(?P<first>\d{1,2})\s?[-/.]\s?(?P<year>(?:19|20|21)\d\d)(?![\d/.-])"
)
_LONE_YEAR = re.compile(r"(?<![\d/.:-])(?:19|20|21)\d\d(?![\d/.:-])(?!\s?h)")


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day as read: parts the text leaves open are None."""

    at: int
    written: str
    year: int | None
    month: int
    day: int | None
    guesses: tuple[Guess, ...] = ()

    def date(self) -> dt.date | None:
        """The date, the first of the month where no day is given; None where there is no such day."""
        if self.year is None or self.year not in YEARS:
            return None
        try:
            return dt.date(self.year, self.month, self.day or 1)
        except ValueError:
            return None


def take_days(scrap: Scrap, year: int | None, *, day_first: bool | None) -> list[Day]:
    """The days in the text, in its order.

    `year` is the one a text without a year is likely to mean; `day_first` is what is known of the
    order of 03/04 in this source, None for nothing.
    """
    days = [_of_year_first(m, year) for m in scrap.take_all(_YEAR_FIRST)]
    days += [_of_year_first(m, year) for m in scrap.take_all(_COMPACT)]
    days += [_of_figures(m, year, day_first) for m in scrap.take_all(_FIGURES, _COMPACT_US)]
    for m in scrap.take_all(_NAMED_YEAR_FIRST, _MONTH_DAY, _DAY_MONTH):
        days += _of_names(m, year)
    days += [_of_name(m, None, m["year"], year) for m in scrap.take_all(_MONTH_YEAR)]
    if not days:
        for m in scrap.take_all(_YEAR_MONTH, _MONTH_YEAR_FIGURES):
            days.append(Day(m.start(), m[0].strip(), int(m["year"]), int(m["first"]), None))
    if not days:
        days = [_of_figures(m, year, day_first) for m in scrap.take_all(_YEARLESS)]
    if len(days) == 1 and _is_yearless(days[0]):  # Dec 31 23:59:00 EST 2014
        days = [replace(days[0], year=int(m[0]), guesses=()) for m in scrap.take_all(_LONE_YEAR)[:1]] or days
    return _lend_years(sorted(days, key=lambda day: day.at))


def order_of(texts: Iterable[str]) -> bool | None:
    """Whether a column of dates in figures writes the day first; None where it never shows or it mixes."""
    shown = set()
    for text in texts:
        for match in _FIGURES.finditer(Scrap(text).rest):
            first, second = int(match["first"]), int(match["second"])
            if (first > 12) != (second > 12):
                shown.add(first > 12)
    return shown.pop() if len(shown) == 1 else None


def _of_year_first(match: re.Match[str], hint: int | None) -> Day:
    year, guesses = _year(match["year"], hint)
    month, day = int(match["first"]), int(match["second"])
    if month > 12 >= day:  # 2018-13-08
        month, day = day, month
        guesses.append(Guess("day_first", match[0].strip()))
    return Day(match.start(), match[0].strip(), year, month, day, tuple(guesses))


def _of_figures(match: re.Match[str], hint: int | None, day_first: bool | None) -> Day:
    parts = match.groupdict()
    year, guesses = _year(parts.get("fused") or parts.get("year") or parts.get("apart") or "", hint)
    month, day = int(match["first"]), int(match["second"])
    written = match[0].strip()
    dotted = parts.get("mark") == "."  # 13.08.2018 is European wherever it is seen
    turned = bool(day_first) or (day_first is None and dotted)
    if max(month, day) > 12:
        turned = month > 12
        if turned and not (day_first or dotted):
            guesses.append(Guess("day_first", written))
    elif month != day and day_first is None:
        guesses.append(Guess("day_first" if turned else "month_first", written))
    if turned:
        month, day = day, month
    return Day(match.start(), written, year, month, day, tuple(guesses))


def _of_names(match: re.Match[str], hint: int | None) -> list[Day]:
    """One day with its month's name, or both of `August 13-15` and `13-15 August`."""
    parts = match.groupdict()
    year = parts["year"] or parts.get("short")
    days = [_of_name(match, match["day"], year, hint)]
    if parts.get("since"):
        days.insert(0, _of_name(match, parts["since"], year, hint))
    if parts.get("until"):
        days.append(_of_name(match, parts["until"], year, hint))
    return days


def _of_name(match: re.Match[str], day: str | None, year_text: str | None, hint: int | None) -> Day:
    year, guesses = _year((year_text or "").lstrip("'"), hint)
    month = _MONTHS.index(match["month"][:3]) + 1
    return Day(match.start(), match[0].strip(), year, month, int(day) if day else None, tuple(guesses))


def _year(written: str, hint: int | None) -> tuple[int | None, list[Guess]]:
    """The year meant: two digits are of 1970 to 2069, and of more than four some are a slip."""
    if len(written) == 4:
        return int(written), []
    if len(written) == 2:
        year = int(written) + (2000 if int(written) < 70 else 1900)
        return year, [Guess("short_year", written)]
    if len(written) > 4:
        slips = [int("".join(digits)) for digits in combinations(written, 4)]
        likely = [year for year in slips if 1990 <= year < 2100] or slips
        return (hint if hint in slips else likely[0]), [Guess("long_year", written)]
    return hint, [Guess("no_year", str(hint))] if hint else []


def _is_yearless(day: Day) -> bool:
    return day.year is None or any(guess.code == "no_year" for guess in day.guesses)


def _lend_years(days: list[Day]) -> list[Day]:
    """In `August 13 to September 24, 2018` the first day has the year of the second."""
    lent: list[Day] = []
    for day, later in zip_longest(days, days[1:]):
        if _is_yearless(day) and later is not None and later.year is not None:
            year = later.year - (day.month > later.month)
            lent.append(replace(day, year=year, guesses=(Guess("no_year", str(year)),)))
        else:
            lent.append(day)
    return lent
