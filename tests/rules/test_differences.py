"""What changed between two texts, answers, teams and lists of files; bounded whatever was written."""

from __future__ import annotations

import random
import time

import pytest

from challenge.rules import differences
from challenge.rules.differences import Piece


def told(before: str, after: str) -> str:
    """The difference with [-removed-] and {+added+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in differences.words(before, after))


@pytest.mark.parametrize(
    ("before", "after", "as_told"),
    [
        ("", "", ""),
        ("the same", "the same", "the same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("1,200 m of strip.", "1,500 m of strip.", "[-1,200-]{+1,500+} m of strip."),
        ("It held.\n\nWell.", "It held well.\n\nWell.", "It held{+ well+}.\n\nWell."),
        ("工作原理、依据与风险。", "工作的原理、依据和风险。", "工作{+的+}原理、依据[-与-]{+和+}风险。"),
        ("第一句。第二句。", "第二句。", "[-第一句。-]第二句。"),
        ("a\nb\nc\n", "a\nx\nc\n", "a\n[-b-]{+x+}\nc\n"),
    ],
)
def test_words_tell_what_went_and_what_came(before: str, after: str, as_told: str) -> None:
    assert told(before, after) == as_told


def versions_of(texts: str, length: int, seed: int) -> str:
    chosen = random.Random(seed)
    return "".join(chosen.choice(texts) for _ in range(length))


@pytest.mark.parametrize("letters", ["ab", "a b.", "的一\n", "。", "\n", "甲乙丙丁戊，。\n", "abcdefgh \n."])
def test_twenty_thousand_characters_cost_little_and_both_texts_can_be_read_out_of_it(letters: str) -> None:
    before, after = versions_of(letters, 20_000, 1), versions_of(letters, 20_000, 2)
    since = time.process_time()
    found = differences.words(before, after)
    assert time.process_time() - since < 3  # about half a second; the machine may be busy
    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after


def test_three_hundred_small_edits_in_a_long_text_stay_small() -> None:
    chosen = random.Random(7)
    letters = [chr(0x4E00 + chosen.randrange(3000)) if n % 40 else "。\n" for n in range(20_000)]
    edited = list(letters)
    for _ in range(300):
        edited[chosen.randrange(20_000)] = "改"
    found = differences.words("".join(letters), "".join(edited))
    assert sum(len(piece.text) for piece in found if piece.kind == "removed") < 1_000


def test_fields_tell_texts_in_pieces_and_figures_old_and_new() -> None:
    before = {"title": "A b", "quote": 100, "note": "", "same": "x", "modes": ["a"], "gone": 0}
    after = {"title": "A c", "quote": None, "note": None, "same": "x", "modes": ["a", "b"], "free": 0}
    found = differences.fields(before, after, lambda key: key == "title")
    assert [(each.key, each.before, each.after) for each in found if each.key not in ("gone", "free")] == [
        ("title", "A b", "A c"),
        ("quote", 100, None),
        ("modes", ["a"], ["a", "b"]),
    ]
    assert found[0].pieces[1:] == (Piece("removed", "b"), Piece("added", "c"))


def test_indicators_tell_answers_rows_that_came_and_rows_that_went() -> None:
    before = [
        {"indicator": 1, "met": "partly", "evidence": "in air"},
        {"indicator": 2, "met": "met", "evidence": "e"},
        {"indicator": 3, "met": "no", "evidence": ""},
    ]
    after = [
        {"indicator": 1, "met": "met", "evidence": "in water"},
        {"indicator": 3, "met": "no", "evidence": ""},
        {"indicator": 4, "met": "", "evidence": ""},
    ]
    found = differences.indicators(before, after)
    assert [(each.row["indicator"], each.before, each.after) for each in found] == [
        (1, "partly", "met"),
        (4, None, ""),
        (2, "met", None),
    ]


def test_a_team_tells_who_came_who_went_and_who_is_elsewhere_now() -> None:
    team = {"members": [{"name": "Zhao", "affiliation": "LZU"}, {"name": "Li", "affiliation": ""}]}
    then = {"members": [{"name": "Zhao", "affiliation": "CAS"}, {"name": "Wu", "affiliation": ""}]}
    found = [(each.name, each.before, each.after) for each in differences.people(team, then)]
    assert found == [("Zhao", "LZU", "CAS"), ("Wu", None, ""), ("Li", "", None)]
    assert differences.people({}, {}) == []


def test_files_are_told_by_their_digests() -> None:
    def file(name: str, digest: str, field: str = "") -> dict[str, str]:
        return {"name": name, "sha256": digest} | ({"field": field} if field else {})

    before = [file("a", "1"), file("b", "2"), file("c", "3"), file("d", "4"), file("d", "4")]
    after = [file("a", "9"), file("e", "2"), file("d", "4"), file("new", "5")]
    found = [
        (each.kind, each.file["name"], (each.was or {}).get("name"))
        for each in differences.files(before, after)
    ]
    assert found == [
        ("replaced", "a", "a"),
        ("renamed", "e", "b"),
        ("added", "new", None),
        ("removed", "c", None),
    ]
