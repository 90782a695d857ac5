"""Papers as PDF by typst, in a child process that is killed when it takes too long.

What stands on a paper is plain values; the template reads them as JSON, so nothing in them is markup. The
child knows neither the app nor the database, and limits its own memory and time as the other engines do.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess  # nosec B404 - for what it raises
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from challenge.engines import children

if TYPE_CHECKING:
    import typst

TEMPLATES = children.ROOT / "templates" / "print"
SECONDS = 60  # less than a task's lease
LONGEST = 500  # longer than any title or name of ours
LONGEST_TEXT = 5_000  # and than any text that is handed in
LONGEST_TERMS = 200_000  # than any part of an agreement: what was signed is never cut
HEAD = struct.Struct(">Q")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class PaperFault(RuntimeError):
    """The paper could not be made; the message says what the engine said."""


def receipt(said: Mapping[str, Any], statement: str, *, seconds: float = SECONDS) -> bytes:
    """The PDF (PDF/A-3 where the font has every letter) of a receipt or a refusal, its document attached.

    `said` is what `templates/print/receipt.typ` names. The same input gives the same bytes. Raises
    `PaperFault`.
    """
    data = {"said": dict(said), "statement": statement, "address": said["verify"]["url"]}
    return _made("receipt.typ", data, seconds)


def need(said: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The PDF of a requirement's paper form; `said` is what `templates/print/need.typ` names.

    The same input gives the same bytes. Raises `PaperFault`.
    """
    return _made("need.typ", {"said": dict(said), "statement": "", "address": "", "texts": True}, seconds)


def figures(said: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The PDF of the funnel's figures; `said` is what `templates/print/figures.typ` names.

    The same input gives the same bytes. Raises `PaperFault`.
    """
    return _made("figures.typ", {"said": dict(said), "statement": "", "address": ""}, seconds)


def certificate(said: Mapping[str, Any], statement: str, *, seconds: float = SECONDS) -> bytes:
    """The PDF of a certificate, its signed document attached.

    `said` is what `templates/print/certificate.typ` names. The same input gives the same bytes. Raises
    `PaperFault`.
    """
    return certificates([(said, statement)], seconds=seconds)[0]


def certificates(asked: Sequence[tuple[Mapping[str, Any], str]], *, seconds: float = SECONDS) -> list[bytes]:
    """The same for many, in their order, by one child: it reads template and font once."""
    data = [
        {"said": dict(said), "statement": statement, "address": said["verify"]["url"]}
        for said, statement in asked
    ]
    return _all("certificate.typ", data, seconds)


def handover(said: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The PDF of a handover record; `said` is what `templates/print/handover.typ` names.

    The same input gives the same bytes. Raises `PaperFault`.
    """
    return _made("handover.typ", {"said": dict(said), "statement": "", "address": "", "texts": True}, seconds)


def agreement(said: Mapping[str, Any], statement: str, *, seconds: float = SECONDS) -> bytes:
    """The PDF of an agreement, signed or a draft, with its record attached; nothing of it is cut short.

    `said` is what `templates/print/agreement.typ` names. The same input gives the same bytes. Raises
    `PaperFault`.
    """
    data = {"said": dict(said), "statement": statement, "address": said["verify"]["url"], "texts": True}
    return _made("agreement.typ", {**data, "longest": LONGEST_TERMS}, seconds)


def _made(template: str, data: Mapping[str, Any], seconds: float) -> bytes:
    return _all(template, [data], seconds)[0]


def _all(template: str, data: Sequence[Mapping[str, Any]], seconds: float) -> list[bytes]:
    try:
        sent = json.dumps(data).encode()
        done = children.run("challenge.engines.papers", template, sent=sent, seconds=seconds)
    except subprocess.TimeoutExpired:
        raise PaperFault(f"not done within {seconds:g} s") from None
    made = list(_frames(done.stdout))
    if done.returncode or len(made) != len(data) or not all(each.startswith(b"%PDF-") for each in made):
        raise PaperFault(done.stderr.decode(errors="replace")[-1000:] or f"ended with {done.returncode}")
    return made


def _frames(sent: bytes) -> Iterator[bytes]:
    """The papers in what the child wrote: each after its length."""
    at = 0
    while at + HEAD.size <= len(sent):
        [size] = HEAD.unpack_from(sent, at)
        at += HEAD.size
        yield sent[at : at + size]
        at += size


def _child(template: Path) -> None:
    """In the child: a list of values from stdin, a PDF for each to stdout."""
    from challenge.engines.child import limit

    limit()
    import pylopdf_fonts_zh_cn
    import typst

    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=[Path(pylopdf_fonts_zh_cn.sans_path()).parent],
        ignore_system_fonts=True,
    )
    for data in json.load(sys.stdin.buffer):
        made = _one(compiler, data)
        sys.stdout.buffer.write(HEAD.pack(len(made)) + made)


def _one(compiler: typst.Compiler, data: Mapping[str, Any]) -> bytes:
    import datetime as dt

    import segno
    import typst

    picture = io.BytesIO()
    if data["address"]:
        code = segno.make(data["address"], error="m")
        code.save(picture, kind="svg", border=0, dark="#171b20", xmldecl=False)
    year, month, day, hour, minute, second = data["said"]["date"]
    at = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    inputs = {
        "said": json.dumps(_visible(data["said"], **_kept(data))),
        "statement": data["statement"],
        "qr": picture.getvalue().decode(),
    }
    try:
        # PDF/A-3a: with what is attached, for the archive, and to be read aloud.
        made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="a-3a", timestamp=at)
    except typst.TypstError:
        # A letter that our font lacks (an emoji in a file name) shows as a box, which PDF/A does not allow.
        made = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=at)
    return made if isinstance(made, bytes) else b""


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """How long a text of this paper may be, and which control characters stay: lines, in whole paragraphs."""
    if data.get("texts", False):
        return {"longest": data.get("longest", LONGEST_TEXT), "plain": "\n"}
    return {"longest": LONGEST, "plain": ""}


def _visible(value: Any, *, longest: int, plain: str) -> Any:
    """The same with control and direction characters spelled out, so that no name pretends to be another."""
    if isinstance(value, dict):
        return {key: _visible(each, longest=longest, plain=plain) for key, each in value.items()}
    if isinstance(value, list):
        return [_visible(each, longest=longest, plain=plain) for each in value]
    if not isinstance(value, str):
        return value
    short = value if len(value) <= longest else value[:longest] + "…"
    return "".join(
        f"\\u{ord(c):04x}" if c not in plain and unicodedata.category(c) in UNSEEN else c for c in short
    )


if __name__ == "__main__":
    _child(TEMPLATES / sys.argv[1])
