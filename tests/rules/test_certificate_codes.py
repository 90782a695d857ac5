"""Codes of certificates: drawn at random, read as people write them, and every slip of a letter found."""

from __future__ import annotations

import random

from challenge.rules import certificate_codes as codes


def test_a_code_is_read_as_people_write_it() -> None:
    code = codes.drawn(random.Random(7).choice)
    assert len(code) == codes.DRAWN + 1
    written = codes.written(code)
    assert [len(each) for each in written.split("-")] == [4, 4, 3]
    for text in (code, written, f" {written.lower()} ", written.replace("-", " ")):
        assert codes.read(text) == code
    for text in ("", "C-2026-0007", code[:-1], code + "2", code.replace(code[0], "O")):
        assert codes.read(text) is None


def test_one_wrong_letter_and_two_exchanged_are_found() -> None:
    code = codes.drawn(random.Random(11).choice)
    for at in range(len(code)):
        slips = [code[:at] + each + code[at + 1 :] for each in codes.LETTERS if each != code[at]]
        assert all(codes.read(each) is None for each in slips)
        if at and code[at] != code[at - 1]:
            swapped = code[: at - 1] + code[at] + code[at - 1] + code[at + 1 :]
            assert codes.read(swapped) is None


def test_no_two_are_alike() -> None:
    choice = random.Random(3).choice
    assert len({codes.drawn(choice) for _ in range(2000)}) == 2000
