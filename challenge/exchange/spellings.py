"""The one door for foreign spellings of times and sums: any text gets an answer that says how sure it is."""

import datetime as dt
import re

from challenge.exchange.amounts import read_amount
from challenge.exchange.dates import Day, order_of, take_days
from challenge.exchange.readings import Amount, Guess, Loss, Moment, Scrap
from challenge.exchange.times import DAY, Clock, Zone, in_zone, plain_times, take_times, take_zones

__all__ = ["Amount", "Guess", "Loss", "Moment", "order_of", "read_amount", "read_moment"]

_FORMER = re.compile(
    r"(?<![a-z])(?:was|(?:previous|former|original)(?:ly)?|instead of|(?:extended|changed|moved) from)"
    r"(?:\s+(?:date|deadline|due|on))*[\s:,(]*$"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"(?<![a-z])(mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
    r"(?![a-z])\.?"
)
_UNDECIDED = re.compile(
    r"(?<![a-z])(?:tbd|tba|tbc|to be (?:determined|announced|decided|confirmed)|rolling|on-?going|n/?a|none"
    r"|unknown|pending|varie[sd]|open until filled|continuous(?:ly)?|see (?:website|rules|below))(?![a-z])"
    r"|待定|长期|常年|不限"
)
_IDLE_WORDS = (
    "a an and at before between by close closes closing date deadline due end ended ends extended from no"
    " later local o clock of on open opens or start starts submission submissions t than the through thru"
    " time to until till was 日 号 至 到 前 截止 起"
)
_IDLE = frozenset(_IDLE_WORDS.split())


def read_moment(
    text: str, *, end: bool = False, year: int | None = None, day_first: bool | None = None
) -> Moment:
    """The wall-clock time a text names. Never raises, whatever the text.

    A day without a time is its 00:00, or with `end` its 24:00, which is the next day's 00:00; of a
    range or a list the first counts, or with `end` the last. `year` stands in where the text has
    none; `day_first` settles 03/04 (None: month first, and that is a guess).

    Guesses: no_time, no_zone, month_first, day_first, half_of_day, midnight, office_hours, short_year,
    long_year, no_year, no_day, weekday, zone_season, shared_zone, several_dates, several_times.
    Losses: empty, undecided, unread, cut, no_year, no_such_date, no_such_time, former_date. Without
    a value there is always one.
    """
    scrap = Scrap(text)
    if not scrap.rest:
        return Moment(None, losses=(Loss("empty"),))
    scrap.rest = plain_times(scrap.rest)
    days = take_days(scrap, year, day_first=day_first)
    days, former = _in_force(days, scrap.rest)
    if not days:
        code = "undecided" if _UNDECIDED.search(scrap.rest) else "unread"
        return Moment(None, losses=(Loss(code, " ".join(text[:100].split())),))
    zones = take_zones(scrap)
    clocks = take_times(scrap, end=end, sure=any(day.written[:4].isdecimal() for day in days))
    weekdays = [match[1] for match in scrap.take_all(_WEEKDAY)]
    losses = [*former, *scrap.losses(_IDLE)]

    day = days[-1 if end else 0]
    date = day.date()
    if date is None:
        code = "no_year" if day.year is None else "no_such_date"
        return Moment(None, losses=(Loss(code, day.written), *losses))
    midnight, of_day = _whole_day(date, day, end=end)
    seconds, of_time, no_such = _time_of_day(clocks, zones, days, end=end)
    value = midnight + dt.timedelta(seconds=seconds)
    return _zoned(
        value, zones, [*_of_choice(day, date, days, weekdays), *of_day, *of_time], [*no_such, *losses]
    )


def _in_force(days: list[Day], rest: str) -> tuple[list[Day], list[Loss]]:
    """The days without those the text itself calls superseded, unless it calls every one so."""
    former = [day for day in days if _FORMER.search(rest[: day.at])]
    if len(former) == len(days):
        return days, []
    return [day for day in days if day not in former], [Loss("former_date", day.written) for day in former]


def _of_choice(day: Day, date: dt.date, days: list[Day], weekdays: list[str]) -> list[Guess]:
    """What was guessed in reading the day and in choosing it."""
    if len(days) > 1:
        return [*day.guesses, Guess("several_dates", day.written)]
    if weekdays and weekdays[0][:3] != _WEEKDAYS[date.weekday()]:
        return [*day.guesses, Guess("weekday", weekdays[0])]
    return list(day.guesses)


def _whole_day(date: dt.date, day: Day, *, end: bool) -> tuple[dt.datetime, list[Guess]]:
    """The day's midnight; of a month without a day the first, or as an end the last."""
    midnight = dt.datetime(date.year, date.month, date.day)  # noqa: DTZ001 - wall-clock by promise
    if day.day is not None:
        return midnight, []
    if end:
        midnight = (midnight + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return midnight, [Guess("no_day", f"{midnight:%Y-%m-%d}")]


def _time_of_day(
    clocks: list[Clock], zones: list[Zone], days: list[Day], *, end: bool
) -> tuple[int, list[Guess], list[Loss]]:
    """Seconds since midnight of the time that belongs to the chosen day, with its guesses and losses."""
    losses = [Loss("no_such_time", clock.written) for clock in clocks if clock.seconds is None]
    known = [(clock.seconds, clock) for clock in clocks if clock.seconds is not None]
    lone = len(known) == 1 and len(days) > 1
    if not known or (lone and (known[0][1].at > days[-1].at) != end):
        # A lone time behind several days is the last one's, elsewhere the first one's.
        return DAY * end, [Guess("no_time", "24:00" if end else "00:00")], losses
    told_twice = len(zones) > 1  # 5 pm ET / 2 pm PT is one instant
    seconds, clock = known[-1 if end and not told_twice else 0]
    guesses = list(clock.guesses)
    if len({seconds for seconds, _ in known}) > max(1, len(days)):
        guesses.append(Guess("several_times", clock.written))
    return seconds, guesses, losses


def _zoned(value: dt.datetime, zones: list[Zone], guesses: list[Guess], losses: list[Loss]) -> Moment:
    if not zones:
        return Moment(value, None, (*guesses, Guess("no_zone")), tuple(losses))
    value, more = in_zone(value, zones[0])
    return Moment(value, zones[0].key, (*guesses, *more), tuple(losses))
