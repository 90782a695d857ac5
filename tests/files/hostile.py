"""Files that mean harm, or that somebody made badly: each with what happens to it, as docs/files.md says.

The outcome is the code of a refusal, or `accepted/` and what becomes of the copy for judges: `done`, `none`,
or the reason why there is none. Scripts in them would show a dialog that says PWNED.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.files import hostile_papers, papers, specimens
from tests.rigs.scanner import EICAR

SCRIPT = b"<script>alert('PWNED')</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('PWNED')\"/>"
PLAIN = b"a line of text\n"
ALLOWED, DIFFERS, DAMAGED, EMPTY = (
    "file_type_not_allowed",
    "file_type_differs",
    "file_damaged",
    "file_empty",
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A file: its family, the name it is sent under, its bytes, and what happens to it."""

    family: str
    name: str
    data: bytes
    outcome: str  # a code of refusal, or accepted/STATE of its copy for judges
    shown: str = ""  # the name that it is listed under, where it is another one

    @property
    def accepted(self) -> bool:
        """Whether it may be attached."""
        return self.outcome.startswith("accepted/")


def specimens_of_all_kinds() -> list[Specimen]:
    """All of them, in the order of the families of docs/files.md."""
    families = {
        "another type by its name": _by_name(),
        "a file renamed to lie about its type": _renamed(),
        "names": _names(),
        "EICAR": _eicar(),
        "archives": _archives(),
        "polyglots": _polyglots(),
        "script in text": _texts(),
        "Office and OpenDocument": _documents(),
        "pictures": _pictures(),
        "PDF": ((*each,) for each in hostile_papers.pdfs()),
    }
    return [Specimen(family, *each) for family, found in families.items() for each in found]


Rows = Iterator[tuple[str, ...] | tuple[object, ...]]
_OTHER = (
    *("exe", "bat", "cmd", "com", "scr", "msi", "dll", "lnk", "ps1", "vbs", "js", "mjs", "wsf", "hta", "jar"),
    *("apk", "sh", "py", "php", "html", "htm", "xhtml", "svg", "svgz", "xml", "swf", "iso", "img", "rtf"),
    *("docm", "xlsm", "pptm", "dotm", "doc", "xls", "ppt", "url", "desktop", "eml", "mht", "webarchive"),
    "wasm",
)


def _by_name() -> Rows:
    for extension in _OTHER:
        yield f"report.{extension}", PLAIN, ALLOWED
    yield "no extension", PLAIN, ALLOWED
    yield "report.pdf.exe", specimens.PDF, ALLOWED
    yield "report.pdf ", specimens.PDF, "accepted/damaged", "report.pdf"


def _renamed() -> Rows:
    liars = {
        "program of Windows": specimens.EXE,
        "program of Linux": b"\x7fELF\x02\x01\x01" + bytes(60),
        "program of macOS": b"\xcf\xfa\xed\xfe\x07\x00\x00\x01" + bytes(60),
        "Java class": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(60),
        "WebAssembly": b"\x00asm\x01\x00\x00\x00" + bytes(60),
        "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60),
        "old Office": specimens.OLE,
        "RAR": b"Rar!\x1a\x07\x00" + bytes(40),
        "7-Zip": b"7z\xbc\xaf\x27\x1c" + bytes(40),
        "GZIP": b"\x1f\x8b\x08\x00" + bytes(40),
        "GIF": b"GIF89a\x01\x00\x01\x00" + bytes(20),
        "Flash": b"CWS\x0a" + bytes(40),
        "film": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
        "page": b"<!doctype html><html>" + SCRIPT,
        "drawing": SVG,
        "PHP": b"<?php system($_GET['x']); ?>",
        "shell": b"#!/bin/sh\nrm -rf x\n",
    }
    for what, data in liars.items():
        known = what not in ("program of macOS", "WebAssembly", "shortcut")
        yield f"{what}.pdf", data, DIFFERS if known else DAMAGED
    yield "table.png", specimens.PDF, DIFFERS
    yield "text.docx", specimens.odt(), DIFFERS
    yield "words.jpg", PLAIN, DIFFERS
    yield "nothing.pdf", b"", EMPTY


def _names() -> Rows:
    text = "accepted/done"
    for raw, shown in (
        ("evil\u202etxt.exe.txt", "eviltxt.exe.txt"),
        ("\u2066nested\u2069.txt", "nested.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("../../../../etc/cron.d/x.txt", "x.txt"),
        ("..\\..\\windows\\x.txt", "x.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\autoexec.txt", "autoexec.txt"),
        ("....//....//x.txt", "x.txt"),
        ("%2e%2e%2fx.txt", "%2e%2e%2fx.txt"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
        ("长" * 300 + ".txt", "长" * 196 + ".txt"),
        ("CON.txt", "CON.txt"),
        ("<img src=x onerror=alert('PWNED')>.txt", "<img src=x onerror=alert('PWNED')>.txt"),
        ("\"onload='alert(1)'.txt", "\"onload='alert(1)'.txt"),
        ("$(reboot);`reboot`|x.txt", "$(reboot);`reboot`|x.txt"),
        ("=cmd|' /C calc'!A0.txt", "C calc'!A0.txt"),
        ("zero\u200bwidth\ufeff.txt", "zerowidth.txt"),
        ("{{7*7}}{% raw %}.txt", "{{7*7}}{% raw %}.txt"),
        (" . . a.txt . ", "a.txt"),
    ):
        yield raw, PLAIN, text, shown
    yield "...", PLAIN, ALLOWED
    yield "\x00", PLAIN, ALLOWED


def _eicar() -> Rows:
    yield "eicar.txt", EICAR, "accepted/done"
    yield "eicar.zip", papers.zipped({"eicar.com": EICAR}), "accepted/none"


def _zip(*parts: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def _archives() -> Rows:
    bomb = _zip(("zeros", bytes(50_000_000)))
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    many = bytearray(_zip(("a", b"")))
    place = many.rfind(b"PK\x05\x06")
    many[place + 10 : place + 12] = (65_000).to_bytes(2, "little")
    lying = bytearray(_zip(("a", b"short")))
    listed = lying.rfind(b"PK\x01\x02")
    lying[listed + 24 : listed + 28] = b"\xff\xff\xff\x7f"  # it unpacks to two gigabytes, it says
    shown = "accepted/none"
    yield "bomb.zip", bomb, shown
    yield "bomb of bombs.zip", _zip(*((f"{n}.zip", bomb) for n in range(8))), shown
    yield "slip.zip", _zip(("../../../var/slip-canary", b"x")), shown
    yield "absolute.zip", _zip(("/var/slip-canary", b"x")), shown
    yield "backslash.zip", _zip(("..\\..\\slip-canary", b"x")), shown
    yield "link.zip", _zip((link, b"/etc/passwd")), shown
    yield "many.zip", bytes(many), shown
    yield "lying.zip", bytes(lying), shown
    yield "page.zip", _zip(("index.html", SCRIPT)), shown
    yield "cut.zip", bomb[:-30], DAMAGED
    yield "head.zip", b"PK\x03\x04" + bytes(100), DAMAGED


def _polyglots() -> Rows:
    archive = _zip(("evil.html", SCRIPT))
    yield "pdf and zip.pdf", papers.pdf(pages=1) + archive, "accepted/done"
    yield "pdf and page.pdf", papers.pdf(pages=1) + SCRIPT, "accepted/done"
    yield "page and pdf.pdf", SCRIPT + papers.pdf(pages=1), DAMAGED
    yield "photo and zip.jpg", papers.jpeg() + archive, "accepted/done"
    yield "photo and script.jpg", papers.jpeg("*/=alert('PWNED')/*"), "accepted/done"
    yield "photo and php.jpg", papers.jpeg("<?php system('x'); ?>"), "accepted/done"
    yield "drawing and page.png", papers.png() + b"<html>" + SCRIPT, "accepted/done"
    yield "drawing with script.png", papers.png("<script>alert('PWNED')</script>"), "accepted/done"
    yield "program and zip.zip", specimens.EXE + archive, DIFFERS
    yield "zip and pdf.zip", archive + papers.pdf(pages=1), "accepted/none"
    yield "text and pdf.txt", b"%PDF-1.7 or so\n" + PLAIN, DIFFERS
    yield "gif and script.txt", b"GIF89a/*" + PLAIN + b"*/=1;alert('PWNED')", "accepted/done"


def _texts() -> Rows:
    text = "accepted/done"
    for name, data in {
        "page.txt": b"<html>" + SCRIPT,
        "spaces before.txt": b" \r\n\t\xef\xbb\xbf<!DOCTYPE html>" + SCRIPT,
        "script.txt": SCRIPT,
        "drawing.txt": SVG,
        "xml.txt": b"<?xml version='1.0'?>" + SVG,
        "drawing.csv": b"a,b\n" + SVG,
    }.items():
        yield name, data, DIFFERS
    yield "in the middle.txt", PLAIN * 400 + SCRIPT, text
    yield "raw.md", b"# Title\n\n" + SCRIPT + b"\n<img src=x onerror=alert('PWNED')>\n", text
    yield "comment.txt", b"<!-- x -->" + SCRIPT, text
    yield "utf7.txt", b"+ADw-script+AD4-alert('PWNED')+ADw-/script+AD4-", text
    yield "utf16.txt", ("\ufeff" + SCRIPT.decode()).encode("utf-16-le"), text
    yield "formulas.csv", b'=HYPERLINK("http://x"),@SUM(1),+1,-1\n', text
    yield "escapes.txt", b"\x1b]2;title\x07\x1b[2J" + PLAIN, DAMAGED
    yield "nul.txt", b"text\x00text", DAMAGED
    yield "bytes.txt", bytes(range(128, 256)) * 4, DAMAGED
    yield "one line.txt", b"x" * 900_000, text


def _documents() -> Rows:
    for name, reason in hostile_papers.documents().items():
        yield name, reason[0], reason[1]


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flood(width: int, height: int, *more: bytes, pixels: bytes = bytes(100)) -> bytes:
    """A PNG that says it has so many pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + data + chunk(b"IEND", b"")


def _pictures() -> Rows:
    wide = bytearray(papers.jpeg())
    place = wide.find(b"\xff\xc0")
    wide[place + 5 : place + 9] = b"\xff\xff\xff\xff"
    words = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(70_000_000), 9))
    yield "flood.png", flood(60_000, 60_000), "accepted/too_many_pixels"
    yield "line.png", flood(2**31 - 1, 1), "accepted/too_many_pixels"
    yield "flood.jpg", bytes(wide), "accepted/too_many_pixels"
    yield "bomb of pixels.png", flood(10, 10, pixels=bytes(60_000_000)), "accepted/done"
    yield "bomb of words.png", flood(1, 1, words, pixels=bytes(4)), "accepted/damaged"
    yield "cut.png", papers.png()[:60], "accepted/damaged"
    yield "cut.jpg", papers.jpeg()[:200], "accepted/damaged"
    yield "wrong sum.png", papers.png().replace(b"IDAT", b"IDAT", 1)[:-20] + bytes(20), "accepted/damaged"
    yield "zero.png", flood(0, 0), "accepted/damaged"
    yield "nothing in it.jpg", specimens.JPEG, "accepted/damaged"
