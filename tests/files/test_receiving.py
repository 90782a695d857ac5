"""An upload is read as it comes: whole and right, or nothing of it remains."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from challenge.files import receiving
from challenge.files.receiving import Limits, envelope, receive
from challenge.files.storage import Storage
from challenge.rules.errors import Malformed, NotAllowed, Refused, TooLarge
from tests.files import specimens
from tests.files.forms import Part, body_of

MB = 1024 * 1024
LIMITS = Limits(files=3, file_bytes=MB, total_files=5)


class Arriving:
    """A test's waiting room, and one upload into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = Storage(folder)
        self.fields: dict[str, str] = {}

    def __call__(
        self, body: bytes, limits: Limits = LIMITS, *, promised: int | None = None
    ) -> list[receiving.Kept]:
        about = envelope("multipart/form-data; boundary=line", len(body) if promised is None else promised)
        with receive(self.storage, io.BytesIO(body), about, limits, self.admit) as received:
            self.fields = dict(received.fields)
            if received.fault is not None:
                raise received.fault
            return received.keep()

    def admit(self, fields: Mapping[str, str]) -> None:
        if fields.get("token") != "right":
            raise NotAllowed("csrf")

    @property
    def left(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def arriving(tmp_path: Path) -> Arriving:
    return Arriving(tmp_path)


TOKEN: Part = ("token", None, b"right")


def test_files_arrive_with_their_names_and_digests(arriving: Arriving) -> None:
    kept = arriving(
        body_of(
            TOKEN,
            ("files", "报告.pdf", specimens.PDF),
            ("files", "x.png", specimens.png()),
            ("say", None, "你好".encode()),
        )
    )
    assert [(each.name, each.size, each.media_type) for each in kept] == [
        ("报告.pdf", len(specimens.PDF), "application/pdf"),
        ("x.png", len(specimens.png()), "image/png"),
    ]
    assert arriving.fields == {"token": "right", "say": "你好"}
    assert len(arriving.left) == 2


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([TOKEN, ("files", "empty.pdf", b"")], "file_empty"),
        ([TOKEN, ("files", "big.pdf", specimens.PDF + b" " * MB)], "file_too_large"),
        ([TOKEN, ("files", "a.pdf", specimens.EXE)], "file_type_differs"),
        (
            [TOKEN, ("files", "good.pdf", specimens.PDF), ("files", "run.exe", specimens.EXE)],
            "file_type_not_allowed",
        ),
        ([TOKEN] + [("files", f"{n}.pdf", specimens.PDF) for n in range(4)], "too_many_files"),
        ([("files", "a.pdf", specimens.PDF), TOKEN], "csrf"),
        ([("token", None, b"wrong"), ("files", "a.pdf", specimens.PDF)], "csrf"),
        ([("files", "a.pdf", specimens.PDF)], "csrf"),
        ([("token", None, b"x" * 20_000), ("files", "a.pdf", specimens.PDF)], "upload_unreadable"),
        ([TOKEN] + [("say", None, b"x" * 16_000)] * 40, "upload_unreadable"),
    ],
)
def test_one_fault_and_nothing_of_the_upload_remains(
    arriving: Arriving, parts: list[Part], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        arriving(body_of(*parts))
    assert refusal.value.code == code
    assert arriving.left == []


def test_a_file_input_that_was_left_empty_is_no_file(arriving: Arriving) -> None:
    assert arriving(body_of(TOKEN, ("files", "", b""))) == []
    assert arriving.left == []


def test_what_was_typed_survives_a_file_that_is_refused(arriving: Arriving) -> None:
    with pytest.raises(Refused):
        arriving(body_of(TOKEN, ("title", None, b"typed"), ("files", "a.pdf", specimens.EXE)))
    assert arriving.fields == {"token": "right", "title": "typed"}


def test_an_upload_that_breaks_off_leaves_nothing(arriving: Arriving) -> None:
    body = body_of(TOKEN, ("files", "one.pdf", specimens.PDF), ("files", "two.pdf", specimens.PDF))
    for end in range(0, len(body), 7):
        with pytest.raises(Malformed):
            arriving(body[:end], promised=len(body))
        assert arriving.left == []


def test_a_body_without_its_last_boundary_is_no_upload(arriving: Arriving) -> None:
    body = body_of(TOKEN, ("files", "one.pdf", specimens.PDF))
    with pytest.raises(Malformed):
        arriving(body[:-8])
    assert arriving.left == []


def test_a_body_that_can_only_be_too_large_is_not_read(arriving: Arriving) -> None:
    with pytest.raises(TooLarge) as refusal:
        arriving(b"", promised=4 * MB)
    assert refusal.value.code == "upload_too_large"


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data", "text/plain; boundary=x"])
def test_other_bodies_are_no_upload(kind: str) -> None:
    with pytest.raises(Malformed):
        envelope(kind, 10)


def test_a_body_of_unknown_length_is_refused() -> None:
    with pytest.raises(Malformed) as refusal:
        envelope("multipart/form-data; boundary=x", None)
    assert refusal.value.code == "upload_without_length"


class Flood:
    """A body of ten files of 50 MB each, made while it is read."""

    def __init__(self) -> None:
        start = body_of(TOKEN)[: -len(b"--line--\r\n")]
        self.pieces = self._pieces(start)
        self.size = sum(map(len, self._pieces(start)))
        self.buffer = b""

    def _pieces(self, start: bytes) -> Iterator[bytes]:
        yield start
        block = b"the same line of text again and again\n" * (MB // 38)
        for number in range(10):
            yield body_of(("files", f"{number}.txt", f"file {number}\n".encode()))[
                : -len(b"\r\n--line--\r\n")
            ]
            for _ in range(50):
                yield block
            yield b"\r\n"
        yield b"--line--\r\n"

    def read(self, size: int = -1, /) -> bytes:
        while len(self.buffer) < size:
            piece = next(self.pieces, b"")
            if not piece:
                break
            self.buffer += piece
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data


@pytest.mark.slow
def test_ten_files_of_50_mb_stream_through_flat_memory(tmp_path: Path) -> None:
    flood = Flood()
    limits = Limits(files=10, file_bytes=50 * MB, total_files=10)
    about = envelope("multipart/form-data; boundary=line", flood.size)
    tracemalloc.start()
    with receive(Storage(tmp_path), flood, about, limits, lambda _fields: None) as received:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert received.count == 10
    assert flood.size > 495 * MB
    assert peak < 8 * MB
