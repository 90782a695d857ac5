"""Passages in common: found whatever surrounds them, in both scripts; where there is none, nothing."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from challenge.rules import likeness
from challenge.rules.likeness import compare, fingerprints, packed, passages, unpacked

WORDS = [f"word{number}" for number in range(5000)]
PASSAGE = "four direction micro polarisers suppress the glare of wet strip steel at line speed"
CHINESE = "四方向微偏振阵列在产线速度下抑制湿钢带的眩光并保留表面细微瑕疵"


def filler(seed: int, length: int = 60) -> str:
    """Words of which no two texts of different seeds have five in a row."""
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def documents(*texts: str) -> dict[int, list[int]]:
    return {number: sorted(fingerprints([text])) for number, text in enumerate(texts, start=1)}


def alike(*texts: str, **how: object) -> set[tuple[int, int]]:
    options = {"most": 20, "share": 0.01, "least": 1, **how}
    known = documents(*texts)
    return {(p.first, p.second) for p in compare(known, known.keys(), **options).pairs}  # type: ignore[arg-type]


def test_a_passage_is_found_between_other_words() -> None:
    one, two = f"{filler(1)} {PASSAGE} {filler(2)}", f"{filler(3)} {PASSAGE}. {filler(4)}"
    assert alike(one, two, filler(5)) == {(1, 2)}


def test_case_width_and_what_stands_between_do_not_hide_it() -> None:
    loud = PASSAGE.upper().replace(" ", " ,\n— ")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter != " " else letter for letter in PASSAGE)
    assert alike(PASSAGE, loud, wide) == {(1, 2), (1, 3), (2, 3)}


def test_chinese_is_read_by_characters_however_it_is_spaced() -> None:
    spaced = "我们采用。" + "，".join(CHINESE[i : i + 3] for i in range(0, len(CHINESE), 3)) + " 完毕"
    assert alike(CHINESE, spaced, "另一段完全不同的中文文字，讲述的是水处理膜的再生方法与成本") == {(1, 2)}


def test_both_scripts_in_one_passage() -> None:
    mixed = "采用 YOLOv8 模型与 FPGA 实时推理完成瑕疵检测"
    assert alike(f"{filler(1)} {mixed}", f"{mixed} {filler(2)}") == {(1, 2)}


def test_what_is_lighter_than_a_shingle_is_nobody_s_copy() -> None:
    assert alike("one two three four", "one two three four") == set()
    assert fingerprints(["", "四方向微偏振阵列在"]) == frozenset()


@given(st.integers(0, 2**32), st.lists(st.sampled_from([*"甲乙丙丁戊己庚辛", "alpha", "beta"]), min_size=20))
def test_what_a_passage_has_of_its_own_depends_on_nothing_around_it(seed: int, tokens: list[str]) -> None:
    passage = " ".join(tokens)
    around = f"{filler(seed)} {passage} {filler(seed + 1)}"
    assert fingerprints([passage]) <= fingerprints([around])
    assert likeness.everything([passage]) <= likeness.everything([around])


def test_one_shingle_in_four_is_a_fingerprint() -> None:
    text = filler(7, 4000)
    assert 0.2 < len(fingerprints([text])) / len(likeness.everything([text])) < 0.3


def test_the_share_is_of_the_smaller_document() -> None:
    short, long = filler(1, 100), f"{filler(1, 100)} {filler(2, 900)}"
    known = documents(short, long)
    (pair,) = compare(known, known.keys(), most=20, share=0.2, least=5).pairs
    assert pair.share > 0.9
    assert pair.count == len(set(known[1]) & set(known[2]))


def test_what_stands_in_many_documents_is_left_out() -> None:
    texts = [f"{PASSAGE} {filler(number)}" for number in range(6)]
    assert alike(*texts, most=5) == set()
    known = documents(*texts)
    assert compare(known, known, most=5, share=0.0, least=1).too_common <= fingerprints(
        [PASSAGE + " "]
    ) | set(known[1])
    assert len(alike(*texts, most=6)) == 15


def test_the_requirement_s_own_words_are_left_out() -> None:
    one, two = f"{PASSAGE} {filler(1)}", f"{PASSAGE} {filler(2)}"
    known = documents(one, two)
    asked = likeness.everything([PASSAGE])
    found = compare(known, known, most=20, share=0.0, least=1, left_out={1: asked, 2: asked})
    assert found.pairs == ()


def test_pairs_of_others_are_not_looked_at_and_one_s_own_stands_first() -> None:
    known = documents(f"{PASSAGE} {filler(1)}", f"{PASSAGE} {filler(2)}", f"{PASSAGE} {filler(3)}")
    found = compare(known, {2}, most=20, share=0.0, least=1)
    assert {(pair.first, pair.second) for pair in found.pairs} == {(2, 1), (2, 3)}


def test_in_parts_it_finds_the_same() -> None:
    known = documents(*(f"{filler(number)} {filler(number // 2)}" for number in range(30)))
    whole = compare(known, known, most=20, share=0.1, least=3)
    assert whole.pairs
    assert compare(known, known, most=20, share=0.1, least=3, part=50) == whole


def test_passages_put_together_are_the_text_and_mark_exactly_what_is_common() -> None:
    one, two = f"Before this: {filler(1)}. {PASSAGE}! {filler(2)}", f"{PASSAGE} {filler(4)}"
    shared = likeness.everything([one]) & likeness.everything([two])
    marks = fingerprints([one]) & fingerprints([two])
    pieces = passages(one, shared, marks)
    assert "".join(piece.text for piece in pieces) == one
    assert [piece.text for piece in pieces if piece.common] == [PASSAGE]
    assert [piece.common for piece in passages(one, shared, ())] == [False]  # everybody's: left out
    assert passages("", shared, marks) == []


def test_fingerprints_are_kept_as_text() -> None:
    known = fingerprints([filler(1)])
    assert list(unpacked(packed(known))) == sorted(known)
    assert packed([]) == ""
