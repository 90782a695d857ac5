"""Foreign spellings of times: a table of shapes, and an honest answer for any text at all.

The shapes of the first table are those of the challenges that the US government published on
Challenge.gov (public domain); the others are what people write elsewhere.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from challenge.exchange.spellings import Guess, Loss, order_of, read_moment

NEW_YORK = "America/New_York"


def codes(notes: tuple[Guess, ...] | tuple[Loss, ...]) -> set[str]:
    return {note.code for note in notes}


def shown(value: dt.datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


@pytest.mark.parametrize(
    ("text", "value", "guesses"),
    [
        ("08/13/2018 09:00 AM", "2018-08-13 09:00", ""),
        ("09/27/2018 12:00 AM", "2018-09-27 00:00", ""),
        ("11/14/2019 3:00 PM", "2019-11-14 15:00", ""),
        ("03/22/2019", "2019-03-22 00:00", "no_time"),
        ("12/07/2018", "2018-12-07 00:00", "no_time month_first"),
        ("2016/08/29 01:01 AM", "2016-08-29 01:01", ""),
        ("01/27/2020 8 AM", "2020-01-27 08:00", ""),
        ("9/16/2019 12:00 PM", "2019-09-16 12:00", ""),
        ("11/1/2019 12:00 AM", "2019-11-01 00:00", "month_first"),
        ("01/21/2020 9 a.m.", "2020-01-21 09:00", ""),
        ("2020/02/28 8 a.m.", "2020-02-28 08:00", ""),
        ("03/02/20202 05:00 PM", "2020-03-02 17:00", "month_first long_year"),
        ("04/05/2020 5:00 p.m.", "2020-04-05 17:00", "month_first"),
        ("09/10/2020 09:00AM", "2020-09-10 09:00", "month_first"),
        ("2020/07/20 9:00 AM ", "2020-07-20 09:00", ""),
        ("08/05/2019  12:59 AM", "2019-08-05 00:59", "month_first"),
        ("05/26/2020 5 p.m.", "2020-05-26 17:00", ""),
        ("2020/08/28 12 p.m.", "2020-08-28 12:00", ""),
        ("10/08/2020 5:59:59 PM", "2020-10-08 17:59:59", "month_first"),
    ],
)
def test_spellings_of_one_platform(text: str, value: str, guesses: str) -> None:
    moment = read_moment(text)
    assert shown(moment.value) == value
    assert codes(moment.guesses) == {*guesses.split(), "no_zone"}
    assert (moment.zone, moment.losses) == (None, ())


@pytest.mark.parametrize(
    ("text", "value", "guesses"),
    [
        ("2018-08-13", "2018-08-13 00:00", "no_time"),
        ("20180813", "2018-08-13 00:00", "no_time"),
        ("08132018", "2018-08-13 00:00", "no_time"),
        ("2018.8.13 17:00", "2018-08-13 17:00", ""),
        ("2018-08-13 9:00", "2018-08-13 09:00", ""),
        ("13.08.2018 17.30", "2018-08-13 17:30", ""),
        ("03.04.2020 10:00 am", "2020-04-03 10:00", "day_first"),
        ("13/08/2018", "2018-08-13 00:00", "day_first no_time"),
        ("2018-13-08", "2018-08-13 00:00", "day_first no_time"),
        ("August 13, 2018 9:00 a.m.", "2018-08-13 09:00", ""),
        ("August13,2018", "2018-08-13 00:00", "no_time"),
        ("Sept. 5, 2019", "2019-09-05 00:00", "no_time"),
        ("13 Aug 2018", "2018-08-13 00:00", "no_time"),
        ("13-Aug-18 5pm", "2018-08-13 17:00", "short_year"),
        ("13/Aug/2018 5pm", "2018-08-13 17:00", ""),
        ("Aug 13 '18, 5 pm", "2018-08-13 17:00", "short_year"),
        ("8/13/18 5p", "2018-08-13 17:00", "short_year"),
        ("1/2/99 noon", "1999-01-02 12:00", "short_year month_first"),
        ("2018 Aug 13 5 pm", "2018-08-13 17:00", ""),
        ("1st of March 2019, noon", "2019-03-01 12:00", ""),
        ("Monday, August 13th, 2018 at 12 noon", "2018-08-13 12:00", ""),
        ("Friday, August 13, 2018 noon", "2018-08-13 12:00", "weekday"),
        ("August 13, 2018, close of business", "2018-08-13 17:00", "office_hours"),
        ("August 13, 2018 midnight", "2018-08-13 00:00", "midnight"),
        ("August 13, 2018, end of day", "2018-08-14 00:00", ""),
        ("08/13/2018 24:00", "2018-08-14 00:00", ""),
        ("12/31/2018 24:00", "2019-01-01 00:00", ""),
        ("08/13/2018 1700 hours", "2018-08-13 17:00", ""),
        ("08/13/2018 1159 PM", "2018-08-13 23:59", ""),
        ("08/13/2018 11.59 PM", "2018-08-13 23:59", ""),
        ("08/13/2018 17:00 PM", "2018-08-13 17:00", "half_of_day"),
        ("08/13/2018 0:30 PM", "2018-08-13 12:30", "half_of_day"),
        ("08/13/2018 5:00", "2018-08-13 05:00", "half_of_day"),
        ("08/13/201809:00 AM", "2018-08-13 09:00", ""),
        ("08//13/2018 09;00 AM", "2018-08-13 09:00", ""),
        ("08/132018 09:00: AM", "2018-08-13 09:00", ""),
        ("<p>08/13/2018&nbsp;9&nbsp;AM</p>", "2018-08-13 09:00", ""),
        ("０８/１３/２０１８ ９：００ ＡＭ", "2018-08-13 09:00", ""),
        ("August 2018", "2018-08-01 00:00", "no_day no_time"),
        ("12/2019", "2019-12-01 00:00", "no_day no_time"),
        ("2018年8月13日下午5点30分", "2018-08-13 17:30", ""),
        ("2018年8月13日 下午 3:30", "2018-08-13 15:30", ""),
        ("2018年8月13日24时", "2018-08-14 00:00", ""),
        ("2018年8月13日晚上12点", "2018-08-14 00:00", ""),
        ("2018年8月", "2018-08-01 00:00", "no_day no_time"),
    ],
)
def test_spellings_found_elsewhere(text: str, value: str, guesses: str) -> None:
    moment = read_moment(text)
    assert shown(moment.value) == value
    assert codes(moment.guesses) == {*guesses.split(), "no_zone"}
    assert (moment.zone, moment.losses) == (None, ())


@pytest.mark.parametrize(
    ("text", "value", "zone", "guesses"),
    [
        ("August 13, 2018 9:00 a.m. ET", "2018-08-13 09:00", NEW_YORK, ""),
        ("8/13/2018 11:59pmEDT", "2018-08-13 23:59", NEW_YORK, ""),
        ("8/13/2018 11:59 PM EST", "2018-08-13 23:59", NEW_YORK, "zone_season"),
        ("1/31/2018 11:59 PM EST", "2018-01-31 23:59", NEW_YORK, ""),
        ("11:59 p.m. Eastern Daylight Time (UTC-4), August 13, 2018", "2018-08-13 23:59", NEW_YORK, ""),
        ("8/13/2018 5 PM (GMT-05:00) Eastern Time (US & Canada)", "2018-08-13 17:00", NEW_YORK, ""),
        ("8/13/2018 5 PM Pacific", "2018-08-13 17:00", "America/Los_Angeles", ""),
        ("8/13/2018 5 PM CDT", "2018-08-13 17:00", "America/Chicago", ""),
        ("1/13/2018 5 PM CST", "2018-01-13 17:00", "America/Chicago", "shared_zone"),
        ("8/13/2018 5 PM MT", "2018-08-13 17:00", "America/Denver", ""),
        ("8/13/2018 5 PM Hawaii", "2018-08-13 17:00", "Pacific/Honolulu", ""),
        ("13 August 2018 17:00 CEST", "2018-08-13 17:00", "Europe/Berlin", ""),
        ("2018-08-13 17:00 America/New_York", "2018-08-13 17:00", NEW_YORK, ""),
        ("2018年8月13日 23:59（北京时间）", "2018-08-13 23:59", "Asia/Shanghai", ""),
        ("5 pm ET / 2 pm PT, 13 August 2018", "2018-08-13 17:00", NEW_YORK, "several_times"),
        ("2018-08-13T09:00:00Z", "2018-08-13 09:00", "UTC", ""),
        ("2018-08-13T09:00:00.123456+00:00", "2018-08-13 09:00", "UTC", ""),
        ("20180813T090000Z", "2018-08-13 09:00", "UTC", ""),
        ("2018-08-13T09:00:00-04:00", "2018-08-13 09:00", "Etc/GMT+4", ""),
        ("2018-08-13 09:00:00+08", "2018-08-13 09:00", "Etc/GMT-8", ""),
        ("2018-08-13T09:00:00+05:30", "2018-08-13 03:30", "UTC", ""),
        ("2018-08-13T09:00:00-13:00", "2018-08-13 22:00", "UTC", ""),
        ("Mon, 13 Aug 2018 09:00:00 -0400", "2018-08-13 09:00", "Etc/GMT+4", ""),
        ("Wed Dec 31 23:59:00 EST 2014", "2014-12-31 23:59", NEW_YORK, ""),
        ("31 December 2014, 23:59 anywhere on earth", "2014-12-31 23:59", "Etc/GMT+12", ""),
    ],
)
def test_named_zone_is_honoured(text: str, value: str, zone: str, guesses: str) -> None:
    moment = read_moment(text)
    assert (shown(moment.value), moment.zone) == (value, zone)
    assert codes(moment.guesses) == set(guesses.split())
    assert moment.losses == ()
    assert ZoneInfo(zone).key == zone


@pytest.mark.parametrize(
    ("text", "value", "guesses"),
    [
        ("08/13/2018 5:00 PM", "2018-08-13 17:00", ""),
        ("08/13/2018", "2018-08-14 00:00", "no_time"),
        ("12/31/2018", "2019-01-01 00:00", "no_time"),
        ("08/13/2018 12:00 AM", "2018-08-13 00:00", "midnight"),
        ("08/13/2018, midnight", "2018-08-14 00:00", "midnight"),
        ("08/13/2018 11:59 PM (midnight)", "2018-08-13 23:59", ""),
        ("February 2020", "2020-03-01 00:00", "no_day no_time"),
        ("August 13 - September 24, 2018, 5:00 pm", "2018-09-24 17:00", "several_dates"),
        ("Dec. 5 to Jan. 9, 2019", "2019-01-10 00:00", "several_dates no_time"),
        ("August 13-15, 2018", "2018-08-16 00:00", "several_dates no_time"),
        ("13-15 August 2018", "2018-08-16 00:00", "several_dates no_time"),
        ("08/13/2018, 9AM-5PM", "2018-08-13 17:00", "several_times"),
    ],
)
def test_end_takes_the_later_reading(text: str, value: str, guesses: str) -> None:
    moment = read_moment(text, end=True)
    assert shown(moment.value) == value
    assert codes(moment.guesses) == {*guesses.split(), "no_zone"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("August 13 - September 24, 2018, 5:00 pm", "2018-08-13 00:00"),
        ("Dec. 5 to Jan. 9, 2019", "2018-12-05 00:00"),
        ("13-15 August 2018", "2018-08-13 00:00"),
        ("08/13/2018, 9AM-5PM", "2018-08-13 09:00"),
        ("08/13/2018 9:00 AM to 08/20/2018 5:00 PM", "2018-08-13 09:00"),
    ],
)
def test_start_takes_the_earlier_reading(text: str, value: str) -> None:
    assert shown(read_moment(text).value) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u00a0", "empty"),
        ("TBD", "undecided"),
        ("To be announced", "undecided"),
        ("Rolling", "undecided"),
        ("待定", "undecided"),
        ("02/30/2020", "no_such_date"),
        ("13/31/2018", "no_such_date"),
        ("08/13/0218", "no_such_date"),
        ("04/23/ 10:00 AM", "no_year"),
        ("April 23", "no_year"),
        ("Fall 2018", "unread"),
        ("2019", "unread"),
        ("tomorrow", "unread"),
        (";", "unread"),
        ("x" * 1_000_000, "unread"),
    ],
)
def test_text_without_a_moment_says_why(text: str, code: str) -> None:
    moment = read_moment(text)
    assert moment.value is None
    assert moment.losses[0].code == code


def test_missing_year_is_lent_by_the_other_end_of_the_window() -> None:
    closes = read_moment("05/08/2020 11:59 PM", end=True)
    assert closes.value is not None
    opens = read_moment("04/23/ 10:00 AM", year=closes.value.year)
    assert shown(opens.value) == "2020-04-23 10:00"
    assert Guess("no_year", "2020") in opens.guesses


def test_mistyped_year_is_the_likely_one_or_the_one_expected() -> None:
    assert shown(read_moment("03/20/20118").value) == "2011-03-20 00:00"
    moment = read_moment("03/20/20118", year=2018)
    assert shown(moment.value) == "2018-03-20 00:00"
    assert Guess("long_year", "20118") in moment.guesses


def test_order_of_a_column_settles_what_one_date_cannot() -> None:
    assert order_of(["03/04/2018", "08/13/2018 9:00 AM", "TBD"]) is False
    assert order_of(["03/04/2018", "13/08/2018"]) is True
    assert order_of(["08/13/2018", "13/08/2018"]) is None
    assert order_of(["03/04/2018"]) is None
    assert "month_first" not in codes(read_moment("03/04/2018", day_first=False).guesses)
    day_first = read_moment("03/04/2018", day_first=True)
    assert shown(day_first.value) == "2018-04-03 00:00"
    assert codes(day_first.guesses) == {"no_time", "no_zone"}


def test_what_the_reading_does_not_keep_is_a_loss() -> None:
    assert read_moment("Phase 1 ends 08/13/2018 5 PM").losses == (Loss("unread", "phase 1 ends"),)
    assert read_moment("08/13/2018 25:00").losses == (Loss("no_such_time", "25:00"),)
    moment = read_moment("Extended to 05/20/2020 5:00 PM (was 04/30/2020)", end=True)
    assert shown(moment.value) == "2020-05-20 17:00"
    assert moment.losses == (Loss("former_date", "04/30/2020"),)
    assert "cut" in codes(read_moment("08/13/2018 5 PM" + " " * 400 + "or so").losses)


PIECES = st.sampled_from(
    re.findall(
        r"\S+| ",
        "08 13 2018 / - : am p.m. noon Aug T Z +05:30 EST 24:00 年 月 下午 点 99 0 20202 to TBD (was utc"
        " -13:00 '18 , 13th",
    )
)


@given(
    st.text() | st.lists(PIECES, max_size=14).map("".join), st.booleans(), st.integers(0, 3000) | st.none()
)
@example("0000-00-00T00:00:00+14:00", True, None)
@example("01/01/1900 utc+14:00", False, None)
@example("12/31/2199 24:00 aoe", True, None)
def test_any_text_gives_a_moment(text: str, end: bool, year: int | None) -> None:
    moment = read_moment(text, end=end, year=year)
    assert moment == read_moment(text, end=end, year=year)
    if moment.value is None:
        assert moment.losses
    else:
        assert moment.value.tzinfo is None
        assert 1899 <= moment.value.year <= 2200
        assert (moment.zone is None) == ("no_zone" in codes(moment.guesses))
    if moment.zone:
        assert ZoneInfo(moment.zone).key == moment.zone


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), st.times())
def test_every_minute_is_read_back_from_its_common_spellings(date: dt.date, time: dt.time) -> None:
    value = dt.datetime.combine(date, time.replace(second=0, microsecond=0))
    for shape in (
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %I:%M%p",
        "%B %d, %Y %I:%M %p",
        "%d %b %Y %H:%M",
        "%A, %B %d, %Y at %I:%M %p",
        "%I:%M %p on %d %B %Y",
        "%Y%m%dT%H%M%S",
        "%Y年%m月%d日%H时%M分",
    ):
        assert read_moment(value.strftime(shape), end=True).value == value, shape
