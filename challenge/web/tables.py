"""Tables that people take along: one answer for every page with such a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from challenge.base import csvs
from challenge.files.download import disposition


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a file that table programs take for UTF-8."""
    answer = Response("\ufeff" + csvs.written(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = disposition(name)
    return answer
