"""Letters: a real SMTP server, and the application's own mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.rigs.ports import free_port


class Postman:
    """Takes every letter, or refuses while `answer` says so."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.host = ""
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter (aiosmtpd calls this by its name)."""
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to one address, oldest first."""
        return [letter for letter in self.letters if address in str(letter["To"])]


@pytest.fixture
def smtp() -> Iterator[Postman]:
    """An SMTP server: where it is (`host`, `port`), what arrived (`letters`), what it says (`answer`)."""
    postman = Postman()
    postman.host, postman.port = "127.0.0.1", free_port()
    controller = Controller(postman, hostname=postman.host, port=postman.port)
    controller.start()
    yield postman
    controller.stop()
