"""From text to words and back: Chinese by its words and by every pair of characters, the rest folded.

Every pair is kept because a two-character word must be found wherever the dictionary cuts; words are what a
query is cut into, so that they may stand apart in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_ACCENTED = re.compile("[\u00c0-\u036f\u1e00-\u1fff]")
_MARKS = re.compile(r"[\u0300-\u036f]")
MOST_LETTERS = 40  # of one word; longer is nobody's word
MOST_WORDS = 8  # of a query
SHORT = 3  # an English word up to this long is meant as it stands
TITLE = "qt"  # begins each word of a title in the index


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query: as a word, or where that is longer than a pair as all of its pairs.

    `prefix`: any word that begins so, for a single character.
    """

    word: str
    pairs: tuple[str, ...] = ()
    prefix: bool = False


def fold(text: str) -> str:
    """The text for comparing: full width as half, no case, no accents on Latin letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", plain)))


def indexed(*texts: str | None) -> str:
    """What the index keeps of these texts: words with blanks between, each in the order met, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for run in _RUN.findall(fold(text or "")):
            found.update(dict.fromkeys(_words(run)))
    return " ".join(found)


def _words(run: str) -> Iterator[str]:
    if not _IS_HAN.match(run):
        yield stem(run[:MOST_LETTERS])
        return
    yield from _cut(run)
    yield from _pairs(run)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _cut(run: str) -> list[str]:
    # Loaded on first use: the dictionary takes 30 MB, and most pages cut nothing.
    import rjieba

    found: list[str] = rjieba.cut(run)
    return [word[:MOST_LETTERS] for word in found]


def titled(words: str) -> str:
    """Words of a title, as terms of their own: to look for one in titles asks nothing of the texts."""
    return " ".join(TITLE + word for word in words.split())


def stem(word: str) -> str:
    """An English word without its plural: sensors, sensor; batteries, battery. Others as they are."""
    if len(word) <= SHORT or not word.isascii() or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def terms(query: str) -> list[Term]:
    """The words of a query, each once; all of them have to be met."""
    found: dict[str, Term] = {}
    for run in _RUN.findall(fold(query)):
        if not _IS_HAN.match(run):
            word = stem(run[:MOST_LETTERS])
            found[word] = Term(word)
            continue
        for word in _cut(run) if len(run) > 2 else [run]:
            found[word] = Term(word, tuple(_pairs(word)) if len(word) > 2 else (), prefix=len(word) == 1)
    return list(found.values())[:MOST_WORDS]


def marks_of(query: str) -> re.Pattern[str] | None:
    """What the words of a query look like in a folded text; None where it has no word.

    An English word is met where a word begins; a Chinese one anywhere.
    """
    found = sorted((each.word for each in terms(query)), key=len, reverse=True)
    if not found:
        return None
    return re.compile("|".join(word if _IS_HAN.match(word) else rf"(?<![a-z0-9]){word}" for word in found))


def hits(marks: re.Pattern[str] | None, text: str) -> list[tuple[int, int]]:
    """Where these words stand in a text, as (start, end) in their order and not overlapping."""
    if marks is None:
        return []
    plain, at = _placed(text)
    if at is None:
        return [match.span() for match in marks.finditer(plain)]
    found: list[tuple[int, int]] = []
    for match in marks.finditer(plain):
        start, end = at[match.start()], at[match.end() - 1] + 1
        if not found or start >= found[-1][1]:  # one letter may have become several words
            found.append((start, end))
    return found


def _placed(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and where folding moved anything for each of its letters where that came from."""
    if text.isascii():
        return text.lower(), None
    if unicodedata.is_normalized("NFKC", text):
        plain = text.casefold() if _ACCENTED.search(text) is None else fold(text)
        # Of composed letters each folds by itself; if none became two, every one is where it was.
        if len(plain) == len(text):
            return plain, None
    folded = [fold(letter) for letter in text]
    return "".join(folded), [place for place, letters in enumerate(folded) for _ in letters]
