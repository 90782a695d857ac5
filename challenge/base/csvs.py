"""Tables as CSV, written in one place: what somebody typed is never taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # in full width too: East Asian programs take them as well
_NUMBER = re.compile(r"[+-]?\d+([.,/]\d+)?%?")


def written(rows: Iterable[Sequence[object]], *, end: str = "\r\n") -> str:
    """The rows as text."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([[_cell(each) for each in row] for row in rows])
    return text.getvalue()


def risky(text: str) -> bool:
    """Whether a table program would calculate the text if it stood there bare."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def _cell(value: object) -> object:
    """The value, a text with an apostrophe before it where a table program would calculate it."""
    return f"'{value}" if isinstance(value, str) and risky(value) else value
