"""Files whose metadata would tell who wrote them, and what `flask work` makes of files for judges."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import sqlalchemy as sa
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy.orm import Session

from challenge.engines import previews
from challenge.files.models import Blob
from challenge.flow import deriving
from challenge.tasks.queue import Leased


def derive_all(session: Session) -> None:
    """Make the derivatives of every stored file, as `flask work` would."""
    digests = list(session.scalars(sa.select(Blob.sha256)))
    session.commit()
    for digest in digests:
        task = Leased(0, "derive", f"derive/{digest}", {"sha256": digest}, 1)
        deriving.make(task, previews.derive, previews.MOST_BYTES)


def pdf(secret: str = "Nobody", pages: int = 2) -> bytes:
    """A PDF that names its author in every place that one may stand in."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    with document.open_metadata() as about:
        about["dc:creator"] = [secret]
    document.docinfo["/Author"] = secret
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{secret}')")
    document.attachments[f"{secret}.txt"] = secret.encode()
    page = document.pages[0]
    picture = pikepdf.Stream(
        document,
        jpeg(secret),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=40,
        Height=40,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=document.make_indirect(picture)))
    page.Contents = document.make_stream(b"q 300 0 0 300 100 400 cm /I Do Q")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[0, 0, 20, 20],
        T=secret,
        Contents="A remark",
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=f"{secret}.exe"),
    )
    page.Annots = pikepdf.Array([document.make_indirect(note)])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def inside(data: bytes) -> bytes:
    """All that a PDF or a ZIP holds, unpacked, to search in."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())
    if data.startswith(b"%PDF"):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as document:
            document.save(
                out,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
        return data + out.getvalue()
    return data


def jpeg(secret: str = "Nobody", size: tuple[int, int] = (40, 40)) -> bytes:
    """A photo with its photographer in EXIF, and a comment."""
    exif = Image.Exif()
    exif[0x013B] = secret
    out = io.BytesIO()
    Image.new("RGB", size, "#2255aa").save(out, "JPEG", exif=exif, comment=secret.encode())
    return out.getvalue()


def png(secret: str = "Nobody") -> bytes:
    """A drawing with its author in a text chunk."""
    about = PngInfo()
    about.add_text("Author", secret)
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), "#2255aa80").save(out, "PNG", pnginfo=about)
    return out.getvalue()


def zipped(parts: dict[str, str | bytes], first: bytes = b"") -> bytes:
    """A ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


def docx(secret: str = "Nobody", **more: str | bytes) -> bytes:
    """A Word document with its author in properties, changes, comments, people and a photo."""
    return zipped(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="xml" ContentType="application/xml"/>'
                '<Override PartName="/docProps/core.xml" ContentType="x"/>'
                '<Override PartName="/word/people.xml" ContentType="x"/></Types>'
            ),
            "_rels/.rels": (
                f'<Relationships {RELS}><Relationship Id="r1" Type="{TYPE}/officeDocument" '
                f'Target="word/document.xml"/><Relationship Id="r2" Type="{CORE}" '
                'Target="docProps/core.xml"/></Relationships>'
            ),
            "docProps/core.xml": f"<cp><dc:creator>{secret}</dc:creator></cp>",
            "docProps/app.xml": f"<Properties><Company>{secret}</Company></Properties>",
            "word/document.xml": (
                f'<w:document {W}><w:body><w:ins w:author="{secret}" w:date="2026-01-01T00:00:00Z">'
                "<w:r><w:t>Polarised light</w:t></w:r></w:ins></w:body></w:document>"
            ),
            "word/comments.xml": (
                f'<w:comments {W}><w:comment w:id="0" w:author="{secret}" w:initials="{secret[:2]}">'
                "<w:p/></w:comment></w:comments>"
            ),
            "word/people.xml": f'<w15:people><w15:person w15:author="{secret}"/></w15:people>',
            "word/_rels/document.xml.rels": (
                f'<Relationships {RELS}><Relationship Id="r1" Type="{TYPE}/people" Target="people.xml"/>'
                f'<Relationship Id="r2" Type="{TYPE}/image" Target="http://tracker.example/x.png" '
                'TargetMode="External"/></Relationships>'
            ),
            "word/media/image1.jpeg": jpeg(secret),
            **more,
        }
    )


def xlsx(secret: str = "Nobody") -> bytes:
    """A workbook with authors of comments and a path of its owner."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "docProps/core.xml": f"<dc:creator>{secret}</dc:creator>",
            "xl/workbook.xml": f'<workbook><x15ac:absPath url="C:\\Users\\{secret}\\"/></workbook>',
            "xl/comments1.xml": f"<comments><authors><author>{secret}</author></authors></comments>",
            "xl/persons/person.xml": f'<personList><person displayName="{secret}"/></personList>',
            "xl/threadedComments/threadedComment1.xml": f"<ThreadedComments>{secret}</ThreadedComments>",
        }
    )


def pptx(secret: str = "Nobody") -> bytes:
    """Slides with authors of comments."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "ppt/presentation.xml": "<p:presentation/>",
            "ppt/commentAuthors.xml": f'<p:cmAuthor id="1" name="{secret}" initials="x"/>',
            "docProps/core.xml": f"<dc:creator>{secret}</dc:creator>",
        }
    )


def odt(secret: str = "Nobody") -> bytes:
    """An OpenDocument text with its author in meta.xml, notes and changes."""
    return zipped(
        {
            "META-INF/manifest.xml": (
                '<manifest:manifest><manifest:file-entry manifest:full-path="Thumbnails/thumbnail.png" '
                'manifest:media-type="image/png"/></manifest:manifest>'
            ),
            "meta.xml": f"<office:meta><meta:initial-creator>{secret}</meta:initial-creator></office:meta>",
            "content.xml": (
                f"<office:document-content><office:annotation><dc:creator>{secret}</dc:creator>"
                f"</office:annotation><text:author-name>{secret}</text:author-name>"
                "<text:p>Polarised light</text:p></office:document-content>"
            ),
            "Thumbnails/thumbnail.png": png(secret),
        },
        first=b"application/vnd.oasis.opendocument.text",
    )


SIGNED = {
    "report.pdf": pdf,
    "photo.jpg": jpeg,
    "drawing.png": png,
    "report.docx": docx,
    "table.xlsx": xlsx,
    "slides.pptx": pptx,
    "text.odt": odt,
}
