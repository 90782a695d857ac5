"""How well what a judge works on fits what an entry says: shared words, weighed by how rare they are.

Words and pairs of words of Latin letters, single signs and pairs of signs of Chinese. No model and no
dictionary: the same texts give the same figures anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Say = Callable[[float], None]

MOST = 40_000  # letters of one text that are read
BEST = 3  # documents of a judge that count
SCALE = 1000  # the closest pair of all

_RUNS = re.compile(r"[a-z0-9µ]+(?:[-'][a-z0-9]+)*|[\u3400-\u9fff\uf900-\ufaff]+")
_COMMON = """a an and are as at be by can for from has have in into is it its not of on or our than that the
their this to was we were which will with"""
_STOP = frozenset(_COMMON.split()) | frozenset("的了和与及在是为对等中上下其或并将可有以一我们")
Postings = Mapping[str, tuple[Array, Array]]


def terms(text: str) -> Counter[str]:
    """The words and pairs of words of a text, and how often each stands there."""
    found: Counter[str] = Counter()
    for run in _runs(text):
        plain = [each for each in run if each not in _STOP]
        found.update(plain)
        found.update(f"{first} {second}" for first, second in pairwise(plain))
    return found


def _runs(text: str) -> list[list[str]]:
    """Stretches whose neighbours may pair: Latin words in a row, or the signs of one Chinese run."""
    runs: list[list[str]] = []
    latin = False
    for each in _RUNS.findall(text[:MOST].lower()):
        if each[0] >= "\u3400":
            runs.append(list(each))
            latin = False
        elif latin:
            runs[-1].append(each)
        else:
            runs.append([each])
            latin = True
    return runs


def language(text: str) -> str:
    """The language that most of a text is written in: "zh", "en", or "" where it says too little."""
    signs = len(re.findall(r"[\u3400-\u9fff]", text[:MOST]))
    words = len(re.findall(r"[A-Za-z]{2,}", text[:MOST]))
    if signs + words < 5:
        return ""
    return "zh" if signs >= words else "en"


def table(entries: Sequence[str], judges: Sequence[Sequence[str]], say: Say = lambda _: None) -> Array:
    """Entries by judges: the mean of a judge's three closest documents, from 0 to 1 (cosine)."""
    documents = [terms(text) for texts in judges for text in texts]
    read = [terms(text) for text in entries]
    fit = np.zeros((len(entries), len(judges)), dtype=np.float32)
    if not documents or not read:
        return fit
    rarity = _rarity([*documents, *read])
    postings = _postings(documents, rarity)
    ends = np.cumsum([len(texts) for texts in judges])
    for place, entry in enumerate(read):
        fit[place] = _nearest(_cosines(entry, postings, rarity, len(documents)), ends)
        if place % 100 == 0:
            say(place / len(read))
    return fit


def _rarity(all_terms: Sequence[Counter[str]]) -> dict[str, float]:
    """ln((1 + texts) / (1 + texts that have it)) + 1, as is usual."""
    having: Counter[str] = Counter()
    for each in all_terms:
        having.update(each.keys())
    count = len(all_terms)
    return {term: float(np.log((1 + count) / (1 + number)) + 1) for term, number in having.items()}


def _weights(counts: Counter[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """The weight of each term of a text; their squares sum to 1."""
    raw = {term: (1 + float(np.log(number))) * rarity[term] for term, number in counts.items()}
    length = sum(each * each for each in raw.values()) ** 0.5
    return {term: each / length for term, each in raw.items()} if length else {}


def _postings(documents: Sequence[Counter[str]], rarity: Mapping[str, float]) -> Postings:
    """Term -> the documents that have it, and its weight in each."""
    where: dict[str, tuple[list[int], list[float]]] = {}
    for place, counts in enumerate(documents):
        for term, weight in _weights(counts, rarity).items():
            places, weights = where.setdefault(term, ([], []))
            places.append(place)
            weights.append(weight)
    return {term: (np.array(places), np.array(weights)) for term, (places, weights) in where.items()}


def _cosines(entry: Counter[str], postings: Postings, rarity: Mapping[str, float], count: int) -> Array:
    shared = [
        (*postings[term], weight) for term, weight in _weights(entry, rarity).items() if term in postings
    ]
    if not shared:
        return np.zeros(count)
    places = np.concatenate([places for places, _, _ in shared])
    parts = np.concatenate([theirs * mine for _, theirs, mine in shared])
    return np.bincount(places, weights=parts, minlength=count)


def _nearest(cosines: Array, ends: Array) -> Array:
    """For each judge the mean of the best few of their own documents; 0 for a judge without any."""
    begins = np.concatenate([[0], ends[:-1]])
    found = np.zeros(len(ends), dtype=np.float32)
    for judge, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        if end > begin:
            mine = cosines[begin:end]
            best = mine if len(mine) <= BEST else np.partition(mine, len(mine) - BEST)[-BEST:]
            found[judge] = best.mean()
    return found


def benefits(fit: Array, entries: Sequence[str], languages: Sequence[frozenset[str]]) -> tuple[Array, Array]:
    """(fit, read): whole numbers up to `SCALE`, and whether the judge reads the entry's language.

    A judge who names no language, or an entry that says too little, is taken to fit.
    """
    most = float(fit.max(initial=0))
    whole = np.rint(fit * (SCALE / most)).astype(np.int32) if most else np.zeros(fit.shape, np.int32)
    read = np.ones(fit.shape, dtype=bool)
    told = [language(text) for text in entries]
    for judge, known in enumerate(languages):
        if known:
            read[:, judge] = [not each or each in known for each in told]
    return whole, read
