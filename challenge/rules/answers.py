"""What may stand in the fields of a form: one cleaned value for each kind, and what is still missing.

Values are JSON: text, long, link, date and choice are strings; number is a decimal as a string; money is
minor units; trl 1-9; choices a list of keys; table a list of rows; indicators id -> {met, evidence}; a
consent is the version of the terms that was accepted, 0 where none was. None or empty means: no answer.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from challenge.rules.errors import Invalid
from challenge.rules.formspec import EVIDENCE, MOST_ROWS, Field, Spec
from challenge.rules.money import Sum, minor_digits

MET = ("met", "partly", "no")
LARGEST = 10**15
CELL = 500
LONGEST_NUMBER = 40  # characters, written out
_FIGURE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,2})?", re.ASCII | re.IGNORECASE)
Values = Mapping[str, Any]


def clean(field: Field, value: Any, currency: str = "CNY") -> Any:
    """The value as it is kept; raises `Invalid(field.key, ...)` for a wrong shape or a limit passed.

    `currency`: of the sums of this submission.
    """
    if value is None or value in ("", [], {}):
        return _EMPTY.get(field.kind, "")
    if field.kind == "money":
        return _money(field, value, currency)
    check = _CHECKS.get(field.kind)
    return check(field, value) if check else None


def plain(value: Any) -> str:
    """A text as it is kept: one kind of line break, no NUL, nothing that no encoding can hold."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode()


def _long(field: Field, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise Invalid(field.key, "not_a_choice")
    text = plain(value)
    if len(text) > field.longest:
        raise Invalid(field.key, "too_long", most=field.longest, length=len(text))
    return text


def _text(field: Field, value: Any) -> str:
    """One line: a line break that was pasted into it is a space."""
    return _long(field, value).replace("\n", " ")


def _link(field: Field, value: Any) -> str:
    text = _text(field, value).strip()
    try:
        parts = urlsplit(text)
        sound = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not set(text) & set(" \n\t<>\"'")
        )
    except ValueError:
        sound = False
    if not sound:
        raise Invalid(field.key, "not_a_link")
    return text


def _number(field: Field, value: Any) -> str:
    """As it is written, of a length that can be read; full-width figures and 1,234.5 are read too."""
    typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
    if isinstance(typed, bool) or (isinstance(typed, int) and abs(typed) > LARGEST):
        raise Invalid(field.key, "not_a_number")
    figure = str(typed).strip().replace(",", "").replace("\u2212", "-")
    if len(figure) > LONGEST_NUMBER or not _FIGURE.fullmatch(figure):
        raise Invalid(field.key, "not_a_number")
    number = Decimal(figure)
    if abs(number) > LARGEST or len(format(number, "f")) > LONGEST_NUMBER:
        raise Invalid(field.key, "not_a_number")
    low, high = field.minimum, field.maximum
    if low is not None and number < Decimal(low):
        raise Invalid(field.key, "below_minimum", minimum=low)
    if high is not None and number > Decimal(high):
        raise Invalid(field.key, "above_maximum", maximum=high)
    return format(number, "f")


def _money(field: Field, value: Any, currency: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise Invalid(field.key, "amount_not_a_number")
    low, high = sums(field, currency)
    if low is not None and value < low.minor:
        raise Invalid(field.key, "below_minimum", minimum=low)
    if high is not None and value > high.minor:
        raise Invalid(field.key, "above_maximum", maximum=high)
    return value


def sums(field: Field, currency: str) -> tuple[Sum | None, Sum | None]:
    """The smallest and the largest sum that a field of money takes, in whole coins within its limits."""
    one = 10 ** minor_digits(currency)
    low = None if field.minimum is None else Sum(math.ceil(Decimal(field.minimum) * one), currency)
    high = None if field.maximum is None else Sum(math.floor(Decimal(field.maximum) * one), currency)
    return low, high


def _date(field: Field, value: Any) -> str:
    try:
        day = dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise Invalid(field.key, "not_a_date") from None
    if field.minimum and day.isoformat() < field.minimum:
        raise Invalid(field.key, "below_minimum", minimum=field.minimum)
    if field.maximum and day.isoformat() > field.maximum:
        raise Invalid(field.key, "above_maximum", maximum=field.maximum)
    return day.isoformat()


def _choice(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in {option.key for option in field.options}:
        raise Invalid(field.key, "not_a_choice")
    return str(value)


def _choices(field: Field, value: Any) -> list[str]:
    known = [option.key for option in field.options]
    chosen = (
        set(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else {None}
    )
    if not chosen <= set(known):
        raise Invalid(field.key, "not_a_choice")
    if field.most is not None and len(chosen) > field.most:
        raise Invalid(field.key, "too_many_choices", most=field.most)
    return [key for key in known if key in chosen]


def _trl(field: Field, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 9:
        raise Invalid(field.key, "off_scale", minimum=1, maximum=9)
    return value


def _table(field: Field, value: Any) -> list[list[str]]:
    if not isinstance(value, list) or not all(isinstance(row, list | tuple) for row in value):
        raise Invalid(field.key, "not_a_choice")
    width = len(field.columns)
    rows = [
        [plain("" if cell is None else cell).strip() for cell in [*row, *[""] * width][:width]]
        for row in value
    ]
    rows = [row for row in rows if any(row)]
    most = min(field.most or MOST_ROWS, MOST_ROWS)
    if len(rows) > most:
        raise Invalid(field.key, "too_many_rows", most=most)
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if longest > CELL:
        raise Invalid(field.key, "too_long", most=CELL, length=longest)
    return rows


def _indicators(field: Field, value: Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping):
        raise Invalid(field.key, "not_a_choice")
    found = {}
    for key, answer in value.items():
        if not isinstance(answer, Mapping):
            raise Invalid(field.key, "not_a_choice")
        met = str(answer.get("met") or "")
        evidence = plain(answer.get("evidence") or "")
        if len(evidence) > EVIDENCE:
            raise Invalid(field.key, "too_long", most=EVIDENCE, length=len(evidence))
        found[str(key)] = {"met": met if met in MET else "", "evidence": evidence}
    return found


def _consent(field: Field, value: Any) -> int:
    """Accepted is accepted in the version that stands now; an older one has to be accepted anew."""
    return field.terms_version if value is True or value == field.terms_version else 0


_EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(("number", "money", "trl"), None),
    "choices": [],
    "table": [],
    "indicators": {},
    "consent": 0,
}
_CHECKS: Mapping[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "long": _long,
    "link": _link,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "trl": _trl,
    "table": _table,
    "indicators": _indicators,
    "consent": _consent,
}


def missing(spec: Spec, values: Values, indicators: list[int], files: Mapping[str, int]) -> list[Invalid]:
    """What keeps a submission from being complete, in the order of the form; nothing that is not asked.

    `indicators` are the ids that are asked, `files` the number of files in each field.
    """
    faults = []
    for field in spec:
        if spec.is_shown(field, values):
            fault = _missing(field, values, indicators, files.get(field.key, 0))
            if fault is not None:
                faults.append(fault)
    return faults


def _missing(field: Field, values: Values, indicators: list[int], files: int) -> Invalid | None:
    value = values.get(field.key)
    if field.kind == "indicators":
        return _missing_answers(field, value or {}, indicators)
    if field.kind == "files":
        return _missing_files(field, files)
    if field.kind == "consent" and field.required:
        return None if value == field.terms_version else Invalid(field.key, "missing_consent")
    empty = value in (None, "", [], {}) or (isinstance(value, str) and not value.strip())
    if empty:
        return Invalid(field.key, "missing") if field.required else None
    if field.fewest is not None and isinstance(value, list) and len(value) < field.fewest:
        return Invalid(field.key, "too_few", least=field.fewest)
    return None


def _missing_files(field: Field, files: int) -> Invalid | None:
    least = max(field.fewest or 0, 1 if field.required else 0)
    if field.most is not None and files > field.most:
        return Invalid(field.key, "files_over", most=field.most, count=files - field.most)
    return Invalid(field.key, "missing_files", count=least - files) if files < least else None


def _missing_answers(field: Field, answers: Values, indicators: list[int]) -> Invalid | None:
    if not field.required:
        return None
    given = [answers.get(str(each)) or {} for each in indicators]
    unanswered = sum(1 for each in given if each.get("met") not in MET)
    bare = sum(1 for each in given if each.get("met") in ("met", "partly") and not each["evidence"].strip())
    if unanswered:
        return Invalid(field.key, "missing_answers", count=unanswered)
    return Invalid(field.key, "missing_evidence", count=bare) if bare else None
