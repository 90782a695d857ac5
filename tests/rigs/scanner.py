"""A virus scanner that speaks clamd's INSTREAM over TCP: it finds the EICAR test file, and can be away."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

# Written in two parts, so that a scanner of this machine leaves the test alone.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


class _Line(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        """One command: zINSTREAM, pieces, a zero, one line back."""
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        assert command == b"zINSTREAM\0", command
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
            if len(content) > self.server.largest:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(len(content))
        if self.server.answer:
            self.wfile.write(self.server.answer)
        elif EICAR in content:
            self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class Scanner(socketserver.ThreadingTCPServer):
    """`address` for CHALLENGE_CLAMD; `seen`: the sizes of what was scanned; `answer` says something else."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Line)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.seen: list[int] = []
        self.answer = b""
        self.largest = 64 * 1024 * 1024
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go_away(self) -> None:
        """Answer nobody any more."""
        self.shutdown()
        self.server_close()


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    """A scanner that listens."""
    made = Scanner()
    yield made
    made.go_away()
