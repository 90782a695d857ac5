"""Letters leave by SMTP under one Message-ID; without a server they stay in their table.

The row is written first and sent as it stands. That it is handed over is noted before the one line that makes
the server take it: whoever dies after that sends nothing twice (docs/adr/0024). A server that refuses, or
breaks off without an answer, is asked again: that is the same letter.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import smtplib
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write, fresh_session
from challenge.distribution import delivering
from challenge.messages import handing, inbox, links, rendering
from challenge.messages.models import Letter
from challenge.tasks import queue
from config import Settings

log = structlog.get_logger()


class Undeliverable(Exception):
    """The mail server refused for good."""


def deliver(task: queue.Leased) -> None:
    """Write the letter of a work row and send it. A refusal for good is recorded, others are tried again."""
    settings: Settings = current_app.config["SETTINGS"]
    with fresh_session() as session:
        letter = _kept(session, task)
    if letter is not None and letter.sent_at is not None:
        log.warning("letter was handed over, its answer not heard", message_id=letter.message_id)
    elif letter is not None and settings.smtp_host and letter.way == "mail":
        try:
            _hand_over(settings, task, letter)
        except handing.TakenOver:
            return  # whoever holds the row now sends it
        except Undeliverable as refusal:
            with fresh_session() as session:
                if (posting := _posting(task)) is not None:
                    delivering.failed(session, posting, str(refusal), clock.now(session))
                queue.give_up(session, task, str(refusal))
            return
    with fresh_session() as session:
        if letter is not None and settings.smtp_host and letter.way == "mail":
            _mark_sent(session, letter)
        if letter is not None and (posting := _posting(task)) is not None:
            delivering.sent(session, posting, clock.now(session))
        queue.finish(session, task)


def _hand_over(settings: Settings, task: queue.Leased, letter: Letter) -> None:
    """Send a letter; it is noted as sent at the last moment, and no more where the server did not take it."""

    def note() -> None:
        with fresh_session() as session:
            begin_write(session)
            if not queue.hold_on(session, task):
                raise handing.TakenOver
            _note(session, letter, clock.now(session))

    try:
        send(settings, letter, note)
    except Exception:
        with fresh_session() as session:
            begin_write(session)
            if queue.hold_on(session, task):  # else the note is that of whoever took it over
                _note(session, letter, None)
        raise


def _note(session: Session, letter: Letter, sent_at: dt.datetime | None) -> None:
    session.execute(sa.update(Letter).where(Letter.id == letter.id).values(sent_at=sent_at))


def _posting(task: queue.Leased) -> int | None:
    """The message of a distribution that this letter is, if it is one."""
    number: int | None = task.payload["about"].get("posting_id")
    return number


def message_id(key: str) -> str:
    """The letter's one name on the mail's way, from the key of its work row."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{links.host()}>"


def _kept(session: Session, task: queue.Leased) -> Letter | None:
    """The letter's row, written at the first try; None where nobody is left, or wants, to read it."""
    begin_write(session)
    name = message_id(task.key)
    known = session.scalar(sa.select(Letter).where(Letter.message_id == name))
    if known is not None and known.sent_at is not None:
        return known
    posting = _posting(task)
    if posting is not None and not delivering.wanted(session, posting):
        return None
    if known is not None:
        return known
    written = rendering.write(session, task.payload)
    if written is None:
        return None
    letter = Letter(
        message_id=name,
        recipient=written.address,
        template=task.payload["template"],
        subject=written.subject,
        body=written.text,
        html=written.html,
        attachments=written.enclosed,
        unsubscribe=written.unsubscribe,
        created_at=clock.now(session),
        content=written.content,
        label=written.label,
        href=written.href,
    )
    inbox.receive(session, letter, task.payload["user_id"])
    return letter


def _mark_sent(session: Session, letter: Letter) -> None:
    values = {
        "sent_at": sa.func.coalesce(Letter.sent_at, clock.now(session)),
        "body": links.without_secrets(letter.body),
        "html": links.without_secrets(letter.html or ""),
        "unsubscribe": None,
    }
    session.execute(sa.update(Letter).where(Letter.id == letter.id).values(**values))


def send(settings: Settings, letter: Letter, note: Callable[[], None]) -> None:
    """Hand one letter to the mail server; `note` is called before the line by which the server takes it.

    Raises `Undeliverable` where it refused for good, whatever smtplib raises where a later try may work.
    """
    message = compose(settings, letter)
    try:
        with handing.connection(settings, note) as server:
            server.send_message(message, parseaddr(settings.mail_sender)[1], [letter.recipient])
    except smtplib.SMTPAuthenticationError:
        raise  # our own settings are wrong, not the letter: an operator can mend that
    except smtplib.SMTPRecipientsRefused as error:
        _refused((code, text) for code, text in error.recipients.values())
        raise
    except smtplib.SMTPResponseException as error:
        _refused([(error.smtp_code, error.smtp_error)])
        raise


def _refused(answers: Iterable[tuple[int, bytes | str]]) -> None:
    for code, text in answers:
        if 500 <= code < 600:  # SMTP's answers that will not change
            words = text.decode(errors="replace") if isinstance(text, bytes) else text
            raise Undeliverable(f"{code} {words}")


def compose(settings: Settings, letter: Letter) -> EmailMessage:
    """The letter as mail programs want it."""
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = settings.mail_sender
    message["To"] = letter.recipient
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.body)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for file in letter.attachments:
        kind, _slash, subtype = file["media_type"].partition("/")
        data = file["text"].encode()
        params = {"method": file["method"], "charset": "utf-8"} if "method" in file else None
        message.add_attachment(data, maintype=kind, subtype=subtype, filename=file["name"], params=params)
    # Not random ones: the same letter is the same bytes whenever it is sent.
    for depth, part in enumerate(each for each in message.walk() if each.is_multipart()):
        part.set_boundary(f"part{depth or ''}-{letter.message_id[1:33]}")
    return message
