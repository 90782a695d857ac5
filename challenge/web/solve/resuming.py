"""Files of a draft in pieces, by the tus protocol: a line may break, a laptop may be closed, it goes on.

The session's cookie says who sends and the header `X-CSRFToken` that a page of ours lets it. The permission
table is asked on every request. No database connection is held while bytes come in.
"""

from __future__ import annotations

from email.utils import format_datetime

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from challenge.base import i18n
from challenge.base.db import db, writing
from challenge.base.session import actor
from challenge.files import services as files
from challenge.files import tus, uploads
from challenge.files.partial import Turn, WrongOffset
from challenge.files.receiving import Size
from challenge.files.storage import storage
from challenge.files.uploads import Coming
from challenge.rules.errors import Invalid, Malformed, TooLarge
from challenge.rules.permissions import Action, require
from challenge.submissions import uploading
from challenge.submissions.material import OWNER
from challenge.web.solve.room import blueprint
from challenge.web.uploads import check_header_token, reads_its_body
from config import Settings

ROUTES: dict[str, dict[str, Action]] = {
    "uploads": {"POST": Action.SUBMISSION_EDIT},
    "upload": {
        "GET": Action.SUBMISSION_EDIT,
        "POST": Action.SUBMISSION_EDIT,
        "PATCH": Action.SUBMISSION_EDIT,
        "DELETE": Action.SUBMISSION_EDIT,
    },
}
READ = 256 * 1024


@blueprint.route(
    "/<ref>/uploads", endpoint="uploads", methods=["POST", "OPTIONS"], provide_automatic_options=False
)
@reads_its_body(blueprint)
def uploads_of(ref: str) -> ResponseReturnValue:
    """Say what is spoken here; or begin an upload, perhaps with its first bytes."""
    if request.method == "OPTIONS":
        return _spoken()
    _admit()
    settings: Settings = current_app.config["SETTINGS"]
    wanted = tus.wanted(request.headers, settings.max_file_bytes)
    with writing() as session:
        begun = uploading.begin(session, actor(), ref, wanted)
    answer = Response(status=201)
    if request.headers.get("Content-Type", "").startswith(tus.CHUNK_TYPE) and request.content_length:
        answer.headers["Upload-Offset"] = str(_receive(ref, begun, 0))
    answer.headers["Location"] = url_for("solve.upload", upload_ref=begun.ref)
    answer.headers["Upload-Expires"] = _date(begun)
    return _tus(answer)


@blueprint.route(
    "/uploads/<upload_ref>",
    endpoint="upload",
    methods=["GET", "POST", "PATCH", "DELETE", "OPTIONS"],
    provide_automatic_options=False,
)
@reads_its_body(blueprint)
def upload(upload_ref: str) -> ResponseReturnValue:
    """One upload: how far it is, its next bytes, its end."""
    method = request.method
    if method == "OPTIONS":
        return _spoken()
    if method == "POST":  # for lines that let no other method through
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
    require(actor(), Action.ACCOUNT_USE)
    coming, ref = uploading.of(db.session, actor(), upload_ref)
    if method == "GET" and "Tus-Resumable" not in request.headers:
        return _told(ref, coming)
    if method in ("GET", "HEAD"):
        tus.check_version(request.headers)
        return _head(coming)
    _admit()
    if method == "PATCH":
        return _patch(ref, coming)
    if method == "DELETE":
        with writing() as session:
            uploading.end(session, actor(), ref, upload_ref)
        return _tus(Response(status=204))
    raise MethodNotAllowed(["GET", "HEAD", "PATCH", "DELETE", "OPTIONS"])


def _head(coming: Coming) -> Response:
    answer = Response(status=200)
    answer.headers["Upload-Offset"] = str(coming.offset)
    answer.headers["Upload-Length"] = str(coming.size)
    answer.headers["Upload-Expires"] = _date(coming)
    return _tus(answer)


def _told(ref: str, coming: Coming) -> ResponseReturnValue:
    """The same for a script of ours, with the attached file as the page lists it."""
    about = {"name": coming.name, "size": coming.size, "offset": coming.offset, "field": coming.field}
    if coming.attachment_ref is None:
        return jsonify({**about, "file": None})
    found = files.find(db.session, OWNER, coming.owner_id, coming.attachment_ref)
    address = url_for("solve.file", ref=ref, file_ref=found.ref)
    shown = {"ref": found.ref, "name": found.name, "size": i18n.filesize(found.size), "sha256": found.sha256}
    return jsonify({**about, "file": {**shown, "url": address}})


def _patch(ref: str, coming: Coming) -> Response:
    start = tus.offset(request.headers)
    if coming.state == "done" and start != coming.size:
        raise WrongOffset(coming.size)
    good = coming.size if coming.state == "done" else _receive(ref, coming, start)
    answer = Response(status=204)
    answer.headers["Upload-Offset"] = str(good)
    answer.headers["Upload-Expires"] = _date(coming)
    return _tus(answer)


def _receive(ref: str, coming: Coming, start: int) -> int:
    """Append the request's bytes; with the last of them the file is looked at, kept and attached.

    From which byte to go on: what is there is synced by then.
    """
    expected = tus.checksum(request.headers)
    length = request.content_length
    if length is not None and length > coming.size - start:
        raise TooLarge("upload_too_large", limit=Size(coming.size - start))
    i18n.reader()  # who reads is known before the database is let go
    db.session.close()
    with coming.partial.turn(start) as turn:
        try:
            _read(turn, length, expected)
        except (Malformed, tus.ChecksumDiffers):
            if expected is not None:
                turn.take_back()
            raise
        if turn.left == 0:
            _finish(ref, coming, turn)
    if turn.left == 0:
        coming.partial.remove()
    return turn.end


def _read(turn: Turn, length: int | None, expected: tus.Checksum | None) -> None:
    """Every byte to the promised end, synced now and then; with a checksum, all of them or none."""
    body = request.environ["wsgi.input"]
    begun = expected.start() if expected is not None else None
    left = turn.left if length is None else length
    while left:
        try:
            data = body.read(min(READ, left))
        except OSError:
            data = b""
        if not data:
            if length is None:
                break
            raise Malformed("upload_cut_off_kept")
        turn.write(data)
        left -= len(data)
        if begun is None:
            turn.sync_when_due()
        else:
            begun.update(data)
    if begun is not None and expected is not None:
        expected.check(begun)
    if turn.left:
        turn.sync()


def _finish(ref: str, coming: Coming, turn: Turn) -> None:
    try:
        media_type = uploads.examined(turn, coming.name)
        with storage().in_use():
            kept = uploads.kept(turn, coming, media_type)
            with writing() as session:
                uploading.attach(session, actor(), ref, coming.ref, kept)
    except Invalid:
        # It will never be taken: nothing of it stays. What was right about the draft is untouched.
        with writing() as session:
            uploading.end(session, actor(), ref, coming.ref)
        raise


def _admit() -> None:
    """The version of the protocol, and the page's token."""
    require(actor(), Action.ACCOUNT_USE)
    tus.check_version(request.headers)
    check_header_token()


def _spoken() -> Response:
    """What this server speaks; the same for everybody."""
    settings: Settings = current_app.config["SETTINGS"]
    answer = Response(status=204)
    answer.headers["Tus-Version"] = tus.VERSION
    answer.headers["Tus-Extension"] = tus.EXTENSIONS
    answer.headers["Tus-Max-Size"] = str(settings.max_file_bytes)
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    return _tus(answer)


def _tus(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.after_request
def _say_version(answer: Response) -> Response:
    """Every answer of these doors names the version, refusals too."""
    if request.endpoint in ("solve.uploads", "solve.upload"):
        answer.headers["Tus-Resumable"] = tus.VERSION
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = tus.VERSION
    return answer


def _date(coming: Coming) -> str:
    return format_datetime(coming.expires_at, usegmt=True)
