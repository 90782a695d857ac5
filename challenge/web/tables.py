"""Tables that people take along: one answer for every page with such a link."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from challenge.files.download import disposition


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a file that table programs take for UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = disposition(name)
    return answer


def as_text(text: str) -> str:
    """What somebody wrote, so that no table program takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
