"""Letters: a real SMTP server, and the application's own mailbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from sqlalchemy.orm import Session

from tests.rigs.ports import free_port

if TYPE_CHECKING:
    from challenge.messages.models import Letter


class Postman:
    """Takes every letter, or refuses while `answer` says so."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.goodbye = "221 Bye"
        self.host = ""
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter (aiosmtpd calls this by its name)."""
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.answer

    async def handle_QUIT(self, _server: SMTP, _session: SmtpSession, _envelope: Envelope) -> str:  # noqa: N802
        """The last word of a conversation."""
        return self.goodbye

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


@pytest.fixture
def posting(make_app: Callable[..., Flask], db: Session, smtp: Postman) -> Callable[[], None]:
    """A function that does the due work as an installation with a mail server does."""
    from challenge.flow.errands import drain

    app = make_app(smtp_host=smtp.host, smtp_port=smtp.port, mail_sender="赛事平台 <office@example.org>")

    def post() -> None:
        db.commit()
        with app.app_context():
            drain()
        db.expire_all()

    return post


class Mailbox:
    """The letters that the application wrote; reading it does the due work first, as `flask work` would."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def letters(self) -> list[Letter]:
        """Every letter, oldest first. A task that failed fails the test."""
        from challenge.flow.errands import drain
        from challenge.messages.models import Letter
        from challenge.tasks.models import Task

        self.session.commit()
        drain()
        self.session.expire_all()
        errors = self.session.scalars(sa.select(Task.error).where(Task.error.is_not(None))).all()
        assert not errors, f"work failed: {errors}"
        return list(self.session.scalars(sa.select(Letter).order_by(Letter.id)))

    def to(self, address: str) -> list[Letter]:
        """The letters to one address, oldest first."""
        return [letter for letter in self.letters if letter.recipient == address]

    def link(self, address: str) -> str:
        """The path of the first link in the newest letter to that address: what its reader would follow."""
        match = re.search(r"https?://[^/\s]+(/[^\s<>\"]*)", self.to(address)[-1].body)
        assert match, "the letter has no link"
        return match[1]


@pytest.fixture
def mailbox(db: Session) -> Mailbox:
    """The application's letters: `mailbox.letters`, `mailbox.to(address)`, `mailbox.link(address)`."""
    return Mailbox(db)
