"""What reading a foreign spelling gives: the value, what was guessed on the way, and what was lost."""

import datetime as dt
import html
import re
import unicodedata
from dataclasses import dataclass

LONGEST = 300
"""No spelling of a date or an amount is longer; what stands beyond is not looked at."""
_TAG = re.compile(r"<[^<>]*>")
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58\uff0d]")
_QUOTE = re.compile("[\u2018\u2019\u02bc`\u00b4]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """Something the text does not say and the reading assumes: a stable code, and the piece it is about."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the text says and the reading does not keep: a stable code, and the piece it is about."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time as written, naive, with the IANA zone the text names.

    Where there is no value, `losses` says why. Where `zone` is None, the reader's own zone is to be used.
    """

    value: dt.datetime | None
    zone: str | None = None
    guesses: tuple[Guess, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in the currency's minor units (cents, fen). Where there is none, `losses` says why."""

    minor: int | None
    currency: str
    guesses: tuple[Guess, ...] = ()
    losses: tuple[Loss, ...] = ()


class Scrap:
    """A text from which readers take what they understand; what is left over is a loss.

    Taken pieces are blanked, never cut out: positions stay comparable, and no two neighbours join.
    """

    def __init__(self, text: str) -> None:
        plain = _TAG.sub(" ", html.unescape(text[:LONGEST]))
        plain = unicodedata.normalize("NFKC", plain)
        plain = _QUOTE.sub("'", _DASH.sub("-", plain)).lower()
        self.rest = " ".join(plain.split())[:LONGEST]
        self.cut = text[LONGEST:].strip()[:100]

    def blank(self, start: int, stop: int) -> None:
        """Take this piece."""
        self.rest = self.rest[:start] + " " * (stop - start) + self.rest[stop:]

    def take_all(self, *patterns: re.Pattern[str]) -> list[re.Match[str]]:
        """Every match in the order of the text; of several patterns the one that begins first."""
        taken = []
        at = 0
        while found := [match for pattern in patterns if (match := pattern.search(self.rest, at))]:
            first = min(found, key=lambda match: match.start())
            self.blank(*first.span())
            taken.append(first)
            at = first.end()
        return taken

    def losses(self, idle: frozenset[str]) -> list[Loss]:
        """What nobody took, except words that carry nothing."""
        words = _WORD.findall(self.rest)
        lost = [Loss("unread", " ".join(self.rest.split()).strip(" ,;.()[]"))] if set(words) - idle else []
        return [*lost, Loss("cut", self.cut)] if self.cut else lost
