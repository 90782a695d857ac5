"""A letter that came back: its address is marked, its needs count as bounced, and nothing more goes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import User
from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.distribution import delivering
from challenge.distribution.models import Posting, Recipient
from challenge.flow.distributing import TEMPLATE
from challenge.messages import bounces, delivery, letters
from challenge.messages.models import Letter
from challenge.rules.permissions import SYSTEM

Fate = Literal["marked", "known", "later", "unknown", "nobody", "no_report"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: `fate`, the address where one is known, the server's words.

    `marked` now, `known` before, `later` may work again, `unknown` letter, `nobody` is written to at that
    address but by its account, `no_report` at all.
    """

    fate: Fate
    address: str = ""
    words: str = ""


def take(session: Session, data: bytes) -> Taken:
    """Read a mail that came to the sender's address, and mark what it says cannot be reached."""
    report = bounces.read(data)
    if report is None:
        return Taken("no_report")
    begin_write(session)
    known = sa.select(Letter).where(Letter.message_id.in_(report.letters[:50]))
    letter = session.scalars(known.order_by(Letter.id).limit(1)).first()
    if letter is None:
        return Taken("unknown")
    if not report.final:
        return Taken("later", letter.recipient, report.words)
    recipient = _recipient(session, letter.recipient.lower())
    if recipient is None:
        return Taken("nobody", letter.recipient, report.words)
    now = clock.now(session)
    posting = _posting(session, recipient, letter)
    told = posting is not None and posting.held is not None  # by the same report, perhaps mended since
    if recipient.failed_at is not None or told:
        return Taken("known", letter.recipient, report.words)
    if posting is not None:
        delivering.refuse(session, posting.id, now)
    delivering.mark(session, recipient.id, report.words, now)
    chain.record(session, SYSTEM, "recipient.failed", f"recipient:{recipient.id}")
    return Taken("marked", letter.recipient, report.words)


def _recipient(session: Session, address: str) -> Recipient | None:
    """Who is written to there, by the address itself or by the account that has it now."""
    owner = sa.select(User.id).where(User.email == address)
    same = sa.or_(Recipient.address == address, Recipient.user_id.in_(owner))
    query = sa.select(Recipient).where(same).order_by(Recipient.address != address, Recipient.id)
    return session.scalars(query.limit(1).with_for_update()).first()


def _posting(session: Session, recipient: Recipient, letter: Letter) -> Posting | None:
    """The message that the letter was; its name is made of the key of the work that wrote it."""
    mine = (Posting.recipient_id == recipient.id, Posting.channel == "mail")
    for posting in session.scalars(sa.select(Posting).where(*mine).order_by(Posting.id.desc())):
        readers: list[dict[str, Any]] = [{"address": recipient.address}]
        if recipient.user_id is not None:
            readers.append({"user_id": recipient.user_id})
        for reader in readers:
            work = letters.mail(f"posting:{posting.id}", TEMPLATE, **reader)
            if delivery.message_id(work.key) == letter.message_id:
                return posting
    return None
