"""The tus protocol 1.0: what its headers say, and the refusals that only it knows.

Core, creation, creation-with-upload, termination, expiration, checksum. See docs/adr/0013 for why it is ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from challenge.files.names import display_name
from challenge.files.receiving import Size
from challenge.rules.errors import Malformed, Refused, TooLarge

if TYPE_CHECKING:
    from hashlib import _Hash

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
ALGORITHMS = ("sha256", "sha1")  # the second is one that every server has to know
CHUNK_TYPE = "application/offset+octet-stream"
LONGEST_HEADER = 8 * 1024
FIELD = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


class OtherVersion(Refused):
    """The client speaks another version of the protocol, or does not say which."""

    status = 412


class NotAChunk(Refused):
    """Bytes come as `application/offset+octet-stream` and nothing else."""

    status = 415


class ChecksumDiffers(Refused):
    """The bytes that came are not those that the client sent; they were not kept."""

    status = 460


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file that somebody wants to send: its size, its name, the field of the form that it answers."""

    size: int
    name: str
    field: str


def check_version(headers: Headers) -> None:
    """Raise `OtherVersion` unless the client speaks ours."""
    if headers.get("Tus-Resumable") != VERSION:
        raise OtherVersion("upload_version", version=VERSION)


def wanted(headers: Headers, most: int) -> Wanted:
    """What a creation asks for, of at most `most` bytes. Raises `Malformed`, `TooLarge`."""
    if "Upload-Length" not in headers:
        raise Malformed("upload_without_length")
    size = _number(headers["Upload-Length"])
    said = metadata(headers.get("Upload-Metadata", ""))
    name = display_name(said.get("filename", said.get("name", "")))
    field = said.get("field", "files")
    if not FIELD.fullmatch(field):
        raise Malformed("upload_unreadable")
    if size > most:
        raise TooLarge("file_too_large", name=name, limit=Size(most))
    return Wanted(size, name, field)


def metadata(header: str) -> dict[str, str]:
    """The pairs of `Upload-Metadata`; raises `Malformed`."""
    if len(header) > LONGEST_HEADER:
        raise Malformed("upload_unreadable")
    pairs = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
        except binascii.Error:
            raise Malformed("upload_unreadable") from None
    return pairs


def offset(headers: Headers) -> int:
    """Where the bytes of this request begin; raises `NotAChunk`, `Malformed`."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != CHUNK_TYPE:
        raise NotAChunk("upload_not_a_chunk")
    return _number(headers.get("Upload-Offset", ""))


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of a request must come to."""

    algorithm: str
    digest: bytes

    def start(self) -> _Hash:
        """Nothing hashed yet."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def check(self, found: _Hash) -> None:
        """Raise `ChecksumDiffers` unless it is this."""
        if not hmac.compare_digest(found.digest(), self.digest):
            raise ChecksumDiffers("upload_checksum")


def checksum(headers: Headers) -> Checksum | None:
    """What the client says the bytes of this request come to, None where it does not; raises `Malformed`."""
    header = headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm.lower() not in ALGORITHMS:
        raise Malformed("upload_checksum_unknown", algorithm=", ".join(ALGORITHMS))
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        digest = b""
    expected = Checksum(algorithm.lower(), digest)
    if len(digest) != expected.start().digest_size:
        raise Malformed("upload_unreadable")
    return expected


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text.strip()):
        raise Malformed("upload_unreadable")
    return int(text)
