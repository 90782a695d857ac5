"""All of an entry that was offered anew, where its team allows that: what judges read, and its files.

Nothing that its form hides from judges is in it. Of a file the copy without hidden data goes out, where one
could be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from challenge.awards.anew_reads import Released
from challenge.awards.gallery import Handed
from challenge.files import derivatives
from challenge.rules.errors import NotFound
from challenge.submissions import queries, reading
from challenge.submissions.models import Submission
from challenge.submissions.reading import Part


@dataclass(frozen=True, slots=True)
class Whole:
    """What stands in it, by the sections of its form, and its files."""

    parts: tuple[Part, ...]
    content: Mapping[str, Any]
    manifest: Sequence[Mapping[str, Any]]


def read(session: Session, offer: Released) -> Whole | None:
    """The entry as it was judged (three statements); None where its team allows less."""
    if offer.part != "whole":
        return None
    version = queries.version(session, offer.submission_id)
    submission = session.get_one(Submission, offer.submission_id)
    spec = reading.form_of(session, submission, version.content).spec
    secret = reading.hidden_files(spec)
    manifest = [file for file in version.manifest if file.get("field") not in secret]
    return Whole(reading.parts(spec, version.content, manifest, None), version.content, manifest)


def file(session: Session, offer: Released, place: int) -> Handed:
    """The file at this place (from 1); raises NotFound, also from the moment on when it was taken back."""
    whole = read(session, offer)
    if whole is None or not 1 <= place <= len(whole.manifest):
        raise NotFound
    entered = whole.manifest[place - 1]
    copy = derivatives.of(session, [entered["sha256"]]).get(entered["sha256"], derivatives.WAITING).clean
    found = copy or Handed(entered["sha256"], entered["size"], entered["media_type"], entered["name"])
    return Handed(found.sha256, found.size, found.media_type, entered["name"])
