"""A file is what its content says; a disguise is refused by its real name."""

from __future__ import annotations

import io

import pytest

from challenge.files import sniffing
from challenge.rules.errors import Invalid
from tests.files import specimens


@pytest.mark.parametrize("name", specimens.GOOD)
def test_types_that_people_read_are_taken(name: str) -> None:
    assert sniffing.check(name, io.BytesIO(specimens.GOOD[name])).media_type


@pytest.mark.parametrize(
    ("name", "content", "real"),
    [
        ("report.pdf", specimens.EXE, "EXE"),
        ("report.pdf", specimens.png(), "PNG"),
        ("report.pdf", specimens.docx(), "DOCX"),
        ("picture.png", specimens.JPEG, "JPEG"),
        ("report.docx", specimens.archive("a.txt"), "ZIP"),
        ("report.docx", specimens.odt(), "ODT"),
        ("report.docx", specimens.docx("word/vbaProject.bin"), "Office + VBA"),
        ("old.docx", specimens.OLE, "OLE (DOC, XLS, PPT)"),
        ("notes.txt", specimens.PDF, "PDF"),
        ("notes.txt", b"<html><script>alert(1)</script></html>", "HTML / SVG / script"),
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "HTML / SVG / script"),
        ("notes.txt", b"#!/bin/sh\nrm -rf x\n", "HTML / SVG / script"),
        ("report.pdf", b"just words\n", "TEXT"),
        ("program.txt", b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "ELF"),
        ("archive.zip", b"Rar!\x1a\x07\x00" + b"\x00" * 40, "RAR"),
        ("sound.png", b"ID3\x03\x00\x00\x00\x00\x00\x21TIT2" + b"\x00" * 40, "audio/mpeg"),
    ],
)
def test_a_file_renamed_to_lie_is_refused_with_what_it_is(name: str, content: bytes, real: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sniffing.check(name, io.BytesIO(content))
    assert refusal.value.code == "file_type_differs"
    assert refusal.value.params == {"name": name, "real": real}


@pytest.mark.parametrize(
    "name", ["run.exe", "page.html", "drawing.svg", "macro.docm", "noextension", "a.pdf.js"]
)
def test_other_types_are_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sniffing.check(name, io.BytesIO(specimens.PDF))
    assert refusal.value.code == "file_type_not_allowed"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.docx", specimens.docx()[:-30]),
        ("data.zip", b"PK\x03\x04" + b"\x00" * 100),
        ("report.pdf", b"\x00\x01\x02\x03" * 50),
        ("notes.txt", b"text with a NUL \x00 in it"),
    ],
)
def test_a_broken_file_is_called_damaged(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        sniffing.check(name, io.BytesIO(content))
    assert refusal.value.code == "file_damaged"


def test_an_archive_of_very_many_entries_is_never_listed() -> None:
    bomb = bytearray(specimens.archive("a.txt"))
    place = bomb.rfind(b"PK\x05\x06")
    bomb[place + 10 : place + 12] = (65_000).to_bytes(2, "little")
    assert sniffing.kind_of(io.BytesIO(bytes(bomb))) == "ZIP"
