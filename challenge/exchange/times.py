"""Times of day and zones, as people write them beside a date."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from challenge.exchange.readings import Guess, Scrap

DAY = 24 * 3600
_HALF_DAY = re.compile(r"(?<![a-z])([ap])\s?\.?\s?m(?![a-z])\.?")
_FUSED_ZONE = re.compile(r"(?<=\d)(\s?[ap]m)(?=[a-z]{2,4}(?![a-z]))")
_SEMICOLON = re.compile(r"(?<=\d);(?=[0-5]\d)")
_DOUBLED = re.compile(r"(?<=\d)([-/.:])\1+(?=\d)")
_FRACTION = re.compile(r"(:\d\d:\d\d)[.,]\d+")
_CHINESE = re.compile(
    r"(?:(?P<part>上午|早上|凌晨|中午|下午|晚上)\s*)?(?<!\d)(?P<hour>\d{1,2})\s*"
    r"(?:[时時点點]\s*(?:(?P<half>半)|(?P<minute>\d{1,2})\s*分)?(?:\s*\d{1,2}\s*秒)?"
    r"|(?(part):(?P<colon>\d{2})|(?!)))"
)
_HOUR_12 = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:\s?[:.]?\s?(?P<minute>[0-5]\d))?(?:\s?:\s?(?P<second>[0-5]\d))?"
    r"(?:\s*:?\s*(?P<half>[ap])m|(?P<bare>[ap]))(?![a-z])"
)
_HOUR_24 = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})\s?[:h]\s?(?P<minute>[0-5]\d)(?:\s?:\s?(?P<second>[0-5]\d))?"
    r"(?:\s?(?:hours|hrs|hr|h))?(?![\d:])"
)
_HOURS = re.compile(r"(?<![\d:.])(?P<hour>\d{2})(?P<minute>[0-5]\d)?\s?(?:hours|hrs|hr|h)(?![a-z])")
_COMPACT = re.compile(r"(?<![a-z])t(?P<hour>\d{2})(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?(?!\d)")
_HOUR_DOT = re.compile(r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?![\d.])")
_NOON = re.compile(r"(?:(?<!\d)12(?::00)?\s*)?(?<![a-z])(?:noon|midday)(?![a-z])")
_MIDNIGHT = re.compile(r"(?:(?<!\d)(?:12|00|24)(?::00)?\s*)?(?<![a-z])midnight(?![a-z])")
_DAY_END = re.compile(r"(?<![a-z])(?:end of (?:the )?day|eod)(?![a-z])")
_OFFICE_END = re.compile(r"(?<![a-z])(?:close of business|cob|end of business)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: where it stood in the text, and seconds since midnight (up to 24:00 inclusive)."""

    at: int
    seconds: int | None
    written: str
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone named in the text: an IANA key and how it was spelled, or minutes east of UTC."""

    at: int
    key: str
    written: str
    minutes: int = 0


def plain_times(text: str) -> str:
    """The text with `a.m.` as `am`, slips of the finger mended, and Chinese times as figures.

    下午5点30分 becomes 5:30 pm, 09;00 and 09::00 become 09:00, 08//13 becomes 08/13.
    """

    def figures(match: re.Match[str]) -> str:
        part, hour = match["part"], int(match["hour"])
        minute = "30" if match["half"] else (match["minute"] or match["colon"] or "0").zfill(2)
        late = part in {"下午", "晚上"} or (part == "中午" and hour in {12, 1, 2})
        if part == "晚上" and hour == 12:
            return f" 24:{minute} "
        return f" {hour:02}:{minute}{('pm' if late else 'am') if part and hour <= 12 else ''} "

    text = _DOUBLED.sub(r"\1", _SEMICOLON.sub(":", text))
    text = _FRACTION.sub(r"\1", _CHINESE.sub(figures, text))
    return _FUSED_ZONE.sub(r"\1 ", _HALF_DAY.sub(r"\1m", text))


def take_times(scrap: Scrap, *, end: bool, sure: bool) -> list[Clock]:
    """The times of day in the text, in its order.

    `end` says that midnight would close a day, `sure` that 9:00 counts the hours to 24.
    """
    clocks = [Clock(m.start(), DAY // 2, m[0]) for m in scrap.take_all(_NOON)]
    midnights = [
        Clock(m.start(), DAY if end else 0, m[0], (Guess("midnight", "24:00" if end else "00:00"),))
        for m in scrap.take_all(_MIDNIGHT)
    ]
    clocks += [_half_day(m, end=end) for m in scrap.take_all(_HOUR_12)]
    clocks += [_clock(m, sure=sure) for m in scrap.take_all(_HOUR_24)]
    clocks += [_clock(m, sure=True) for m in scrap.take_all(_HOURS, _COMPACT)]
    if not clocks:
        clocks = [_clock(m, sure=sure) for m in scrap.take_all(_HOUR_DOT)]
    if not clocks:  # "11:59 pm (midnight)" says it twice
        clocks = midnights
    for m in scrap.take_all(_OFFICE_END):
        clocks.append(Clock(m.start(), 17 * 3600, m[0], (Guess("office_hours", "17:00"),)))
    clocks += [Clock(m.start(), DAY, m[0]) for m in scrap.take_all(_DAY_END)]
    return sorted(clocks, key=lambda clock: clock.at)


def _half_day(match: re.Match[str], *, end: bool) -> Clock:
    hour, afternoon = int(match["hour"]), (match["half"] or match["bare"]) == "p"
    written = match[0].strip()
    if not 1 <= hour <= 12:  # 17:00 pm, 00:30 am
        plain = _clock(match, sure=True)
        seconds = plain.seconds
        if hour == 0 and afternoon and seconds is not None:
            seconds += DAY // 2
        return Clock(plain.at, seconds, written, (Guess("half_of_day", written),))
    seconds = (hour % 12 + 12 * afternoon) * 3600 + _small(match["minute"], match["second"])
    guesses = (Guess("midnight", "00:00"),) if end and seconds == 0 else ()
    return Clock(match.start(), seconds, written, guesses)


def _clock(match: re.Match[str], *, sure: bool) -> Clock:
    """A time on the 24-hour clock; `9:00` or `11:59` alone may have lost its am or pm, so it is a guess."""
    parts, written = match.groupdict(), match[0].strip()
    hour, second = parts["hour"], parts.get("second")
    seconds = int(hour) * 3600 + _small(parts.get("minute"), second)
    if seconds > DAY:
        return Clock(match.start(), None, written)
    unsure = not sure and second is None and hour[0] != "0" and int(hour) <= 12
    return Clock(match.start(), seconds, written, (Guess("half_of_day", written),) if unsure else ())


def _small(minute: str | None, second: str | None) -> int:
    return int(minute or 0) * 60 + int(second or 0)


_REGIONS = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
}
_SHORT = {
    **dict.fromkeys(("et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("akt", "akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("hst", "hdt"), "Pacific/Honolulu"),
    **dict.fromkeys(("ast", "adt"), "America/Halifax"),
    **dict.fromkeys(("utc", "gmt", "zulu"), "UTC"),
    "bst": "Europe/London",
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney"),
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "北京时间": "Asia/Shanghai",
}
_SHARED = {"cst", "ist", "bst", "ast"}
"""Abbreviations that two parts of the world use."""
_OFFSET = re.compile(
    r"(?<![a-z])(?:utc|gmt)\s?(?P<sign>[+-])\s?(?P<hours>\d|0\d|1[0-4])(?::?(?P<minutes>[0-5]\d))?(?!\d)"
    r"|(?:(?<=[\dm])|(?<=[\dm]\s))(?P<sign_t>[+-])(?P<hours_t>0\d|1[0-4]):?(?P<minutes_t>[0-5]\d)"
    r"(?![\d:])(?!\s?[ap]m)"
    r"|(?<=:\d\d)(?P<sign_s>[+-])(?P<hours_s>0\d|1[0-4])(?P<minutes_s>(?!))?(?!\s?[\d:ap])"
)
_ABBREVIATION = re.compile(
    rf"(?<![a-z])({'|'.join(sorted(_SHORT, key=len, reverse=True))})(?![a-z])|(?<=\d)(z)(?![a-z])"
)
_REGION = re.compile(
    r"(?<![a-z])(?:us\s+)?(eastern|central|mountain|pacific|alaska|hawaii)n?"
    r"(?:\s+(?:standard|daylight|savings?))*(?:\s+time)?(?![a-z])(?:\s*\(us (?:&|and) canada\))?"
)
_IANA = re.compile(r"(?<![a-z/])[a-z]+(?:/[a-z_+-]+\d*){1,2}(?![a-z/])")
_ANYWHERE = re.compile(r"(?<![a-z])(?:anywhere on earth|aoe)(?![a-z])")


@lru_cache(maxsize=1)
def _iana_keys() -> dict[str, str]:
    return {key.lower(): key for key in available_timezones()}


def take_zones(scrap: Scrap) -> list[Zone]:
    """The zones in the text, in its order. Names of IANA, US names and abbreviations, and offsets."""
    zones = []
    if "/" in scrap.rest:
        found = [(m, _iana_keys().get(m[0])) for m in scrap.take_all(_IANA)]
        zones += [Zone(m.start(), key, m[0]) for m, key in found if key]
    for m in scrap.take_all(_OFFSET):
        sign, hours, minutes = (m[n] or m[f"{n}_t"] or m[f"{n}_s"] for n in ("sign", "hours", "minutes"))
        east = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
        zones.append(_fixed(m.start(), m[0], east))
    zones += [_fixed(m.start(), m[0], -12 * 60) for m in scrap.take_all(_ANYWHERE)]
    zones += [Zone(m.start(), _REGIONS[m[1]], "") for m in scrap.take_all(_REGION)]
    zones += [Zone(m.start(), _SHORT.get(m[0], "UTC"), m[0]) for m in scrap.take_all(_ABBREVIATION)]
    named = [zone for zone in zones if not zone.key.startswith(("Etc/", "UTC"))]
    return sorted(named or zones, key=lambda zone: zone.at)  # (GMT-05:00) Eastern Time means the latter


def _fixed(at: int, written: str, east: int) -> Zone:
    """A fixed offset; IANA knows whole hours from -12 (signs turned round), the rest is told in UTC."""
    if east == 0 or east % 60 or east < -12 * 60:
        return Zone(at, "UTC", written, east)
    return Zone(at, f"Etc/GMT{-east // 60:+d}", written)


def in_zone(value: dt.datetime, zone: Zone) -> tuple[dt.datetime, list[Guess]]:
    """The wall-clock time in the zone's key, and what was guessed about its name."""
    guesses = []
    short = zone.written
    if short in _SHARED:
        guesses.append(Guess("shared_zone", short.upper()))
    if len(short) > 2 and short.isascii() and short in _SHORT:
        season = ZoneInfo(zone.key).tzname(value) or ""
        if season.isalpha() and "utc" not in zone.key.lower() and season.lower() != short:
            guesses.append(Guess("zone_season", short.upper()))
    return value - dt.timedelta(minutes=zone.minutes), guesses
