"""The best profiles for a need, each with its reasons: words, models where there are any, and facts.

The dictionary path alone works. An English model is added to the words of English texts (.3 and .7 of their
z-scores); models that read both languages are fused with that by reciprocal rank.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from challenge.engines.nearness import Nearness, Told, best_few
from challenge.rules import matching
from challenge.rules.matching import Facts, Past, Reason

Array = np.ndarray[Any, Any]
CANDIDATES = 120  # whose facts are looked at, of all that the texts put in order
LEAST = 0.05  # a cosine below which nothing but chance is shared
AWAY = 2.0  # standard deviations above the mean where a model by itself speaks for a profile


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it was read: its words, and its vector of each model that there is."""

    told: Told
    vectors: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody or something that may answer a need."""

    texts: Sequence[Text]
    facts: Facts = field(default_factory=Facts)
    past: Past = field(default_factory=Past)
    said: str = ""  # all its texts in small letters: where an indicator's name is looked for


@dataclass(frozen=True, slots=True)
class Match:
    """One profile by its place in the list; `score` from 0 to a little above 1."""

    place: int
    score: float
    reasons: Sequence[Reason]


class Finder:
    """Profiles, ready to be asked. `models`: name -> whether it reads both languages."""

    def __init__(self, profiles: Sequence[Profile], models: Mapping[str, bool]) -> None:
        self.profiles = profiles
        self.nearness = Nearness([[text.told for text in each.texts] for each in profiles])
        texts = [text for each in profiles for text in each.texts]
        self._crosses = models
        self._vectors = {
            name: np.stack([text.vectors[name] for text in texts]).astype(np.float32)
            for name in models
            if texts and all(name in text.vectors for text in texts)
        }

    def order(self, need: Text) -> tuple[list[float], list[bool]]:
        """For each profile what all texts say together, and whether any speaks for it at all."""
        words = self.nearness.scores(need.told).tolist()
        speaks = np.array(words) >= LEAST
        base, orders = words, []
        for name, vectors in self._vectors.items():
            if name not in need.vectors:
                continue
            near = vectors @ need.vectors[name].astype(np.float32)
            if self._crosses[name]:
                meant = self._best(near)
                orders.append(meant)
                speaks |= np.array(matching.standardized(meant)) >= AWAY
            elif "en" in need.told.languages:
                base = self._with_english(words, near)
        return matching.by_places(base, *orders), speaks.tolist()

    def find(self, need: Text, facts: Facts, most: int, barred: Container[int] = ()) -> list[Match]:
        """The best `most` that are not barred, the best first, where a word or a model speaks for them."""
        near, speaks = self.order(need)
        free = (at for at in range(len(near)) if speaks[at] and at not in barred)
        found = []
        for at in sorted(free, key=near.__getitem__, reverse=True)[: max(CANDIDATES, most)]:
            profile = self.profiles[at]
            said = matching.reasons(facts, profile.facts, profile.past, profile.said)
            found.append(Match(at, matching.weighed(near[at], said), said))
        best = sorted(found, key=lambda match: (-match.score, match.place))[:most]
        return [
            Match(each.place, each.score, [*self._terms(need, each.place), *each.reasons]) for each in best
        ]

    def _terms(self, need: Text, place: int) -> list[Reason]:
        shared = self.nearness.shared(need.told, place)
        pairs = [[first] if first == second else [first, second] for first, second in shared]
        return [Reason("terms", {"terms": pairs})] if pairs else [Reason("meaning")]

    def _best(self, near: Array) -> list[float]:
        best: list[float] = best_few(near, self.nearness.owner, len(self.profiles)).tolist()
        return best

    def _with_english(self, words: list[float], near: Array) -> list[float]:
        """The words, and beside them the model where a profile has English texts."""
        english = np.array(["en" in each.languages for each in self.nearness.documents], dtype=bool)
        owner, count = self.nearness.owner[english], len(self.profiles)
        meant = best_few(near[english], owner, count).tolist()
        places = np.flatnonzero(np.bincount(owner, minlength=count)).tolist()
        base = matching.standardized(words)
        together = matching.summed([words[at] for at in places], [meant[at] for at in places])
        for at, value in zip(places, together, strict=True):
            base[at] = value
        return base
