"""Letters leave by SMTP, at least once and under one Message-ID; without a server they stay in their table.

The row is written first and sent as it stands: what is sent again after a crash is the same letter.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterable
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write, fresh_session
from challenge.distribution import delivering
from challenge.messages import links, rendering
from challenge.messages.models import Letter
from challenge.tasks import queue
from config import Settings

PATIENCE_SECONDS = 30
SUBMISSION_OVER_TLS = 465


class Undeliverable(Exception):
    """The mail server refused for good."""


def deliver(task: queue.Leased) -> None:
    """Write the letter of a work row and send it. A refusal for good is recorded, others are tried again."""
    settings: Settings = current_app.config["SETTINGS"]
    with fresh_session() as session:
        letter = _kept(session, task)
    if letter is not None and letter.sent_at is None and settings.smtp_host:
        try:
            send(settings, letter)
        except Undeliverable as refusal:
            with fresh_session() as session:
                if (posting := _posting(task)) is not None:
                    delivering.failed(session, posting, str(refusal), clock.now(session))
                queue.give_up(session, task, str(refusal))
            return
    with fresh_session() as session:
        if letter is not None and settings.smtp_host:
            _mark_sent(session, letter)
        if letter is not None and (posting := _posting(task)) is not None:
            delivering.sent(session, posting, clock.now(session))
        queue.finish(session, task)


def _posting(task: queue.Leased) -> int | None:
    """The message of a distribution that this letter is, if it is one."""
    number: int | None = task.payload["about"].get("posting_id")
    return number


def message_id(key: str) -> str:
    """The letter's one name on the mail's way, from the key of its work row."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{links.host()}>"


def _kept(session: Session, task: queue.Leased) -> Letter | None:
    """The letter's row, written at the first try; None where nobody is left to read it."""
    begin_write(session)
    name = message_id(task.key)
    known = session.scalar(sa.select(Letter).where(Letter.message_id == name))
    if known is not None:
        return known
    posting = _posting(task)
    if posting is not None and not delivering.wanted(session, posting):
        return None
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
    )
    session.add(letter)
    session.flush()
    return letter


def _mark_sent(session: Session, letter: Letter) -> None:
    values = {
        "sent_at": clock.now(session),
        "body": links.without_secrets(letter.body),
        "html": links.without_secrets(letter.html or ""),
        "unsubscribe": None,
    }
    session.execute(
        sa.update(Letter).where(Letter.id == letter.id, Letter.sent_at.is_(None)).values(**values)
    )


def send(settings: Settings, letter: Letter) -> None:
    """Hand one letter to the mail server.

    Raises `Undeliverable` where it refused for good, whatever smtplib raises where a later try may work.
    """
    message = compose(settings, letter)
    try:
        with _connection(settings) as server:
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


def _connection(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.smtp_host), settings.smtp_port
    if settings.smtp_tls and port == SUBMISSION_OVER_TLS:
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS)
        if settings.smtp_tls:
            server.starttls(context=ssl.create_default_context())
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password or "")
    return server
