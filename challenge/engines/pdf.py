"""A PDF's pages alone: no information dictionary, XMP, names, attachments, actions or authors of comments.

The pages move into a new document, so that whatever hangs on the catalogue stays behind; then every object
that came along loses what says who, when and with what, and all that would do something by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from challenge.engines.faults import Unfit
from challenge.engines.pictures import QUALITY, without_segments

if TYPE_CHECKING:
    from challenge.engines.child import Work

MOST_PAGES = 40
PAGE_PIXELS = 2_400_000
SCALE = 1.7  # 122 dots an inch: an A4 page of 1,010 x 1,430
DROPPED = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JS", "/JavaScript"),
    *("/EF", "/AF", "/Names", "/Collection", "/Threads", "/SpiderInfo", "/DSS", "/Perms", "/Legal"),
    *("/StructParent", "/StructParents", "/Tabs", "/B", "/Thumb", "/UserUnitInfo", "/OPI", "/Alternates"),
)
OF_ANNOTATIONS = ("/T", "/NM", "/M", "/CreationDate", "/RC", "/Popup", "/IRT", "/Subj", "/OC", "/DS", "/V")
ACTIVE = {
    *("/FileAttachment", "/Movie", "/Sound", "/RichMedia", "/Screen", "/3D", "/Popup", "/TrapNet"),
}
HARMLESS = {"/URI", "/GoTo"}


def make(work: Work) -> None:
    """The clean document, then its first pages as pictures."""
    name = "clean.pdf"
    _clean(work, name)
    work.made("clean", 0, work.media_type, name, more=True)
    _draw(work, name)


def _clean(work: Work, name: str) -> None:
    import pikepdf

    try:
        with pikepdf.open(work.source) as known, pikepdf.new() as bare:
            if not len(known.pages):
                raise Unfit("damaged")
            bare.pages.extend(known.pages)
            for found in bare.objects:
                _strip(found, pikepdf)
            for page in bare.pages:
                _tame(page.obj, pikepdf)
            bare.remove_unreferenced_resources()
            bare.save(work.place(name), deterministic_id=True)
    except pikepdf.PasswordError:
        raise Unfit("encrypted") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, RecursionError) as error:
        raise Unfit("damaged") from error


def _strip(found: Any, pikepdf: Any) -> None:
    """Take from one object what speaks of its makers."""
    if isinstance(found, pikepdf.Stream | pikepdf.Dictionary):
        for key in DROPPED:
            if key in found:
                del found[key]
    if isinstance(found, pikepdf.Stream) and found.get("/Filter") == pikepdf.Name.DCTDecode:
        found.write(without_segments(found.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def _tame(page: Any, pikepdf: Any) -> None:
    """Keep of a page's annotations those that only show something."""
    annotations = page.get("/Annots")
    if annotations is None:
        return
    kept = pikepdf.Array()
    for annotation in list(annotations)[:10_000]:
        if not isinstance(annotation, pikepdf.Dictionary) or str(annotation.get("/Subtype")) in ACTIVE:
            continue
        for key in OF_ANNOTATIONS:
            if key in annotation:
                del annotation[key]
        action = annotation.get("/A")
        if action is not None:
            if not isinstance(action, pikepdf.Dictionary) or str(action.get("/S")) not in HARMLESS:
                del annotation["/A"]
            elif "/Next" in action:
                del action["/Next"]
        kept.append(annotation)
    page["/Annots"] = kept


def _draw(work: Work, name: str) -> None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(work.place(name))
    except pypdfium2.PdfiumError:
        work.missing("page", "failed", "damaged")
        return
    count = min(len(document), MOST_PAGES)
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(SCALE, (PAGE_PIXELS / max(width * height, 1)) ** 0.5)
            picture = page.render(scale=scale).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ValueError, MemoryError):
            work.missing("page", "failed", "damaged")
            return
        picture.save(work.place(f"page-{number}.jpg"), "JPEG", quality=QUALITY)
        page.close()
        work.made("page", number, "image/jpeg", f"page-{number}.jpg", more=number < count)
