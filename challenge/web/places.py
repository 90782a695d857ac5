"""Words and choices about organizations and places that several rooms show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from babel import dates
from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from challenge.base import i18n
from challenge.rules.regions import province_of

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


def region_name(code: str | None) -> str:
    """A region in the reader's language: its province, or nothing."""
    names = province_of(code)
    return "" if names is None else names[0 if i18n.reader().zh else 1]
