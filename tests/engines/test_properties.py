"""Who made a file, as it says itself: read in a child, however the file is broken."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest

from challenge.engines import properties

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
PDF = "application/pdf"


def office(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def pdf(creator: str = "", **info: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for key, text in info.items():
            document.docinfo[f"/{key}"] = text
        if creator:
            with document.open_metadata() as metadata:
                metadata["dc:creator"] = [creator]
        document.save(out)
    return out.getvalue()


CORE = "docProps/core.xml"
WORD = office(
    {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": "<Relationships/>",
        "word/document.xml": "<document/>",
        CORE: "<dc:creator>马林 &amp; Co</dc:creator><cp:lastModifiedBy>Ma Lin</cp:lastModifiedBy>",
        "docProps/app.xml": "<Properties><Company>陇原铝业</Company><Manager></Manager></Properties>",
    }
)


def test_a_child_reads_author_and_company() -> None:
    assert properties.read(WORD, DOCX) == ["马林 & Co", "Ma Lin", "陇原铝业"]


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (office({"meta.xml": "<meta:initial-creator>Ma\n Lin</meta:initial-creator>"}), ODT, ["Ma Lin"]),
        (pdf(Author="Ma Lin", Title="Plan", Company="陇原铝业"), PDF, ["Ma Lin", "陇原铝业"]),
        (pdf("Zhao Min"), PDF, ["Zhao Min"]),
        (pdf(Author="Ma Lin", Producer="Word"), PDF, ["Ma Lin"]),
        (office({"word/document.xml": "<dc:creator>Nobody</dc:creator>"}), DOCX, []),
        (office({CORE: "<dc:creator>" + "x" * 500 + "</dc:creator>"}), DOCX, ["x" * 200]),
        (b"%PDF-1.7 broken", PDF, []),
        (b"PK\x03\x04 broken", DOCX, []),
        (b"", DOCX, []),
    ],
)
def test_what_each_kind_of_file_says(data: bytes, kind: str, said: list[str]) -> None:
    assert properties.found(data, kind) == said
