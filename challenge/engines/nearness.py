"""How near texts of many profiles are to one need: TF-IDF over words and pairs of words, and by meanings.

Where need and document share a language, the cosine of their stems (1-2-grams, 1 + ln of the count, smoothed
rarity). Where they do not, the same over English stems: every Chinese word stands for the nearest of its
meanings. A profile counts with the mean of its three best documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from challenge.engines import wording

Array = np.ndarray[Any, Any]
BEST = 3  # documents of a profile that count
DOUBT = 0.5  # how fast a word of many meanings loses weight
SHOWN = 6  # shared words that a match names


@dataclass(frozen=True, slots=True)
class Told:
    """What is counted of one text: its own words, the English stems it may mean, its languages."""

    terms: Mapping[str, int]
    written: Mapping[str, str]  # how to write a term
    stems: Mapping[str, float]
    concepts: Sequence[wording.Concept]
    languages: frozenset[str]
    shown: bool = True  # whether a match may name its words

    @classmethod
    def of(cls, text: str, *, shown: bool = True) -> Told:
        """Read one text."""
        concepts = wording.concepts(text)
        stems: Counter[str] = Counter()
        for _, meant in concepts:
            for each in meant:
                stems[each] += 1 / len(meant)  # type: ignore[assignment]
        terms, written = wording.terms(text)
        return cls(terms, written, stems, concepts, wording.languages([text]), shown)


class Space:
    """Documents as postings: term -> which documents have it, and its weight in each."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        self.count = len(documents)
        where: dict[str, tuple[list[int], list[float]]] = {}
        for place, counts in enumerate(documents):
            for term, number in counts.items():
                places, numbers = where.setdefault(term, ([], []))
                places.append(place)
                numbers.append(number)
        self.rarity = {
            term: float(np.log((1 + self.count) / (1 + len(places))) + 1)
            for term, (places, _) in where.items()
        }
        self.unknown = float(np.log(1 + self.count) + 1)
        raw = {
            term: (np.array(places), _damped(np.array(numbers)) * self.rarity[term])
            for term, (places, numbers) in where.items()
        }
        squares = np.zeros(self.count)
        for places_of, weights in raw.values():
            squares[places_of] += weights * weights
        length = np.sqrt(squares)
        length[length == 0] = 1
        self.postings = {term: (at, (weights / length[at])) for term, (at, weights) in raw.items()}

    def rare(self, term: str) -> float:
        """The weight of a term for being rare; one that no document has is the rarest."""
        return self.rarity.get(term, self.unknown)

    def cosines(self, counts: Mapping[str, float]) -> Array:
        """The need's words against every document, from 0 to 1."""
        weights = {term: (1 + float(np.log(n))) * self.rare(term) for term, n in counts.items() if n > 0}
        length = float(np.sqrt(sum(each * each for each in weights.values()))) or 1.0
        found = np.zeros(self.count)
        for term, weight in weights.items():
            if term in self.postings:
                places, theirs = self.postings[term]
                found[places] += theirs * (weight / length)
        return found

    def meant(self, concepts: Iterable[wording.Concept]) -> Array:
        """The same for words of several meanings: of each word, the meaning that a document has most of."""
        counted: Counter[tuple[str, tuple[str, ...]]] = Counter(concepts)
        weights = {each: (1 + float(np.log(n))) * self._weight(each[1]) for each, n in counted.items()}
        length = float(np.sqrt(sum(each * each for each in weights.values()))) or 1.0
        found, best = np.zeros(self.count), np.zeros(self.count)
        for (_, meanings), weight in weights.items():
            touched = [self.postings[each] for each in meanings if each in self.postings]
            for places, theirs in touched:
                best[places] = np.maximum(best[places], theirs)
            for places, _ in touched:
                found[places] += best[places] * (weight / length)
                best[places] = 0  # what two meanings share is added once
        return found

    def _weight(self, meanings: tuple[str, ...]) -> float:
        """How much a word says: as rare as its commonest meaning here, and less the more meanings it has."""
        known = [self.rarity[each] for each in meanings if each in self.rarity]
        return (min(known) if known else self.unknown) / (1 + DOUBT * float(np.log(len(meanings))))


def _damped(counts: Array) -> Array:
    damped: Array = np.where(counts >= 1, 1 + np.log(np.maximum(counts, 1)), counts)
    return damped


class Nearness:
    """An index of profiles, each with its documents in one of two languages or both."""

    def __init__(self, profiles: Sequence[Sequence[Told]]) -> None:
        documents = [told for texts in profiles for told in texts]
        self.owner = np.array([place for place, texts in enumerate(profiles) for _ in texts], dtype=int)
        self.profiles = len(profiles)
        self.documents = documents
        self.own = Space([told.terms for told in documents])
        self.english = Space([told.stems for told in documents])
        self._told = {
            language: np.array([language in told.languages for told in documents], dtype=bool)
            for language in ("zh", "en")
        }

    def scores(self, need: Told) -> Array:
        """For each profile how near it is, from 0 to 1; 0 where nothing is shared."""
        return self.of_profiles(self.of_documents(need))

    def of_documents(self, need: Told) -> Array:
        """For each document, in the order of the profiles."""
        if not self.documents:
            return np.zeros(0)
        shared = np.zeros(len(self.documents), dtype=bool)
        for language in need.languages:
            shared |= self._told[language]
        own = self.own.cosines(need.terms) if shared.any() else np.zeros(len(shared))
        if shared.all():
            return own
        meant: Array = self.english.meant(need.concepts)
        return np.where(shared, own, meant)

    def of_profiles(self, cosines: Array) -> Array:
        """The mean of each profile's best documents, of fewer where it has fewer."""
        return best_few(cosines, self.owner, self.profiles)

    def shared(self, need: Told, profile: int) -> list[tuple[str, str]]:
        """Words that speak most for a profile: the need's, and the profile's where it says it otherwise."""
        weighed: dict[tuple[str, str], float] = {}
        for place in np.flatnonzero(self.owner == profile):
            told = self.documents[place]
            if not told.shown:
                continue
            if told.languages & need.languages:
                for term in need.terms.keys() & told.terms.keys():
                    face = need.written[term]
                    weighed[(face, face)] = self.own.rare(term)
            else:
                self._meant_by_both(need, told, weighed)
        best = sorted(weighed, key=lambda pair: (-weighed[pair], -pair[0].count(" "), pair))
        return _apart(best)[:SHOWN]

    def _meant_by_both(self, need: Told, told: Told, weighed: dict[tuple[str, str], float]) -> None:
        theirs: dict[str, str] = {}
        for word, meant in told.concepts:
            for each in meant:
                theirs.setdefault(each, word)
        for word, meant in need.concepts:
            known = [each for each in meant if each in theirs]
            if known:
                rarest = max(known, key=self.english.rare)
                weighed[(word, theirs[rarest])] = self.english.rare(rarest)


def best_few(values: Array, owner: Array, owners: int) -> Array:
    """For each owner the mean of its `BEST` highest values; 0 for one without any."""
    order = np.lexsort((-values, owner))
    sorted_owner, sorted_values = owner[order], values[order]
    counts = np.bincount(owner, minlength=owners)
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    among = (np.arange(len(values)) - begins[sorted_owner]) < BEST
    sums = np.bincount(sorted_owner[among], weights=sorted_values[among], minlength=owners)
    found: Array = sums / np.maximum(np.minimum(counts, BEST), 1)
    return found


def _apart(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without what shares a word with one before it: "black mass" says what "lfp black" does."""
    kept: list[tuple[str, str]] = []
    used: set[str] = set()
    for pair in pairs:
        words = {word for term in pair for word in term.split()}
        if not words & used:
            kept.append(pair)
            used |= words
    return kept
