"""Names in what blind judges read are found, and nothing else."""

from __future__ import annotations

import pytest

from challenge.rules.naming import found, words_in

NAMES = ["Lin Mei", "林梅", "Institute of Optics", "lin@optics.example", "Wu", "王"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("As LIN  MEI has shown", ["Lin Mei"]),
        ("由林梅团队完成", ["林梅"]),
        ("The institute of optics, by lin@optics.example.", ["Institute of Optics", "lin@optics.example"]),
        ("Ｌｉｎ Ｍｅｉ in full width", ["Lin Mei"]),
        ("Berlin Meissen", []),  # the name is only inside other words
        ("Wu and 王 are too short to tell anything", []),
        ("", []),
    ],
)
def test_names_are_found_whole_and_in_any_case(text: str, names: list[str]) -> None:
    assert [name for _key, name in found(NAMES, {"summary": text})] == names


def test_each_text_is_told_apart() -> None:
    assert found(["Lin Mei"], {"title": "Lin Mei", "summary": "Nobody"}) == [("title", "Lin Mei")]


def test_every_text_of_an_answer_is_read() -> None:
    value = {"7": {"met": "met", "evidence": "Measured"}, "rows": [["a", 1, None], ("b",)]}
    assert list(words_in(value)) == ["met", "Measured", "a", "b"]
