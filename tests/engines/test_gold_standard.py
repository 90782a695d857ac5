"""The public gold standard of reviewers and papers is read as it was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import matching, reviewers

COLUMNS = ["ParticipantID", *(f"Paper{n}" for n in range(1, 11)), *(f"Expertise{n}" for n in range(1, 11))]


def paper(title: str, abstract: str | None, year: int | None = 2020) -> dict[str, Any]:
    return {"title": title, "abstract": abstract, "year": year}


PAPERS = {
    "own1": paper("Sparse bandits", "Regret bounds of linear bandits with sparse rewards."),
    "own2": paper("Bandits for search", "Bandits with delayed rewards in ranking."),
    "own3": paper("No abstract", None),
    "near": paper("Delayed rewards", "Linear bandits whose rewards are delayed."),
    "middle": paper("Ranking by regret", "Ranking documents with little regret."),
    "far": paper("Protein folding", "Structures of proteins from sequences."),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One participant who said 5 of the near paper, 3 of the middle one and 1 of the far one."""
    data = tmp_path / "data"
    for name in ("participants", "papers"):
        (data / name).mkdir(parents=True)
    row = ["17", "near", "far", "middle", *[""] * 7, "5.0", "1.0", "3.0", *[""] * 7]
    lines = "\n".join("\t".join(each) for each in (COLUMNS, row))
    (data / "evaluations.csv").write_text(lines, encoding="utf-8")
    own = {"papers": [{"paperId": name} for name in ("own1", "own2", "own3", "gone")]}
    (data / "participants" / "17.json").write_text(json.dumps(own), encoding="utf-8")
    for name, said in PAPERS.items():
        (data / "papers" / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")
    return tmp_path


def test_profiles_are_made_of_papers_that_say_enough(folder: Path) -> None:
    [found] = reviewers.datasets(folder)
    assert [text.partition("\n")[0] for text in found.profiles["17"]] == [
        "Sparse bandits",
        "Bandits for search",
    ]
    assert found.expertise == {"17": {"near": 5, "far": 1, "middle": 3}}


def test_a_prepared_dataset_is_read_before_one_is_made(folder: Path) -> None:
    for number in (1, 2):
        prepared = folder / "evaluation_datasets" / f"d_20_{number}"
        (prepared / "archives").mkdir(parents=True)
        line = json.dumps({"id": "own1", "content": PAPERS["own1"]})
        (prepared / "archives" / "~17.jsonl").write_text(line + "\n", encoding="utf-8")
        asked = {name: {"id": name, "content": PAPERS[name]} for name in ("near", "middle", "far")}
        (prepared / "submissions.json").write_text(json.dumps(asked), encoding="utf-8")
    assert [list(each.profiles) for each in reviewers.datasets(folder)] == [["17"], ["17"]]
    assert reviewers.mean_loss(folder, matching._words) == 0


@pytest.mark.parametrize(
    ("near", "middle", "far", "expected"),
    [
        (3, 2, 1, 0),
        (1, 2, 3, 1),
        (1, 1, 1, 0.5),
        (2, 3, 1, 2 / 8),  # near against middle counts 2 of 2 + 4 + 2
        (3, 1, 2, 2 / 8),
        (1, 3, 2, 6 / 8),
    ],
)
def test_the_loss_weighs_a_pair_in_the_wrong_order_by_its_difference(
    folder: Path, near: float, middle: float, far: float, expected: float
) -> None:
    [found] = reviewers.datasets(folder)
    said = {("17", "near"): near, ("17", "middle"): middle, ("17", "far"): far}
    assert reviewers.loss(found, said) == pytest.approx(expected)


def test_the_bench_reports_it_where_the_folder_is_named(folder: Path) -> None:
    words = matching.losses(folder)[0]
    assert (words.job, words.figure, words.target) == (
        "reviewers to papers, gold standard, words: loss",
        0,
        0.25,
    )
