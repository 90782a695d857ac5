"""The reader of a page: language, time zone, theme; and dates, numbers and sizes in the reader's way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, dates, numbers
from flask import current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, gettext, ngettext
from flask_login import current_user

LOCALES = ("zh_CN", "en_US")
THEMES = ("auto", "light", "dark")
MONEY = ("wan", "unit")
babel = Babel()
ZONES = frozenset(available_timezones())
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads this page, and how."""

    locale: str
    zone: str | None
    theme: str
    signed_in: bool = False
    name: str = ""
    money: str = ""  # wan: in 万元, unit: in CNY, "": as is usual in the language
    unread: int = 0  # messages that wait

    @property
    def lang(self) -> str:
        """The language tag for HTML."""
        return "zh-CN" if self.locale == "zh_CN" else "en"

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.locale == "zh_CN"


def reader() -> Reader:
    """The reader of this request; outside one, the installation's own language."""
    known: Reader | None = g.get("reader")
    if known is None:
        known = g.reader = _build()
    return known


def _build() -> Reader:
    if not has_request_context():
        return Reader(str(current_app.config["SETTINGS"].default_locale), None, "auto")
    return _read(current_user if current_user.is_authenticated else None)


def read_by_cookies_alone() -> None:
    """For error pages: the account may be what cannot be read, because the database is away."""
    g.reader = _read(None)


def _read(person: Any) -> Reader:
    default = str(current_app.config["SETTINGS"].default_locale)
    # A reader's own choice comes before the account's, so that a switch shows at once.
    locale = request.cookies.get("locale")
    zone = unquote(request.cookies.get("zone", ""))
    theme = request.cookies.get("theme", "auto")
    money = request.cookies.get("money", "")
    if locale not in LOCALES:
        spoken = request.accept_languages.best_match(["zh-CN", "zh", "en"])
        locale = person.locale if person else ("en_US" if spoken == "en" else "zh_CN" if spoken else default)
    if person is not None and person.zone:
        zone = person.zone
    return Reader(
        locale if locale in LOCALES else default,
        zone if zone in ZONES else None,
        theme if theme in THEMES else "auto",
        person is not None,
        (person.name or person.email) if person else "",
        money if money in MONEY else "",
        person.unread if person is not None else 0,
    )


def current_locale() -> str:
    """For Flask-Babel."""
    return reader().locale


@contextmanager
def reading_as(locale: str, zone: str | None = None) -> Iterator[None]:
    """Read as somebody else for a while: words, dates and money in that language, times in that zone."""
    known = locale if locale in LOCALES else str(current_app.config["SETTINGS"].default_locale)
    before = g.get("reader")
    g.reader = Reader(known, zone if zone in ZONES else None, "auto")
    try:
        with force_locale(known):
            yield
    finally:
        g.pop("reader", None)
        if before is not None:
            g.reader = before


@lru_cache(maxsize=1024)
def _zone(key: str) -> ZoneInfo:
    return ZoneInfo(key)


@lru_cache(maxsize=4096)
def _zone_label(key: str, locale: str, offset_minutes: int) -> str:
    sign, minutes = ("-" if offset_minutes < 0 else "+"), abs(offset_minutes)
    offset = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
    if key == "UTC":
        return "UTC"
    if key == "Asia/Shanghai":
        return "北京时间" if locale == "zh_CN" else f"Beijing ({offset})"
    city = dates.get_timezone_location(key, locale=locale, return_city=True)
    return f"{city}（{offset}）" if locale == "zh_CN" else f"{city} ({offset})"


def _locale() -> str:
    return reader().locale


@lru_cache(maxsize=8192)
def _day_text(day: dt.date, this_year: int, locale: str) -> str:
    if locale == "zh_CN":
        return (
            f"{day.month}月{day.day}日" if day.year == this_year else f"{day.year}年{day.month}月{day.day}日"
        )
    text = dates.format_date(day, "d MMM" if day.year == this_year else "d MMM y", locale="en_GB")
    return str(text).replace("Sept", "Sep")


def _year() -> int:
    if "year" not in g:
        g.year = dt.datetime.now(dt.UTC).year  # only decides whether a year is shown
    return int(g.year)


def day(value: dt.datetime, zone: str = "UTC") -> str:
    """'4 Dec' or '12月4日' in that zone; with the year when it is not this one."""
    return _day_text(value.astimezone(_zone(zone)).date(), _year(), _locale())


def clock_time(value: dt.datetime, zone: str = "UTC") -> str:
    """'18:00' in that zone; seconds only where there are some."""
    local = value.astimezone(_zone(zone))
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def zone_name(value: dt.datetime, zone: str) -> str:
    """'Beijing (UTC+8)' or '北京时间': the zone as it stands at that instant."""
    offset = value.astimezone(_zone(zone)).utcoffset() or dt.timedelta(0)
    return _zone_label(zone, _locale(), int(offset.total_seconds() // 60))


def when(value: dt.datetime, zone: str = "UTC") -> str:
    """'4 Dec, 18:00 Beijing (UTC+8)', '12月4日 18:00（北京时间）' or '12月4日 11:00，柏林（UTC+1）'."""
    name = zone_name(value, zone)
    if _locale() != "zh_CN":
        return f"{day(value, zone)}, {clock_time(value, zone)} {name}"
    moment = f"{day(value, zone)} {clock_time(value, zone)}"
    return f"{moment}，{name}" if "（" in name else f"{moment}（{name}）"


def between(start: dt.datetime, end: dt.datetime, zone: str = "UTC") -> str:
    """From when to when, each once where both are on one day: '4 Dec, 10:00–11:00 Beijing (UTC+8)'."""
    if start.astimezone(_zone(zone)).date() != end.astimezone(_zone(zone)).date():
        return f"{when(start, zone)} – {when(end, zone)}"
    clock = clock_time(start, zone)
    return when(start, zone).replace(clock, f"{clock}–{clock_time(end, zone)}", 1)


def span(seconds: float) -> str:
    """A length of time in two units: '12 days 4 h', '2 h 5 min', '47 s'."""
    return _span(*_units(seconds), _locale())


def _units(seconds: float) -> tuple[int, int, int, int]:
    """Days, hours, minutes and seconds, as far as two units show them: few differ, so words are kept."""
    whole = max(int(seconds), 0)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return days, hours if days < 30 else 0, 0, 0
    return 0, hours, minutes, 0 if hours or minutes else whole


@lru_cache(maxsize=8192)
def _span(days: int, hours: int, minutes: int, seconds: int, _language: str) -> str:
    if days:
        text = ngettext("%(num)d day", "%(num)d days", days)
        return f"{text} {gettext('%(num)d h', num=hours)}" if hours else text
    if hours:
        text = gettext("%(num)d h", num=hours)
        return f"{text} {gettext('%(num)d min', num=minutes)}" if minutes else text
    return gettext("%(num)d min", num=minutes) if minutes else gettext("%(num)d s", num=seconds)


def left(value: dt.datetime, now: dt.datetime) -> str:
    """'12 days 4 h left'."""
    return _left(_units((value - now).total_seconds()), _locale())


@lru_cache(maxsize=8192)
def _left(units: tuple[int, int, int, int], language: str) -> str:
    return gettext("%(span)s left", span=_span(*units, language))


def filesize(size: int) -> str:
    """'18.2 MB' (powers of 1,000, as people's machines show them)."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def number(value: float | Decimal) -> str:
    """A number with the reader's thousands separators."""
    return str(numbers.format_decimal(value, locale=_locale()))


def listed(texts: Iterable[object]) -> str:
    """Several words in one line, in the reader's way."""
    return ("、" if reader().zh else ", ").join(str(text) for text in texts)


def t(thing: Any, name: str) -> str:
    """`title_zh` or `title_en` of a thing by the reader's language; the other one where it is missing."""
    suffix = "zh" if reader().zh else "en"
    value = getattr(thing, f"{name}_{suffix}", None) or getattr(
        thing, f"{name}_{'en' if suffix == 'zh' else 'zh'}", None
    )
    return str(value or "")


def t_lang(thing: Any, name: str) -> str | None:
    """The language tag of what `t` gives where it is not the reader's own, else None: for `lang=`."""
    zh = reader().zh
    if getattr(thing, f"{name}_{'zh' if zh else 'en'}", None):
        return None
    return "en" if zh else "zh-CN"


def other(thing: Any, name: str) -> tuple[str, str] | None:
    """The same text in the other language with its tag, where both are given."""
    zh = reader().zh
    if not getattr(thing, f"{name}_{'zh' if zh else 'en'}", None):
        return None
    value = getattr(thing, f"{name}_{'en' if zh else 'zh'}", None)
    return (str(value), "en" if zh else "zh-CN") if value else None


def lang_of(text: str | None) -> str | None:
    """The language tag of a text that somebody wrote, where it is plainly not the reader's, else None.

    Chinese is told by its characters. For a Chinese reader text without any is English, if it has letters.
    """
    if not text:
        return None
    if _HAN.search(text):
        return None if reader().zh else "zh-CN"
    return "en" if reader().zh and _LATIN_WORDS.search(text) else None


def organization_name(organization: Any) -> str:
    """An organization's name in the reader's language; its own where there is no English one."""
    return str(organization.name if reader().zh else (organization.name_en or organization.name))


def locale_display(code: str) -> str:
    """The name of a language in itself."""
    return str(Locale.parse(code).get_language_name(code))
