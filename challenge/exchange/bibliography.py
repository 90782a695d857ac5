"""A list of publications as people have it: BibTeX, or the JSON of works that ORCID gives."""

from __future__ import annotations

import json
import logging
import re

from challenge.rules.errors import Invalid
from challenge.rules.publications import Work, of_entries, of_orcid

MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 2000
SHOWN, LONGEST = frozenset({"title", "journal", "journaltitle", "booktitle"}), 1000
_JOIN = re.compile(r'"\s*#\s*"')


def read(data: bytes) -> list[Work]:
    """The publications in a file, in its order; what has no title is left out.

    Raises `Invalid("file", ...)`: not_utf8, not_a_bibliography, too_many_publications, no_publications.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "not_utf8") from None
    works = _orcid(text) if text.lstrip()[:1] in ("{", "[") else _bibtex(text)
    if not works:
        raise Invalid("file", "no_publications")
    return works


def _orcid(text: str) -> list[Work]:
    try:
        return of_orcid(json.loads(text))
    except (ValueError, RecursionError):
        raise Invalid("file", "not_a_bibliography") from None


def _bibtex(text: str) -> list[Work]:
    # Loaded on first use: no other page needs it.
    from bibtexparser.entrypoint import parse_string

    if text.count("@") > MOST_ENTRIES:
        raise Invalid("file", "too_many_publications", most=MOST_ENTRIES)
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it tells each broken entry
    library = parse_string(text)
    return of_entries(
        [
            {field.key.lower(): _plain(field.key.lower(), str(field.value)) for field in entry.fields}
            for entry in library.entries
        ]
    )


def _plain(name: str, value: str) -> str:
    """A value without TeX: accents where they are shown, braces and joins everywhere."""
    if name in SHOWN and "\\" in value:  # slow, so no abstract goes through it
        from pylatexenc.latex2text import LatexNodes2Text

        value = LatexNodes2Text().latex_to_text(value[:LONGEST])
    value = _JOIN.sub("", value).strip('"')
    return value.replace("{", "").replace("}", "")
