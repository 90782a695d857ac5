"""The files of a draft."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from challenge.api.shapes import Data, gives
from challenge.api.solve.room import enter
from challenge.api.solve.shapes import Files
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import receiving
from challenge.files import services as files_of
from challenge.files.download import send
from challenge.files.receiving import Limits, Size
from challenge.files.storage import storage
from challenge.rules.errors import Invalid, TooLarge
from challenge.rules.permissions import Action
from challenge.submissions import merging
from challenge.submissions.material import OWNER
from challenge.submissions.queries import Shown


@gives(Files)
def files(ref: str) -> Data:
    """The files of the draft, and how much it takes."""
    return _listed(enter(ref, Action.SUBMISSION_READ))


@gives(Files, 201)
def upload(ref: str) -> Any:
    """Send files as multipart/form-data; the name of each part is the key of the form's field."""
    shown = enter(ref, Action.SUBMISSION_EDIT)
    round_ = shown.round
    present = len(shown.material.files)
    allowed = Limits(max(0, round_.max_files - present), round_.max_file_bytes, round_.max_files)
    keys = {field.key for field in shown.form.spec.of_kind("files")}
    most = current_app.config["SETTINGS"].max_upload_bytes
    if (request.content_length or 0) > most:
        raise TooLarge("upload_too_large", limit=Size(most))
    db.session.close()  # no connection is held while bytes trickle in
    envelope = receiving.envelope(request.content_type or "", request.content_length)
    body = request.environ["wsgi.input"]
    with receiving.receive(storage(), body, envelope, allowed, lambda _fields: None) as received:
        if received.fault is not None:
            raise received.fault
        kept = received.keep()
        if not kept:
            raise Invalid("files", "no_file")
        unknown = next((each.field for each in kept if each.field not in keys), None)
        if unknown is not None:
            raise Invalid(unknown, "field_unknown")
        with writing() as session:
            merged = merging.merge(session, actor(), ref, {}, {}, strict=True, kept=kept)
            if merged.no_room is not None:
                raise merged.no_room
    return _listed(enter(ref, Action.SUBMISSION_READ)), 201


@gives(None)
def download(ref: str, file_ref: str) -> Response:
    """A file of the draft."""
    shown = enter(ref, Action.SUBMISSION_READ)
    found = files_of.find(db.session, OWNER, shown.submission.id, file_ref)
    return send(found.sha256, found.size, found.media_type, found.name)


@gives(None, 204)
def remove(ref: str, file_ref: str) -> Any:
    """Take a file out of the draft; what was entered with it stays as it was."""
    enter(ref, Action.SUBMISSION_EDIT)
    merging.merge(db.session, actor(), ref, {}, {}, strict=True, remove=file_ref)
    return "", 204


def _listed(shown: Shown) -> Data:
    round_ = shown.round
    return {
        "items": shown.material.files,
        "most": round_.max_files,
        "most_bytes": round_.max_file_bytes,
    }
