"""The rig that looks whether a PDF declares PDF/A finds what is lacking."""

from __future__ import annotations

import io

import pikepdf
import pytest

from tests.rigs.pdfa import assert_declares_pdfa, part_of


def test_a_plain_pdf_declares_nothing() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        plain = io.BytesIO()
        pdf.save(plain)
    assert part_of(plain.getvalue()) == ""
    with pytest.raises(AssertionError, match="declares no PDF/A"):
        assert_declares_pdfa(plain.getvalue())


def test_a_claim_alone_is_not_enough() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        with pdf.open_metadata() as said:
            said["pdfaid:part"], said["pdfaid:conformance"] = "3", "A"
        claimed = io.BytesIO()
        pdf.save(claimed)
    assert part_of(claimed.getvalue()) == "3A"
    with pytest.raises(AssertionError, match="no output intent"):
        assert_declares_pdfa(claimed.getvalue())
