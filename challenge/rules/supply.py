"""Codes of what is on offer, and what a publication is known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

IP_STATES = ("patent_granted", "patent_pending", "know_how", "software", "variety", "other", "none")
AVAILABILITY = ("open", "limited", "none")
LEVELS = range(1, 10)  # TRL per GB/T 22900
STALE_DAYS = 180  # after so long an owner is asked whether it is still right

_DOI = re.compile(r"10\.\d{4,9}/\S+")


def doi_of(text: str) -> str | None:
    """The DOI in a text (a bare one, `doi:…`, an address), in lower case; None where there is none."""
    found = _DOI.search(text)
    return found[0].rstrip(".,;)}]").lower() if found else None


def known_by(doi: str | None, title: str) -> str:
    """By what two publications are the same: the DOI, else the title without case, marks and blanks."""
    if doi:
        return f"doi:{doi}"
    folded = unicodedata.normalize("NFKC", title).casefold()
    return "title:" + "".join(each for each in folded if each.isalnum())


def keywords(text: str) -> tuple[str, ...]:
    """The keywords of a line: between commas, in the order typed, each once."""
    return unique(re.split(r"[,，、;；\n]+", text))


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """Words without blanks around, each once, in their order."""
    return tuple(dict.fromkeys(word for each in words if (word := each.strip())))
