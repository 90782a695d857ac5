"""The upload door: a view that reads its own body, with the token checked and the database let go first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from flask import Blueprint, current_app, g, request
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.datastructures import FileStorage
from wtforms.validators import ValidationError

from challenge.base.db import db
from challenge.files import receiving
from challenge.files.receiving import Kept, Limits, Received, Size
from challenge.files.sniffing import ALLOWED
from challenge.files.storage import storage
from challenge.rules.errors import Invalid, Malformed, Refused, TooLarge
from config import Settings

View = TypeVar("View", bound=Callable[..., object])
# What is still read after a refusal, so that a browser that is busy sending gets to hear it.
PATIENCE_BYTES = 64 * 1024 * 1024
_ZIP = b"PK\x03\x04"


def reads_its_body(blueprint: Blueprint) -> Callable[[View], View]:
    """Keep the framework's hands off the body of this view; `receive` checks the token itself."""

    def mark(view: View) -> View:
        blueprint.record_once(lambda state: state.app.extensions["csrf"].exempt(view))
        return view

    return mark


def limits(*, present: int, most: int, file_bytes: int, field_bytes: int = receiving.FIELD_BYTES) -> Limits:
    """What may still come where `present` of at most `most` files are there, each of up to `file_bytes`."""
    return Limits(max(0, most - present), file_bytes, most, field_bytes)


@contextmanager
def workbook(sent: FileStorage | None, most: int, media_type: str) -> Iterator[Kept]:
    """Keep a workbook of an ordinary form, not to be swept away before its row is there, in a `with`.

    Raises Invalid("file", "choose_workbook" or "book_too_heavy" or "not_a_workbook").
    """
    data = _small(sent, most, "choose_workbook")
    if not data.startswith(_ZIP):
        raise Invalid("file", "not_a_workbook")
    with storage().in_use():
        yield Kept(storage().put(data), len(data), media_type, "")


@contextmanager
def table(sent: FileStorage | None, most: int) -> Iterator[Kept]:
    """The same for a workbook or a CSV file: what is no workbook is one, until it is read.

    Raises Invalid("file", "choose_table" or "book_too_heavy").
    """
    data = _small(sent, most, "choose_table")
    _, media_type = ALLOWED["xlsx" if data.startswith(_ZIP) else "csv"]
    with storage().in_use():
        yield Kept(storage().put(data), len(data), media_type, "")


def _small(sent: FileStorage | None, most: int, none: str) -> bytes:
    data = b""
    if sent is not None:
        with sent.stream as stream:  # a large one lies in a temporary file
            data = stream.read(most + 1)
    if not data:
        raise Invalid("file", none)
    if len(data) > most:
        raise Invalid("file", "book_too_heavy", limit=Size(most))
    return data


def receive(allowed: Limits) -> Received:
    """Read the request's files, in a `with`. Ask every permission first: the database session ends here.

    No connection is held while bytes trickle in. Raises `Invalid("files", ...)` for any fault of a file and
    where there is none, else as `files.receiving.receive` does, and CSRFError.
    """
    received = receive_form(allowed)
    if received.fault is not None:
        raise received.fault
    if not received.count:
        raise Invalid("files", "no_file")
    return received


def receive_form(allowed: Limits) -> Received:
    """The same for a form of which files are a part: a fault of theirs is in `fault`, to be shown."""
    db.session.close()
    token = request.headers.get("X-CSRFToken")
    if token:
        _check_token(token)
    body = request.environ["wsgi.input"]
    counted = _Counted(body)
    settings: Settings = current_app.config["SETTINGS"]
    try:
        if (request.content_length or 0) > settings.max_upload_bytes:
            raise TooLarge("upload_too_large", limit=Size(settings.max_upload_bytes))
        envelope = receiving.envelope(request.content_type or "", request.content_length)
        admit = _admitted if token else _check_field
        received = receiving.receive(storage(), counted, envelope, allowed, admit)
    except Malformed:
        raise
    except (Refused, CSRFError):
        _let_finish(counted, request.content_length or 0)
        raise
    if received.fault is not None:
        _let_finish(counted, request.content_length or 0)
    return received


class _Counted:
    """The body, with how much of it was read."""

    def __init__(self, body: receiving.Stream) -> None:
        self._body = body
        self.read_bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._body.read(size)
        self.read_bytes += len(chunk)
        return chunk


def _let_finish(body: _Counted, length: int) -> None:
    """Read on without keeping: a browser hears the answer only when it could send, within bounds."""
    last = min(length, body.read_bytes + PATIENCE_BYTES)
    while body.read_bytes < last:
        try:
            if not body.read(min(receiving.READ, last - body.read_bytes)):
                return
        except OSError:
            return


def _admitted(_fields: Mapping[str, str]) -> None:
    """The header carried the token."""


def _check_field(fields: Mapping[str, str]) -> None:
    _check_token(fields.get("csrf_token", ""))


def check_header_token() -> None:
    """The page's token in the header `X-CSRFToken`, for bodies that are no form; raises CSRFError."""
    _check_token(request.headers.get("X-CSRFToken", ""))


def _check_token(token: str) -> None:
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise CSRFError(str(error)) from None
    g.csrf_valid = True  # a form that is made of the fields need not ask again
