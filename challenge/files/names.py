"""The name of a file as its owner gave it: shown and downloaded, never used as a path."""

from __future__ import annotations

import unicodedata

LONGEST = 200
_BIDI_AND_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_KEPT_JOINERS = {"\u200c", "\u200d"}  # needed to spell Persian and several Indian scripts


def display_name(raw: str) -> str:
    """The name without folders, control and direction characters, in NFC, at most `LONGEST` characters.

    The extension survives the shortening; a name of which nothing is left is called "file".
    """
    last = raw.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(_visible(character) for character in unicodedata.normalize("NFC", last))
    plain = " ".join(seen.split()).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        stem, extension = plain, ""
    if not plain:
        return "file"
    if len(plain) <= LONGEST:
        return plain if last.strip()[:1] != "." or dot else f"file.{plain}"
    tail = f".{extension}" if dot and len(extension) <= 10 else ""
    return (stem if tail else plain)[: LONGEST - len(tail)].rstrip(". ") + tail


def extension_of(name: str) -> str:
    """The part after the last dot, however it is cased; empty without one."""
    return name.rpartition(".")[2].casefold() if "." in name else ""


def _visible(character: str) -> str:
    if character in _KEPT_JOINERS:
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _BIDI_AND_UNSEEN else character
