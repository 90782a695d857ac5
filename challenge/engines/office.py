"""Office and OpenDocument files rewritten part by part: without properties, thumbnails, and names of authors.

The parts are copied into a new ZIP with names of ours only where we know them, each bounded. Pictures inside
are drawn anew; a document inside a document is cleaned like the outer one, and any other object is emptied.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from challenge.engines import pictures
from challenge.engines.faults import BROKEN_ZIP, Unfit

if TYPE_CHECKING:
    from challenge.engines.child import Work

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
TYPES = {
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    f"{_ODF}text": "odt",
    f"{_ODF}spreadsheet": "ods",
    f"{_ODF}presentation": "odp",
}
MOST_PARTS = 5_000
PART_BYTES = 64 * 1024 * 1024
ALL_BYTES = 256 * 1024 * 1024
MOST_RATIO = 200  # of a part larger than a megabyte
DEEPEST = 2
EPOCH = (1980, 1, 1, 0, 0, 0)

_LEFT_OUT = re.compile(
    r"(docProps|Thumbnails|_xmlsignatures|Configurations2|Basic|Scripts|customXml|xl/threadedComments)/"
    r"|META-INF/(document|macro)signatures|layout-cache|xl/revisions/"
    r"|(word|xl|ppt)/(vbaProject|people\.xml|persons/|attachedToolbars|printerSettings)"
)
_XML = (".xml", ".rels", ".rdf")
_PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_BARE_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
    b"<office:meta/></office:document-meta>"
)

# What names a person or a moment in the XML of all six types: (where, what stands there instead).
_PREFIX = rb"(?:w|w14|w15|w16\w*|p|p15|p188|x|xr)"
_WHO = rb"(?:author|initials|userId|providerId|lastModifiedBy)"
_AUTHOR = rb"(?:p:|p15:|p188:)?(?:cmAuthor|author|person)"
_TEXT = rb"(?:author-name|author-initials|initial-creator|creator|editing-cycles|sender-\w+)"
_WORDS: tuple[tuple[re.Pattern[bytes], bytes], ...] = tuple(
    (re.compile(pattern, re.DOTALL), instead)
    for pattern, instead in (
        (rb"(\s" + _PREFIX + rb":" + _WHO + rb'=)"[^"]*"', rb'\1""'),
        (rb"(\s" + _PREFIX + rb":" + _WHO + rb"=)'[^']*'", rb"\1''"),
        (rb'(\s(?:w|w16du|w16cex):(?:date|dateUtc)=)"[^"]*"', rb'\1"2000-01-01T00:00:00Z"'),
        (rb"(<" + _AUTHOR + rb'\b[^>]*?\s(?:name|displayName)=)"[^"]*"', rb'\1""'),
        (rb"(<" + _AUTHOR + rb'\b[^>]*?\sinitials=)"[^"]*"', rb'\1""'),
        (rb"(<(?:x:)?author>)[^<]*(</)", rb"\1\2"),
        (rb"<w:rsids>.*?</w:rsids>", b""),
        (rb'\sw:rsid\w*="[^"]*"', b""),
        (rb"<(?:x15ac:absPath|x:fileSharing|fileSharing)\b[^>]*/>", b""),
        (rb"<w:attachedTemplate\b[^>]*/>", b""),
        (rb"(<dc:creator>)[^<]*(</)", rb"\1\2"),
        (rb"(<(?:dc:date|meta:creator-initials|loext:sender-initials|meta:date-string)>)[^<]*(</)", rb"\1\2"),
        (rb'(\s(?:office|text|loext):author=)"[^"]*"', rb'\1""'),
        (rb"(<text:" + _TEXT + rb"\b[^>]*>)[^<]*(</)", rb"\1\2"),
        (
            (
                rb'<config:config-item config:name="(?:PrinterName|PrinterSetup|CurrentDatabase\w*)"[^>]*>'
                rb"[^<]*</config:config-item>"
            ),
            b"",
        ),
        (rb'(<draw:(?:image|object)\b[^>]*?\sxlink:href=)"[a-z]+:[^"]*"', rb'\1""'),
    )
)
_END = rb"[^>]*?(?:/>|>\s*</\w+(?::[\w-]+)?>)"
_REFERENCES = re.compile(
    rb"<Relationship\b[^>]*?(?:metadata/|extended-properties|custom-properties|/thumbnail|customXml|"
    rb"vbaProject|digital-signature|/people|/person|printerSettings|threadedComment|attachedTemplate)" + _END
)
_OVERRIDES = re.compile(
    rb'<Override\b[^>]*?PartName="/(?:docProps|customXml|word/people|word/vbaProject|xl/persons|'
    rb"xl/threadedComments|ppt/persons|_xmlsignatures)" + _END
)
_MANIFEST = re.compile(
    rb'<manifest:file-entry\b[^>]*?manifest:full-path="(?:Thumbnails|Configurations2|Basic|Scripts|'
    rb"META-INF/\w+signatures|layout-cache)" + _END
)
_OUTSIDE = re.compile(rb'<Relationship\b[^>]*?TargetMode="External"[^>]*>')
_TARGET = re.compile(rb'(\sTarget=)"[^"]*"')


def make(work: Work) -> None:
    """The rewritten document. Its pages are drawn by no library that we would let near it."""
    name = f"clean.{TYPES[work.media_type]}"
    data = rewritten(work.source.read_bytes())
    work.place(name).write_bytes(data)
    work.made("clean", 0, work.media_type, name)
    work.missing("page", "none", "office")


def rewritten(data: bytes, depth: int = 0) -> bytes:
    """The document without what says who made it. Raises `Unfit`."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as known, zipfile.ZipFile(out, "w") as bare:
            parts = known.infolist()
            _check(parts)
            for part in parts:
                if part.is_dir() or _LEFT_OUT.match(part.filename):
                    continue
                stored = part.filename == "mimetype"
                about = zipfile.ZipInfo(part.filename, EPOCH)
                about.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                bare.writestr(about, _part(part.filename, _read(known, part), depth))
    except BROKEN_ZIP as error:
        raise Unfit("damaged") from error
    except RuntimeError:  # a part with a password
        raise Unfit("encrypted") from None
    return out.getvalue()


def _check(parts: list[zipfile.ZipInfo]) -> None:
    """What the list says already: too many parts, too much inside, or names that lead elsewhere."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > ALL_BYTES:
        raise Unfit("bomb")
    for part in parts:
        large = part.file_size > 1024 * 1024
        if part.file_size > PART_BYTES or (large and part.file_size > MOST_RATIO * part.compress_size):
            raise Unfit("bomb")
        if part.filename.startswith(("/", "\\")) or ".." in part.filename.replace("\\", "/").split("/"):
            raise Unfit("unsafe_names")
    if len({part.filename for part in parts}) != len(parts):
        raise Unfit("unsafe_names")


def _read(known: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part as far as its list entry says, whatever it claims to hold."""
    with known.open(part) as file:
        data = file.read(part.file_size + 1)
    if len(data) != part.file_size:
        raise Unfit("bomb")
    return data


def _part(name: str, data: bytes, depth: int) -> bytes:
    lower = name.lower()
    if name.rpartition("/")[2] == "meta.xml":
        return _BARE_META
    if lower.endswith(_XML) or name == "mimetype":
        return _xml(data)
    for ending, kind in _PICTURES.items():
        if lower.endswith(ending):
            return _picture(data, kind)
    if lower.endswith(tuple(f".{extension}" for extension in TYPES.values())):
        return rewritten(data, depth + 1) if depth < DEEPEST else b""
    if "/embeddings/" in lower or "/activex/" in lower or lower.startswith("object"):
        return b""
    return data


def _xml(data: bytes) -> bytes:
    """The same XML without names; one with a document type could say anything and is not taken."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16").encode("utf-8").replace(b'encoding="UTF-16"', b'encoding="UTF-8"', 1)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unfit("unsafe_xml")
    for pattern, instead in _WORDS:
        data = pattern.sub(instead, data)
    for pattern in (_REFERENCES, _OVERRIDES, _MANIFEST):
        data = pattern.sub(b"", data)
    return _OUTSIDE.sub(_nowhere, data)


def _nowhere(found: re.Match[bytes]) -> bytes:
    """What a document would fetch by itself from elsewhere leads nowhere; a link that is clicked may stay."""
    reference = found.group()
    return reference if b"/hyperlink" in reference else _TARGET.sub(rb'\1"about:blank"', reference)


def _picture(data: bytes, kind: str) -> bytes:
    out = io.BytesIO()
    try:
        pictures.drawn_anew(io.BytesIO(data), kind).save(out, kind, quality=pictures.QUALITY)
    except Unfit as fault:
        if fault.reason == "too_many_pixels":
            raise
        return b""  # it shows nowhere as it is
    return out.getvalue()
