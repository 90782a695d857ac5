"""Names are data: shown, downloaded, never a path and never a trick on the eye."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenge.files import download
from challenge.files.names import LONGEST, display_name, extension_of


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("报告 最终版.pdf", "报告 最终版.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.docx", "plan.docx"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "ab Set-Cookie: x.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
        ("  spaced   out .pdf ", "spaced out .pdf"),
    ],
)
def test_a_name_keeps_what_can_be_read(raw: str, shown: str) -> None:
    assert display_name(raw) == shown


def test_a_name_of_300_characters_keeps_its_extension() -> None:
    name = display_name("长" * 300 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("长.pdf")


@given(st.text(max_size=400))
def test_no_name_leaves_its_place(raw: str) -> None:
    name = display_name(raw)
    assert 0 < len(name) <= LONGEST
    assert not {"/", "\\", "\x00", "\r", "\n", "\u202e"} & set(name)
    assert name not in {".", ".."}
    assert extension_of(name) == extension_of(name.upper())


@given(st.text(max_size=200))
def test_a_download_header_is_one_line_of_ascii(raw: str) -> None:
    header = download.disposition(display_name(raw))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
