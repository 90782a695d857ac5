"""Read an upload as it comes: nothing is parsed or spooled by the framework, memory stays flat.

The body is multipart/form-data: small fields and files. Each file goes to the storage's waiting room,
hashed on the way. Anything wrong raises, and the waiting room is empty again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Protocol

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from werkzeug.datastructures import MultiDict

from challenge.files import scanning, sniffing
from challenge.files.names import display_name
from challenge.files.storage import Staged, Storage
from challenge.rules.errors import Invalid, Malformed, TooLarge

READ = 256 * 1024
MOST_PARTS = 1000  # small fields, where the form does not say that it has more
FIELD_BYTES = 16 * 1024
ENVELOPE_BYTES = 256 * 1024  # boundaries, headers and small fields around the files


class Stream(Protocol):
    """The request's body."""

    def read(self, size: int = ..., /) -> bytes:
        """Up to `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes, as a parameter of a refusal: the reader's page writes it out."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What may come: how many files may still be added, and how large one may be."""

    files: int
    file_bytes: int
    total_files: int  # for the message: how many there may be altogether
    field_bytes: int = FIELD_BYTES
    parts: int = MOST_PARTS  # fields beside the files
    typed_bytes: int = 0  # all fields together, where that is more than a few large ones

    @property
    def body_bytes(self) -> int:
        """The largest body that can be right."""
        return max(self.files, 1) * self.file_bytes + self.text_bytes

    @property
    def text_bytes(self) -> int:
        """What all fields may hold together, with the envelope around them."""
        return ENVELOPE_BYTES + max(8 * self.field_bytes, self.typed_bytes)


@dataclass(frozen=True, slots=True)
class Envelope:
    """How the body is packed: the boundary between its parts, and how many bytes were promised."""

    boundary: str
    length: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is stored and wants its row."""

    sha256: str
    size: int
    media_type: str
    name: str
    field: str = "files"  # of the form that it came with


class Received:
    """The parts of one upload. At the end of its `with` all that was not kept is gone."""

    def __init__(self, storage: Storage) -> None:
        self.fields: MultiDict[str, str] = MultiDict()
        self.fault: Invalid | None = None  # what was wrong with a file, where the form is to be shown again
        self._storage = storage
        self.field = "files"  # of the file that came last: a fault is about it
        self._files: list[tuple[str, Staged, str, str]] = []
        self._stack = ExitStack()

    def add(self, name: str, staged: Staged, media_type: str) -> None:
        """One whole, checked file."""
        self._files.append((name, staged, media_type, self.field))

    def stage(self) -> Staged:
        """A place for the next file, emptied with the rest."""
        return self._stack.enter_context(self._storage.stage())

    @property
    def count(self) -> int:
        """How many files came."""
        return len(self._files)

    def refuse(self, fault: Invalid) -> None:
        """Forget the files, keep the fields and what was wrong."""
        self.fault = fault
        self._files.clear()
        self._stack.close()

    def keep(self) -> list[Kept]:
        """Put every file under its digest, durably; the rows are the caller's next step, within its `with`.

        Raises `Invalid("files", "file_infected")`, and `Away` where scanner or store do not answer.
        """
        if not self._files:
            return []
        for name, staged, *_about in self._files:
            scanning.check(self._storage.scanner, staged.path, name)
        self._stack.enter_context(self._storage.in_use())  # until the rows are committed
        return [
            Kept(self._storage.keep(staged), staged.size, media_type, name, field)
            for name, staged, media_type, field in self._files
        ]

    def __enter__(self) -> Received:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def receive(
    storage: Storage,
    body: Stream,
    envelope: Envelope,
    limits: Limits,
    admit: Callable[[Mapping[str, str]], None],
) -> Received:
    """Read the whole body. `admit` gets the fields that came before the first file and may raise.

    Raises `Malformed` for a body that is no upload or broke off, `NoRoom` when the disk is full. A file that
    is empty, too large, one too many or of a wrong type is an `Invalid("files", ...)`: the first such fault
    ends the reading and stands in `fault`, beside the fields that had come by then; no file is left.
    """
    length = envelope.length
    if length > limits.body_bytes:
        raise TooLarge("upload_too_large", limit=Size(limits.files * limits.file_bytes))
    received = Received(storage)
    try:
        _read(body, envelope, limits, _Reader(received, limits, admit))
    except Invalid as fault:
        received.refuse(fault)
    except MultipartError as error:
        received.__exit__(None, None, None)
        raise Malformed("upload_unreadable") from error
    except BaseException:
        received.__exit__(None, None, None)
        raise
    return received


def _read(body: Stream, envelope: Envelope, limits: Limits, reader: _Reader) -> None:
    """Part by part, to the last byte that was promised."""
    with PushMultipartParser(
        envelope.boundary,
        content_length=envelope.length,
        max_segment_count=limits.parts + limits.files,
        max_header_size=8 * 1024,
        header_charset="utf8",
    ) as parser:
        left = envelope.length
        while left and not parser.closed:
            chunk = _chunk(body, min(READ, left))
            left -= len(chunk)
            for event in parser.parse(chunk):
                reader.take(event)
        while left:
            left -= len(_chunk(body, min(READ, left)))
    reader.end()


def envelope(content_type: str, length: int | None) -> Envelope:
    """What the headers say about the body; raises `Malformed` where it is no upload, or of unknown length."""
    kind, options = parse_options_header(content_type)  # type: ignore[no-untyped-call]
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise Malformed("upload_unreadable")
    if length is None:
        raise Malformed("upload_without_length")
    return Envelope(boundary, length)


def _chunk(body: Stream, size: int) -> bytes:
    """The next bytes; a line that fell silent before the promised length is a cut."""
    try:
        chunk = body.read(size)
    except OSError:
        chunk = b""
    if not chunk:
        raise Malformed("upload_cut_off")
    return chunk


class _Reader:
    """Takes the parser's events, one part after the other."""

    def __init__(
        self, received: Received, limits: Limits, admit: Callable[[Mapping[str, str]], None]
    ) -> None:
        self._received = received
        self._limits = limits
        self._admit = admit
        self._admitted = False
        self._typed = 0
        self._name = ""
        self._field: bytearray | None = None
        self._file: Staged | None = None

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """A part begins, goes on, or ends (None)."""
        if event is None:
            self._close()
        elif isinstance(event, MultipartSegment):
            self._open(event)
        elif self._file is not None:
            self._write(bytes(event))
        elif self._field is not None:
            self._field += event
            self._typed += len(event)
            if len(self._field) > self._limits.field_bytes or self._typed > self._limits.text_bytes:
                raise Malformed("upload_unreadable")

    def end(self) -> None:
        """The body is whole."""
        self._once()

    def _once(self) -> None:
        if not self._admitted:
            self._admitted = True
            self._admit(self._received.fields)

    def _open(self, part: MultipartSegment) -> None:
        self._name = part.name or ""
        if part.filename is None:
            self._field = bytearray()
            return
        self._once()  # nobody's bytes are stored before the token is known to be right
        self._received.field = self._name or "files"
        self._name = display_name(part.filename) if part.filename else ""
        self._file = self._received.stage()

    def _write(self, data: bytes) -> None:
        file = self._file
        assert file is not None
        if self._received.count >= self._limits.files:
            raise Invalid("files", "too_many_files", most=self._limits.total_files)
        if file.size + len(data) > self._limits.file_bytes:
            raise Invalid("files", "file_too_large", name=self._name, limit=Size(self._limits.file_bytes))
        file.write(data)

    def _close(self) -> None:
        if self._field is not None:
            self._received.fields.add(self._name, self._field.decode("utf-8", "replace"))
            self._field = None
            return
        file, self._file = self._file, None
        if file is None:
            return
        if not self._name and not file.size:
            file.discard()  # a file input that was left empty
            return
        name = self._name or "file"
        if not file.size:
            raise Invalid("files", "file_empty", name=name)
        with file.path.open("rb") as content:
            self._received.add(name, file, _checked(name, content))


def _checked(name: str, content: BinaryIO) -> str:
    return sniffing.check(name, content).media_type
