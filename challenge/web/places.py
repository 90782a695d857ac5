"""Words and choices about organizations and places that several rooms show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from babel import dates
from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules import industries, regions

KIND_WORDS: Mapping[str, LazyString] = {
    "company": _("Company"),
    "university": _("University"),
    "institute": _("Research institute"),
    "agency": _("Agency"),
    "public": _("Public body"),
    "other": _("Other"),
}

# The zones that a list offers by name; any other IANA zone that a person has is offered to them as well.
OFFERED = (
    *("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul"),
    *("Asia/Urumqi", "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow", "Europe/Berlin"),
    *("Europe/Paris", "Europe/London", "Africa/Cairo", "Africa/Johannesburg", "America/Sao_Paulo"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("Australia/Sydney", "Pacific/Auckland", "UTC"),
)


def zone_choices() -> list[tuple[str, str]]:
    """Zones by their city in the reader's language; first the one of each round, last the reader's own."""
    reader = i18n.reader()
    own = (reader.zone,) if reader.zone and reader.zone not in OFFERED else ()
    named = [(zone, _city(zone, reader.locale)) for zone in (*OFFERED, *own)]
    return [("", gettext("The zone of each round")), *named]


def own_zone() -> str:
    """The reader's zone, or where nothing is known of the reader that of the installation."""
    return i18n.reader().zone or str(current_app.config["SETTINGS"].default_zone)


@lru_cache(maxsize=512)
def _city(zone: str, locale: str) -> str:
    return zone if zone == "UTC" else str(dates.get_timezone_location(zone, locale=locale, return_city=True))


def provinces() -> list[tuple[str, str]]:
    """The regions of the first level in the reader's language, to choose from."""
    column = 0 if i18n.reader().zh else 1
    return [(code, names[column]) for code, names in regions.PROVINCES.items()]


def region_name(code: str | None) -> str:
    """A region in the reader's language: its province and its city, or nothing."""
    return _named(regions.names_of(code))


def region_words(code: str) -> str:
    """What a form says of a region, so that it is found again: its name and its code, or what was typed."""
    name = region_name(code)
    return f"{name} {code}" if name else code


def region_choices() -> list[str]:
    """Every province and prefecture, for the list under a field."""
    return [region_words(code) for code in sorted((*regions.PROVINCES, *regions.PREFECTURES))]


def industry_name(code: str | None) -> str:
    """An industry in the reader's language with its code, or nothing."""
    names = industries.names_of(code)
    return f"{code} {_named(names)}" if names else ""


def industry_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections with their divisions; a section may be chosen as a whole."""
    return [
        (
            industry_name(section),
            [
                (code, industry_name(code))
                for code in (section, *industries.DIVISIONS)
                if code.startswith(section)
            ],
        )
        for section in industries.SECTIONS
    ]


def period(starts_on: dt.date | None, ends_on: dt.date | None) -> str:
    """From when to when the work is to go on, as far as that is said."""
    if starts_on and ends_on:
        return f"{starts_on} – {ends_on}"
    if starts_on:
        return gettext("from %(day)s", day=starts_on)
    return gettext("until %(day)s", day=ends_on) if ends_on else ""


def _named(names: tuple[str, str] | None) -> str:
    return "" if names is None else names[0 if i18n.reader().zh else 1]
