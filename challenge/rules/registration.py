"""The unified social credit code of Chinese organizations (GB 32100): 18 characters, the last a check."""

from __future__ import annotations

import unicodedata

from challenge.rules.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I, O, S, V, Z
LENGTH = 18


def credit_code(field: str, text: str) -> str | None:
    """The code as it is kept (half-width, upper case), None for nothing written.

    Raises `Invalid(field, code)`: `credit_code_length`, `credit_code_character`, `credit_code_checksum`.
    """
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("-", "")
    if not code:
        return None
    if len(code) != LENGTH:
        raise Invalid(field, "credit_code_length", length=len(code))
    for character in code:
        if character not in ALPHABET:
            raise Invalid(field, "credit_code_character", character=character)
    if check_character(code[:-1]) != code[-1]:
        raise Invalid(field, "credit_code_checksum")
    return code


def check_character(code: str) -> str:
    """The 18th character for the first 17: weights are the powers of 3 modulo 31 (GB 32100-2015, annex A)."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code))
    return ALPHABET[-total % 31]
