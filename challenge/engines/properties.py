"""Who made a file, as its properties say: author and company of a PDF or an office file.

The file is a stranger's, so it is read in a child that limits itself; what it says is a few short texts.
"""

from __future__ import annotations

import html
import io
import json
import re
import subprocess  # nosec B404 - only for the name of what it raises
import sys
import zipfile
from collections.abc import Iterator

from challenge.engines import child, children
from challenge.engines.faults import BROKEN_ZIP

MOST_BYTES = 64 * 1024 * 1024
SECONDS = 60.0
MOST, LENGTH = 10, 200
PART_BYTES = 1024 * 1024
# Parts of office files and the tags in them that name people and firms.
_PARTS = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml")
_NAMING = "dc:creator|cp:lastModifiedBy|Company|Manager|meta:initial-creator|meta:printed-by"
_TAGS = re.compile(rf"<(?:{_NAMING})(?:\s[^>]*)?>([^<]+)</")
_XMP = re.compile(r"<(dc:creator|pdf:Author|xmpRights:Owner)>(.*?)</\1>", re.DOTALL)
_LINE = re.compile(r"<[^>]+>")
_OF_PDF = ("/Author", "/Company", "/Manager")


def read(data: bytes, media_type: str) -> list[str]:
    """What the properties of a file say; nothing for a file that cannot be read."""
    try:
        done = children.run("challenge.engines.properties", media_type, sent=data, seconds=SECONDS)
    except subprocess.TimeoutExpired:
        return []
    if done.returncode != 0:
        return []
    said = json.loads(done.stdout or b"[]")
    return [str(each) for each in said]


def main(media_type: str) -> int:
    """In the child: the file comes in, the texts go out as JSON."""
    child.limit()
    data = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(found(data, media_type)))
    return 0


def found(data: bytes, media_type: str) -> list[str]:
    """The texts, each once, in their order, as short as a name."""
    texts = _pdf(data) if media_type == "application/pdf" else _office(data)
    plain = (re.sub(r"\s+", " ", each).strip()[:LENGTH] for each in texts)
    return list(dict.fromkeys(each for each in plain if each))[:MOST]


def _pdf(data: bytes) -> Iterator[str]:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            known = document.docinfo
            yield from (str(known[key]) for key in _OF_PDF if key in known)
            metadata = document.Root.get("/Metadata")
            if isinstance(metadata, pikepdf.Stream):
                text = metadata.read_bytes()[:PART_BYTES].decode("utf-8", "replace")
                for _tag, block in _XMP.findall(text):
                    yield from (html.unescape(line) for line in _LINE.split(block))
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, RecursionError):
        return


def _office(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as known:
            names = set(known.namelist())
            for part in _PARTS:
                if part in names:
                    with known.open(part) as file:
                        text = file.read(PART_BYTES).decode("utf-8", "replace")
                    yield from (html.unescape(each) for each in _TAGS.findall(text))
    except (*BROKEN_ZIP, RuntimeError):
        return


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
