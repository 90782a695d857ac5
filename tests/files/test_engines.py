"""What is made of a file for judges names nobody; whatever it does, it ends in an outcome with a reason."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from challenge.engines import previews
from challenge.engines.previews import Outcome
from challenge.files.names import extension_of
from challenge.files.sniffing import ALLOWED
from tests.files import papers, specimens

SECRET = "Zhang Canary Weiming"


def derive(folder: Path, name: str, data: bytes, **more: float) -> Outcome:
    """What comes of a file of this name."""
    source, made = folder / "source", folder / "made"
    source.write_bytes(data)
    made.mkdir()
    return previews.derive(source, ALLOWED[extension_of(name)][1], made, **more)


@pytest.mark.parametrize("name", papers.SIGNED)
def test_the_author_is_in_the_original_and_nowhere_in_what_judges_get(tmp_path: Path, name: str) -> None:
    data = papers.SIGNED[name](SECRET)
    assert SECRET.encode() in papers.inside(data)
    outcome = derive(tmp_path, name, data)
    clean = next(made for made in outcome.made if made.kind == "clean")
    for made in outcome.made:
        assert SECRET.encode() not in papers.inside(made.path.read_bytes()), made
    assert clean.media_type == ALLOWED[extension_of(name)][1]
    if name.endswith(("docx", "odt")):
        assert b"Polarised light" in papers.inside(clean.path.read_bytes())
        assert b"tracker.example" not in papers.inside(clean.path.read_bytes())


@pytest.mark.parametrize("name", papers.SIGNED)
def test_two_authors_of_one_work_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    made = []
    for number, who in enumerate(("Li", "A much longer name of a company, Ltd")):
        folder = tmp_path / str(number)
        folder.mkdir()
        outcome = derive(folder, name, papers.SIGNED[name](who))
        made.append([(each.kind, each.page, each.path.read_bytes()) for each in outcome.made])
    assert made[0] == made[1]


def test_the_pages_of_a_pdf_are_pictures_of_a_bounded_size(tmp_path: Path) -> None:
    outcome = derive(tmp_path, "a.pdf", papers.pdf(pages=60))
    pages = [made for made in outcome.made if made.kind == "page"]
    assert [made.page for made in pages] == list(range(1, 41))
    with Image.open(pages[0].path) as picture:
        assert picture.width * picture.height <= 2_500_000
        assert picture.getexif() == {}


def test_a_pdf_keeps_its_links_and_loses_what_acts(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page()
    actions = {"URI": {"URI": "https://example.org/"}, "JavaScript": {"JS": "1"}, "SubmitForm": {"F": "x"}}
    document.pages[0].Annots = pikepdf.Array(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **facts),
        )
        for kind, facts in actions.items()
    )
    out = io.BytesIO()
    document.save(out)
    clean = derive(tmp_path, "a.pdf", out.getvalue()).made[0].path
    with pikepdf.open(clean) as known:
        kept = [str(each.A.S) for each in known.pages[0].Annots if "/A" in each]
    assert kept == ["/URI"]


def test_an_archive_is_not_shown(tmp_path: Path) -> None:
    outcome = derive(tmp_path, "a.zip", specimens.archive("a.txt"))
    assert [(each.state, each.reason) for each in outcome.missing] == [("none", "archive")]


def flood(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def bomb(entry: str, megabytes: int) -> bytes:
    """A document of which one part unpacks to very much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(entry, b"\0" * megabytes * 1024 * 1024)
    return out.getvalue()


def locked() -> bytes:
    """A PDF with a password."""
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("flood.png", flood(60_000, 60_000), "too_many_pixels"),
        ("huge.png", flood(2**31 - 1, 1), "too_many_pixels"),
        ("cut.png", papers.png()[:60], "damaged"),
        ("cut.jpg", specimens.JPEG, "damaged"),
        ("bomb.docx", bomb("word/document.xml", 70), "bomb"),
        ("ratio.docx", bomb("word/document.xml", 20), "bomb"),
        ("xxe.docx", papers.docx(**{"word/x.xml": ENTITY}), "unsafe_xml"),
        ("laughs.xlsx", papers.zipped({"[Content_Types].xml": "", "xl/x.xml": LAUGHS}), "unsafe_xml"),
        ("slip.docx", papers.docx(**{"word/../../x.xml": "x"}), "unsafe_names"),
        ("broken.docx", papers.docx()[:200] + b"\0" * 50 + papers.docx()[250:], "damaged"),
        ("locked.pdf", locked(), "encrypted"),
        ("empty.pdf", specimens.PDF, "damaged"),
        ("words.pdf", b"%PDF-1.7\n" + b"nonsense " * 500, "damaged"),
    ],
)
def test_what_cannot_be_prepared_says_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    outcome = derive(tmp_path, name, data)
    assert [each.reason for each in outcome.missing if each.kind == "clean"] == [reason]
    assert outcome.made == ()


def test_a_child_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    started = time.monotonic()
    outcome = derive(tmp_path, "a.pdf", papers.pdf(pages=40), seconds=0.05)
    assert time.monotonic() - started < 5
    assert [each.reason for each in outcome.missing] == ["too_slow"]


HUNGRY = """
import sys
from challenge.engines import child
child.makers = lambda: {"text/plain": lambda _work: bytearray(2 * 1024**3)}
child.main("text/plain", *sys.argv[1:])
"""


def test_a_child_that_wants_too_much_memory_does_not_get_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HUNGRY, str(tmp_path / "source"), str(tmp_path)]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True, timeout=60)
    said = json.loads((tmp_path / previews.RESULT).read_text())
    assert said["missing"] == [["clean", "failed", "too_much_memory"]]


def test_a_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MOST_BYTES", 10)
    outcome = derive(tmp_path, "a.pdf", papers.pdf())
    assert [each.reason for each in outcome.missing] == ["too_large"]
