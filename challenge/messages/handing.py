"""The way to the mail server, with one place to stop: before the line that makes the server take a letter.

Up to the lone dot at its end (RFC 5321, 4.1.1.4) a server throws away what it has read when the line breaks;
from there on it has the letter, whether anybody hears its answer or not.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from config import Settings

PATIENCE_SECONDS = 30
ANSWER_SECONDS = 90  # for a letter's own answer: servers look through it first
GOODBYE_SECONDS = 5  # for those after it; with RSET and QUIT it is all less than a task's lease
SUBMISSION_OVER_TLS = 465
READY = 354
_DOTS = re.compile(rb"(?m)^\.")


class TakenOver(Exception):
    """Another process holds the row of work by now."""


class _Stopping(smtplib.SMTP):
    """Says everything of a letter, calls `note`, and says the dot."""

    note: Callable[[], None]

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib does it; where `note` raises, the line is cut and the server forgets the letter."""
        code, said = self.docmd("data")
        if code != READY:
            raise smtplib.SMTPDataError(code, said)
        text = _DOTS.sub(b"..", msg)
        self.send(text if text.endswith(b"\r\n") else text + b"\r\n")
        try:
            self.note()
        except BaseException:
            self.close()
            raise
        line = self.sock
        assert line is not None
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot does not wait for company
        line.settimeout(ANSWER_SECONDS)
        self.send(b".\r\n")
        answer = self.getreply()
        line.settimeout(GOODBYE_SECONDS)
        return answer

    def __exit__(self, *_args: object) -> None:
        """Say goodbye: a letter was taken or refused before, whatever the server says to that."""
        with contextlib.suppress(smtplib.SMTPException):
            self.docmd("QUIT")
        self.close()


class _StoppingOverTls(smtplib.SMTP_SSL, _Stopping):
    """The same over TLS from the first byte."""


def connection(settings: Settings, note: Callable[[], None]) -> smtplib.SMTP:
    """A connection that may send; `note` is called before each letter's dot."""
    host, port = str(settings.smtp_host), settings.smtp_port
    server: _Stopping
    if settings.smtp_tls and port == SUBMISSION_OVER_TLS:
        context = ssl.create_default_context()
        server = _StoppingOverTls(host, port, timeout=PATIENCE_SECONDS, context=context)
    else:
        server = _Stopping(host, port, timeout=PATIENCE_SECONDS)
        if settings.smtp_tls:
            server.starttls(context=ssl.create_default_context())
    server.note = note
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password or "")
    return server
