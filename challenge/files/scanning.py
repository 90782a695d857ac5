"""Ask a ClamAV daemon about a file before it is kept, where one is set (CHALLENGE_CLAMD).

Its INSTREAM command over a socket: the length of each piece as four bytes, the piece, a zero at the end, one
line as the answer. The library for it has been left alone since 2014 and reads files in one way only.
"""

from __future__ import annotations

import socket
from pathlib import Path

import structlog

from challenge.rules.errors import Away, Invalid

log = structlog.get_logger()
PIECE = 64 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 120.0


def check(address: str | None, path: Path, name: str) -> None:
    """Return where the file is clean, or no address of a scanner is set.

    Raises `Invalid("files", "file_infected")` with what was found, `file_not_scanned` where the daemon takes
    no file of this size, and `Away` where it does not answer.
    """
    if address is None:
        return
    try:
        answer = _ask(address, path)
    except OSError as error:
        log.warning("the virus scanner does not answer", error=str(error))
        raise Away("scanner_away") from error
    if answer.endswith("FOUND"):
        found = answer.removesuffix("FOUND").partition(":")[2].strip()
        raise Invalid("files", "file_infected", name=name, found=found)
    if answer.endswith("OK"):
        return
    if "size limit exceeded" in answer:
        raise Invalid("files", "file_not_scanned", name=name)
    log.warning("the virus scanner answers otherwise", answer=answer)
    raise Away("scanner_away")


def _ask(address: str, path: Path) -> str:
    """The daemon's line about the file; `address` is host:port or the path of a socket."""
    with _line(address) as line, path.open("rb") as file:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has said something before the end, such as that the file is too large
        said = b""
        while not said.endswith(b"\0") and len(said) < 4096:
            more = line.recv(4096)
            if not more:
                break
            said += more
    return said.rstrip(b"\0\n ").decode("utf-8", "replace")


def _line(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
