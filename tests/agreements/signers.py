"""Signing, for stories: who signs with what, scans put forward, papers made and read."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy.orm import Session

from challenge.accounts.identity import Confirmed
from challenge.accounts.models import User
from challenge.agreements import papers, signatures, signing
from challenge.agreements.signing import Wanted
from challenge.agreements.signing_models import AgreementRecord, AgreementSignature, SigningFile
from challenge.files.receiving import Kept
from challenge.files.storage import storage
from tests.agreements.stories import Deal, proposed
from tests.factories import actor_of


def digest_of(made: Deal) -> str:
    """What is to be signed."""
    return signatures.version_of(made.db, made.agreement).digest


def sign(made: Deal, person: User, side: str, **changes: Any) -> AgreementSignature:
    """They sign for a side, by their name unless said otherwise."""
    wanted = {"digest": "", "side": side, "name": person.name} | changes
    wanted["digest"] = wanted["digest"] or digest_of(made)
    return signing.sign(made.db, actor_of(person), made.ref, Wanted(**wanted), Confirmed(person.id))


def both_sign(made: Deal) -> Deal:
    """The seeker, then the solver."""
    sign(made, made.speaker, "seeker")
    sign(made, made.solver, "solver")
    return made


def signed(db: Session, **values: Any) -> Deal:
    """One that all have signed."""
    return both_sign(proposed(db, **values))


def upload(made: Deal, person: User, kind: str, data: bytes, media_type: str) -> SigningFile:
    """A picture or a scan, kept and put forward."""
    with storage().in_use():
        kept = Kept(storage().put(data), len(data), media_type, f"{kind}.bin")
        return signing.upload(made.db, actor_of(person), made.ref, digest_of(made), kind, kept)


def picture(width: int = 300, height: int = 100, colour: str = "navy") -> bytes:
    """A signature as a PNG."""
    from PIL import Image, ImageDraw

    made = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    ImageDraw.Draw(made).line([(10, height - 20), (width // 2, 10), (width - 10, height - 30)], colour, 5)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def printed(made: Deal) -> bytes:
    """The paper of what stands now, as it was kept; whatever is due has to be done before."""
    agreement = made.agreement
    standing = papers.standing(made.db, papers.wanted(agreement, made.db.get(AgreementRecord, agreement.id)))
    assert standing.state == "there", standing
    return b"".join(storage().read(standing.sha256, 0, standing.size))


def text_of(pdf: bytes) -> str:
    """Every word of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\u200b", "")  # where a long word may be broken
