"""A publication as imports bring it, from ORCID's JSON of works or from entries of BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from challenge.rules.supply import doi_of, known_by

MOST_TITLE, MOST_TEXT, MOST_VENUE = 300, 20_000, 300
_YEAR = re.compile(r"(1[89]|20)\d\d")


@dataclass(frozen=True, slots=True)
class Work:
    """One publication, with no text longer than its column shows."""

    title: str
    abstract: str = ""
    doi: str | None = None
    year: int | None = None
    venue: str = ""

    @property
    def known_by(self) -> str:
        """By what it is the same as another."""
        return known_by(self.doi, self.title)


def work_of(
    title: object, *, abstract: object = "", doi: object = "", year: object = "", venue: object = ""
) -> Work | None:
    """A publication from what a file said; None without a title."""
    said = _line(title)[:MOST_TITLE]
    if not said:
        return None
    found = _YEAR.search(str(year or ""))
    text = str(abstract or "").strip()[:MOST_TEXT]
    return Work(
        said, text, doi_of(str(doi or "")), int(found[0]) if found else None, _line(venue)[:MOST_VENUE]
    )


_INNER = ("activities-summary", "works", "group", "work-summary", "work")


def _line(text: object) -> str:
    return " ".join(str(text or "").split())


def of_entries(entries: Sequence[Mapping[str, str]]) -> list[Work]:
    """BibTeX entries, each its fields by lower-case name."""
    found = (
        work_of(
            entry.get("title"),
            abstract=entry.get("abstract"),
            doi=entry.get("doi") or entry.get("url"),
            year=entry.get("year") or entry.get("date"),
            venue=entry.get("journal") or entry.get("journaltitle") or entry.get("booktitle"),
        )
        for entry in entries
    )
    return [each for each in found if each is not None]


def of_orcid(data: Any) -> list[Work]:
    """The works of ORCID's public record (`/v3.0/<id>/works`, the whole record, or one work); else none."""
    return [work for each in _summaries(data) if (work := _of_summary(each)) is not None]


def _summaries(data: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(data, list):
        for one in data:
            yield from _summaries(one)
    elif isinstance(data, dict):
        inner = [(name, data[name]) for name in _INNER if data.get(name)]
        for name, each in inner:
            # Of one work as several sources tell it, the first is the one that ORCID shows.
            first = name == "work-summary" and isinstance(each, list)
            yield from _summaries(each[:1] if first else each)
        if not inner and isinstance(data.get("title"), dict):
            yield data


def _of_summary(each: Mapping[str, Any]) -> Work | None:
    ids = _at(each, "external-ids", "external-id") or []
    dois = [_at(one, "external-id-value") for one in ids if _at(one, "external-id-type") == "doi"]
    return work_of(
        _at(each, "title", "title", "value"),
        abstract=each.get("short-description"),
        doi=dois[0] if dois else "",
        year=_at(each, "publication-date", "year", "value"),
        venue=_at(each, "journal-title", "value"),
    )


def _at(thing: Any, *names: str) -> Any:
    for name in names:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing
