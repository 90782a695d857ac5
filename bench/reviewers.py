"""Reads "A Gold Standard Dataset for the Reviewer Assignment Problem" (Stelmakh et al.) as published.

A folder with `data/evaluations.csv` (tab-separated: ParticipantID, Paper1-10, Expertise1-10) and either the
prepared `evaluation_datasets/d_20_1` to `d_20_10` (archives/~ID.jsonl, submissions.json) or the profiles they
are made from (`data/participants/ID.json`, `data/papers/ID.json`): then the 20 latest papers of each
participant that have a title, an abstract and a year. The data stay where they are.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

LATEST = 20
MOST_PAPERS = 10
Likeness = Callable[[Sequence[str], Sequence[Sequence[str]]], Sequence[Sequence[float]]]
"""Papers and reviewers' documents -> for each paper its likeness to each reviewer."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Papers and reviewers' profiles by their ids, and what each reviewer said of which paper."""

    papers: Mapping[str, str]
    profiles: Mapping[str, Sequence[str]]
    expertise: Mapping[str, Mapping[str, float]]


def datasets(folder: Path) -> Iterator[Dataset]:
    """Every prepared dataset of the folder; where there is none, the one made from its profiles."""
    data = folder / "data" if (folder / "data").is_dir() else folder
    expertise = _expertise(data / "evaluations.csv")
    prepared = sorted((folder / "evaluation_datasets").glob("d_20_*"))
    for each in prepared:
        yield _prepared(each, expertise)
    if not prepared:
        yield _made(data, expertise)


def loss(found: Dataset, likeness: Mapping[tuple[str, str], float]) -> float:
    """The share of the differences in expertise that are put in the wrong order; equal counts half.

    `likeness`: (reviewer, paper) -> a number of which the order alone matters.
    """
    wrong, whole = [], []
    for reviewer, said in found.expertise.items():
        for first, second in combinations([paper for paper in said if (reviewer, paper) in likeness], 2):
            apart = said[first] - said[second]
            counted = apart * (likeness[reviewer, first] - likeness[reviewer, second])
            whole.append(abs(apart))
            wrong.append(abs(apart) * (1 if counted < 0 else 0.5 if counted == 0 else 0))
    return math.fsum(wrong) / math.fsum(whole)


def mean_loss(folder: Path, likeness: Likeness) -> float:
    """The loss of a way to compare, the mean over all datasets of the folder."""
    losses = []
    for each in datasets(folder):
        papers, reviewers = list(each.papers), list(each.profiles)
        table = likeness([each.papers[name] for name in papers], [each.profiles[name] for name in reviewers])
        known = {
            (reviewer, paper): table[row][column]
            for row, paper in enumerate(papers)
            for column, reviewer in enumerate(reviewers)
        }
        losses.append(loss(each, known))
    return math.fsum(losses) / len(losses)


def _expertise(path: Path) -> dict[str, dict[str, float]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            row["ParticipantID"]: {
                row[f"Paper{at}"]: float(row[f"Expertise{at}"])
                for at in range(1, MOST_PAPERS + 1)
                if row.get(f"Paper{at}")
            }
            for row in csv.DictReader(lines, delimiter="\t")
        }


def _prepared(folder: Path, expertise: Mapping[str, Mapping[str, float]]) -> Dataset:
    submissions = json.loads((folder / "submissions.json").read_text(encoding="utf-8"))
    profiles = {}
    for path in sorted((folder / "archives").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        profiles[path.stem.removeprefix("~")] = [_text(json.loads(line)["content"]) for line in lines if line]
    return Dataset({pid: _text(each["content"]) for pid, each in submissions.items()}, profiles, expertise)


def _made(data: Path, expertise: Mapping[str, Mapping[str, float]]) -> Dataset:
    profiles = {}
    for reviewer in expertise:
        told = json.loads((data / "participants" / f"{reviewer}.json").read_text(encoding="utf-8"))
        papers = {each["paperId"]: _paper(data, each["paperId"]) for each in told["papers"]}
        whole = {pid: paper for pid, paper in papers.items() if paper}
        latest = sorted(whole, key=lambda pid: (-whole[pid]["year"], pid))[:LATEST]
        if latest:
            profiles[reviewer] = [_text(whole[pid]) for pid in latest]
    asked = {pid: _paper(data, pid) for said in expertise.values() for pid in said}
    return Dataset({pid: _text(paper) for pid, paper in asked.items() if paper}, profiles, expertise)


def _paper(data: Path, pid: str) -> dict[str, Any] | None:
    """A paper that says enough to be compared."""
    path = data / "papers" / f"{pid}.json"
    if not path.is_file():
        return None
    paper: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return paper if all(paper.get(name) is not None for name in ("title", "abstract", "year")) else None


def _text(content: Mapping[str, Any]) -> str:
    return f"{content.get('title') or ''}\n{content.get('abstract') or ''}"
