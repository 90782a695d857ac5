"""Small files of every type that is taken, and some that only pretend."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
TEXT = "检出率 99.2 %\nplain text\n".encode()


def png() -> bytes:
    """One black pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def archive(*names: str, first: bytes = b"") -> bytes:
    """A ZIP whose entries have these names; `first` is the content of an ODF `mimetype` entry before them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        if first:
            out.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name in names:
            out.writestr(name, "content", zipfile.ZIP_DEFLATED)
    return file.getvalue()


def docx(*more: str) -> bytes:
    """A Word document by its parts."""
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


def odt() -> bytes:
    """An OpenDocument text by its parts."""
    return archive("content.xml", first=b"application/vnd.oasis.opendocument.text")


GOOD = {
    "report.pdf": PDF,
    "report.docx": docx(),
    "table.xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "talk.pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "text.odt": odt(),
    "table.ods": archive("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"),
    "talk.odp": archive("content.xml", first=b"application/vnd.oasis.opendocument.presentation"),
    "picture.png": png(),
    "photo.jpg": JPEG,
    "PHOTO.JPEG": JPEG,
    "data.zip": archive("a.txt", "folder/b.txt"),
    "notes.txt": TEXT,
    "gbk.txt": "弱光产线表面瑕疵视觉检测".encode("gb18030"),
    "utf16.csv": "名称,数值\n".encode("utf-16"),
    "MZ is how this text begins.txt": b"MZ is how this text begins\n",
    "table.csv": b"name,value\nflaw,0.08\n",
    "readme.md": b"# Proposal\n\nWe replace the camera.\n",
}
