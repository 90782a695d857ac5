"""PDF, Office and OpenDocument files that mean harm, each with what becomes of its copy for judges."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from tests.files import papers, specimens

ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><x/>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><x>&i;</x>"
)
DIFFERS = "file_type_differs"


def documents() -> dict[str, tuple[bytes, str]]:
    """Names, bytes, outcomes."""
    zeros = "\0" * 30_000_000
    return {
        "macros.docx": (papers.docx(**{"word/vbaProject.bin": "x"}), DIFFERS),
        "macros elsewhere.docx": (papers.docx(**{"word/x/VBAPROJECT.BIN": "x"}), DIFFERS),
        "macros.xlsx": (specimens.archive("[Content_Types].xml", "xl/a.xml", "xl/vbaProject.bin"), DIFFERS),
        "macros.odt": (_odt(**{"Basic/Standard/x.xml": "<script>Shell</script>"}), "accepted/done"),
        "entity.docx": (papers.docx(**{"word/a.xml": ENTITY}), "accepted/unsafe_xml"),
        "parameter.docx": (papers.docx(**{"word/a.xml": PARAMETER}), "accepted/unsafe_xml"),
        "laughs.docx": (papers.docx(**{"word/a.xml": LAUGHS}), "accepted/unsafe_xml"),
        "utf16 entity.docx": (
            papers.docx(**{"word/a.xml": ("\ufeff" + ENTITY).encode("utf-16-le")}),
            "accepted/unsafe_xml",
        ),
        "entity.odt": (_odt(**{"content2.xml": ENTITY}), "accepted/unsafe_xml"),
        "entity.xlsx": (
            papers.zipped({"[Content_Types].xml": ENTITY, "xl/a.xml": ""}),
            "accepted/unsafe_xml",
        ),
        "template.docx": (
            papers.docx(**{"word/settings.xml": '<w:attachedTemplate r:id="http://127.0.0.1/x.dotm"/>'}),
            "accepted/done",
        ),
        "object.docx": (papers.docx(**{"word/embeddings/oleObject1.bin": specimens.EXE}), "accepted/done"),
        "bomb.docx": (papers.docx(**{"word/a.xml": zeros}), "accepted/bomb"),
        "nested bomb.docx": (
            papers.docx(**{"word/embeddings/a.docx": papers.docx(**{"word/a.xml": zeros})}),
            "accepted/bomb",
        ),
        "slip.docx": (papers.docx(**{"word/../../../slip-canary": "x"}), "accepted/unsafe_names"),
        "absolute.docx": (papers.docx(**{"/var/slip-canary": "x"}), "accepted/unsafe_names"),
        "script.docx": (
            papers.docx(**{"word/a.html": "<script>alert('PWNED')</script>"}),
            "accepted/done",
        ),
        "cut.docx": (papers.docx()[:-40], "file_damaged"),
        "empty.odt": (specimens.odt(), "accepted/done"),
    }


def _odt(**more: str) -> bytes:
    return papers.zipped({"content.xml": "<x/>", **more}, first=b"application/vnd.oasis.opendocument.text")


def pdfs() -> Iterator[tuple[str, bytes, str]]:
    """Names, bytes, outcomes."""
    done = "accepted/done"
    yield "script.pdf", _acting({"S": "/JavaScript", "JS": "app.alert('PWNED')"}), done
    yield "launch.pdf", _acting({"S": "/Launch", "F": "calc.exe"}), done
    yield "submit.pdf", _acting({"S": "/SubmitForm", "F": "http://127.0.0.1/x"}), done
    yield "attached.pdf", papers.pdf("evil.exe", pages=1), done
    yield "form.pdf", _form(), done
    yield "locked.pdf", _locked(), "accepted/encrypted"
    yield "only a head.pdf", specimens.PDF, "accepted/damaged"
    yield "nonsense.pdf", b"%PDF-1.7\n" + b"nonsense " * 500, "accepted/damaged"
    yield "cut.pdf", papers.pdf(pages=3)[:400], "accepted/damaged"
    yield "loop.pdf", _loop(), "accepted/damaged"
    yield "deep.pdf", _deep(), "accepted/damaged"
    yield "bomb.pdf", _bomb(), done
    yield "wide.pdf", _wide(), done
    yield "no pages.pdf", _save(pikepdf.new()), "accepted/damaged"


def _save(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _acting(action: dict[str, str]) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    parts = {name: pikepdf.Name(value) if value.startswith("/") else value for name, value in action.items()}
    document.Root.OpenAction = pikepdf.Dictionary(**parts)
    document.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(**parts))
    return _save(document)


def _form() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.AcroForm = pikepdf.Dictionary(
        XFA=document.make_stream(b"<xdp><script>x</script></xdp>"), Fields=[]
    )
    return _save(document)


def _locked() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def _loop() -> bytes:
    """A tree of pages that is its own child."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
    )
    return _by_hand(objects)


def _deep() -> bytes:
    """Arrays in arrays, half a million deep."""
    nest = b"[" * 500_000 + b"]" * 500_000
    return _by_hand(
        (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids " + nest + b" /Count 0 >>")
    )


def _by_hand(objects: tuple[bytes, ...]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def _bomb() -> bytes:
    """A page whose content unpacks to 100 MB of spaces."""
    document = pikepdf.new()
    document.add_blank_page()
    document.pages[0].Contents = document.make_stream(b" " * 100_000_000)
    return _save(document)


def _wide() -> bytes:
    """A page of a kilometre by a kilometre."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(14_400, 14_400))
    document.pages[0].UserUnit = 200
    document.pages[0].MediaBox = [0, 0, 2_800_000, 2_800_000]
    return _save(document)
