"""Uploads through the real server: flat memory, and a line that breaks off leaves nothing."""

from __future__ import annotations

import hashlib
import http.client
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from challenge.base.db import db
from challenge.files.models import Attachment, Blob
from tests.files.forms import BOUNDARY, body_of
from tests.rigs.server import LiveServer, MakeServer
from tests.submissions.live import inside, session_of, token_of
from tests.submissions.stories import owner_of, ready

MB = 1024 * 1024


class Person:
    """Somebody signed in, with a draft."""

    def __init__(self, server: LiveServer, **facts: Any) -> None:
        with inside(server) as app:
            draft = ready(**facts)
            self.cookie = f"session={session_of(app, owner_of(draft))}"
            self.token = token_of(app)
            self.ref = draft.ref
            self.address = ("127.0.0.1", server.port)

    @property
    def start(self) -> bytes:
        """The fields before the files."""
        fields = {"csrf_token": self.token, "draft_version": "1", "title": "Polarised", "quote_unit": "yuan"}
        fields |= {"trl_now": "", "trl_delivery": "", "organization_id": ""}
        parts = [(name, None, value.encode()) for name, value in fields.items()]
        return body_of(*parts, boundary=BOUNDARY).removesuffix(f"--{BOUNDARY}--\r\n".encode())

    def head(self, length: int) -> bytes:
        """The request up to its body."""
        return (
            f"POST /solve/{self.ref}/edit HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n"
            "Connection: close\r\n\r\n"
        ).encode()

    def send(self, pieces: list[bytes]) -> http.client.HTTPResponse:
        """The whole request, piece by piece."""
        line = socket.create_connection(self.address, timeout=60)
        line.sendall(self.head(sum(map(len, pieces))))
        for piece in pieces:
            line.sendall(piece)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        answer.read()
        line.close()
        return answer


def file_part(number: int, block: bytes, times: int) -> list[bytes]:
    """One PDF of `times` blocks."""
    head = body_of(("files", f"{number}.pdf", f"%PDF-1.7 {number}\n".encode()), boundary=BOUNDARY)
    return [head.removesuffix(f"\r\n--{BOUNDARY}--\r\n".encode()), *[block] * times, b"\r\n"]


END = f"--{BOUNDARY}--\r\n".encode()


def blobs(server: LiveServer) -> list[Path]:
    return [path for path in (server.folder / "data" / "files").rglob("*") if path.is_file()]


def peak(pid: int) -> int:
    """The most memory that a process and its children had in use since `forget_peak`, in bytes."""
    return sum(_status(each, "VmHWM") for each in family(pid))


def family(pid: int) -> list[int]:
    children = [
        int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal() and _parent(path) == pid
    ]
    return [pid, *(each for child in children for each in family(child))]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def forget_peak(pid: int) -> None:
    for each in family(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


@pytest.mark.slow
def test_ten_files_of_50_mb_leave_the_servers_memory_flat(make_server: MakeServer) -> None:
    server = make_server(work=0)
    person = Person(server, requirement__round__max_files=20)
    web = server.processes[0]
    block = b"the same line of a report, again and again\n" * (MB // 43)
    assert (
        person.send([person.start, *file_part(99, block, 3), END]).status == 302
    )  # everything is loaded now
    forget_peak(web.pid)
    before = peak(web.pid)
    pieces = [person.start.replace(b"\r\n\r\n1\r\n", b"\r\n\r\n2\r\n", 1)]
    for number in range(10):
        pieces += file_part(number, block, 50)
    assert person.send([*pieces, END]).status == 302
    grown = peak(web.pid) - before
    assert grown < 8 * MB, f"{grown / MB:.1f} MB"
    with inside(server):
        kept = db.session.execute(sa.select(Attachment.name, Blob.size, Blob.sha256).join(Blob)).all()
    assert len(kept) == 11
    for name, size, sha256 in kept:
        if name == "99.pdf":
            continue
        number = name.removesuffix(".pdf").encode()
        whole = hashlib.sha256(b"%PDF-1.7 " + number + b"\n" + block * 50).hexdigest()
        assert (size, sha256) == (len(block) * 50 + len(number) + 10, whole)


def test_broken_refused_and_slow_uploads_do_the_server_no_harm(make_server: MakeServer) -> None:
    """One server with a single database connection: whatever happens to uploads, it goes on."""
    server = make_server(work=0, POOL_SIZE="1")
    _breaks_off(server)
    _refused_while_it_is_sent(server)
    _trickles(server)


def _breaks_off(server: LiveServer) -> None:
    """A line that breaks leaves nothing, and the next try is as the first."""
    person = Person(server)
    block = b"x" * MB
    pieces = [person.start, *file_part(1, block, 2), *file_part(2, block, 4), END]
    length = sum(map(len, pieces))
    line = socket.create_connection(person.address, timeout=60)
    line.sendall(person.head(length))
    for piece in pieces[:-4]:
        line.sendall(piece)
    _await(lambda: len(blobs(server)) == 2)  # both wait, the second one half
    line.close()
    _await(lambda: blobs(server) == [])
    with inside(server):
        assert db.session.scalar(sa.select(sa.func.count(Attachment.id))) == 0
        assert db.session.scalar(sa.select(sa.func.count(Blob.sha256))) == 0
    assert person.send(pieces).status == 302


def _refused_while_it_is_sent(server: LiveServer) -> None:
    """The answer reaches a browser that is still busy sending."""
    person = Person(server, requirement__round__max_file_mb=1)
    before = blobs(server)
    assert person.send([person.start, *file_part(1, b"x" * MB, 3), END]).status == 422
    assert person.send([person.start, *file_part(1, b"x" * MB, 40), END]).status == 413
    assert blobs(server) == before


def _trickles(server: LiveServer) -> None:
    """More slow uploads than the pool has connections, and pages still answer."""
    person = Person(server)
    lines = []
    for _ in range(3):  # one thread of the server is left
        line = socket.create_connection(person.address, timeout=60)
        line.sendall(person.head(10_000_000) + person.start)
        lines.append(line)
    time.sleep(0.3)
    asked = http.client.HTTPConnection(*person.address, timeout=20)
    asked.request("GET", f"/solve/{person.ref}", headers={"Cookie": person.cookie})
    assert asked.getresponse().status == 200
    asked.close()
    for line in lines:
        line.close()


def _await(holds: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
