"""Requests to addresses that people gave us: asked of the name once, checked, and connected to exactly that.

A name that answers otherwise the second time (rebinding) is not asked a second time; a redirect is an answer
like any other and is not followed; no proxy of the environment is used. What takes longer than `SECONDS`
altogether is cut off, however slowly it drips.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from challenge.rules.networks import is_public

SECONDS = 10.0
CONNECT_SECONDS = 5.0
EXCERPT = 1024  # bytes of an answer that are read
_IN_PATHS = "/?&=%:@!$'()*+,;~[]"
Resolve = Callable[[str, int], list[str]]


class Unreachable(Exception):
    """Nothing was answered; `code` says why in a word of ours."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: its status, the beginning of its body, and how long it took."""

    status: int
    excerpt: str
    milliseconds: int


def fault_of(url: str, *, private: bool) -> str | None:
    """Why an address is none that we would send to, as far as its spelling tells; None where it is one.

    `private` allows http and addresses of this network: for development and tests.
    """
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Zl", "Zp") for letter in url):
        return "not_a_web_page"
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment and parts.port != 0
        _ascii(parts)
    except (ValueError, UnicodeError):
        return "not_a_web_page"
    if not sound or parts.scheme not in ("http", "https"):
        return "not_a_web_page"
    if private:
        return None
    if parts.scheme != "https":
        return "not_https"
    return "not_public" if _looks_private(str(parts.hostname)) else None


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, private: bool, resolve: Resolve | None = None
) -> Answer:
    """Send `body` there and read the beginning of what is answered; raises `Unreachable`."""
    fault = fault_of(url, private=private)
    if fault is not None:
        raise Unreachable(fault)
    parts = urlsplit(url)
    started = time.monotonic()
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_IN_PATHS)
    try:
        line = _connect(parts, (resolve or _resolve), private=private)
        with contextlib.closing(line), _cut_after(line, SECONDS):
            connection = _Pinned(_ascii(parts), parts.port, line, secure=parts.scheme == "https")
            with contextlib.closing(connection):
                connection.request("POST", target, body, dict(headers))
                response = connection.getresponse()
                excerpt = response.read(EXCERPT)
    except (OSError, ValueError, http.client.HTTPException) as error:
        late = time.monotonic() - started >= SECONDS
        raise Unreachable(_code(error, late=late), type(error).__name__) from error
    taken = round((time.monotonic() - started) * 1000)
    return Answer(response.status, _readable(excerpt), taken)


class _Pinned(http.client.HTTPConnection):
    """A connection over a line that stands already; certificate and Host are those of the name."""

    def __init__(self, host: str, port: int | None, line: socket.socket, *, secure: bool) -> None:
        super().__init__(host, port)
        self.default_port = 443 if secure else 80
        self.port = port or self.default_port
        if secure:
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            line = context.wrap_socket(line, server_hostname=host)
        self.sock = line
        self.auto_open = 0  # never a connection of its own


def _connect(parts: SplitResult, resolve: Resolve, *, private: bool) -> socket.socket:
    host, port = _ascii(parts), parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise Unreachable("no_such_host", host) from error
    # One answer that is not public makes them all suspect: who owns the name has chosen it.
    if not addresses or (not private and not all(map(is_public, addresses))):
        raise Unreachable("not_public" if addresses else "no_such_host", host)
    for place, address in enumerate(addresses[:3]):
        try:
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError:
            if place == len(addresses[:3]) - 1:
                raise
    raise Unreachable("no_such_host", host)


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@contextlib.contextmanager
def _cut_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """End the line after so long, whoever reads from it: a hand of our own on it outlives its wrapping."""
    line.settimeout(seconds)
    with socket.socket(fileno=os.dup(line.fileno())) as hand:

        def cut() -> None:
            with contextlib.suppress(OSError):
                hand.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _ascii(parts: SplitResult) -> str:
    """The name as it travels: Chinese names in their ASCII spelling."""
    name = str(parts.hostname)
    return name if name.isascii() else name.encode("idna").decode()


def _looks_private(host: str) -> bool:
    """A name of this machine, or an address that is not public, written out."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        return True
    numeric = ":" in name or name.replace(".", "").isdecimal()
    return numeric and not is_public(name)


def _code(error: Exception, *, late: bool) -> str:
    if late or isinstance(error, TimeoutError):
        return "too_slow"
    if isinstance(error, ssl.SSLError):
        return "not_trusted"
    return "no_answer"


def _readable(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in text)
