"""A sending becomes letters, 500 at a time, and short messages for the channels that the operator named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload

from challenge.base import clock, i18n
from challenge.base.db import begin_write, fresh_session
from challenge.distribution import channels, delivering, expiring, tokens
from challenge.distribution.models import Posting, ShareLink
from challenge.messages import letters, links
from challenge.requirements import public
from challenge.tasks import queue
from challenge.tasks.queue import Work

BATCH = 500
TEMPLATE = "needs_sent"
Facts = Mapping[str, Any]


def follow(session: Session, facts: Facts) -> Sequence[Work]:
    """The first messages of a sending, and the next batch where there are more."""
    return _batch(session, facts["sending_id"], after=0)


def follow_on(session: Session, payload: Facts) -> Sequence[Work]:
    """The next batch."""
    return _batch(session, payload["sending_id"], after=payload["after"])


def _batch(session: Session, sending_id: int, *, after: int) -> list[Work]:
    query = (
        sa.select(Posting)
        .where(Posting.sending_id == sending_id, Posting.id > after)
        .options(joinedload(Posting.recipient, innerjoin=True))
        .order_by(Posting.id)
        .limit(BATCH)
    )
    postings = session.scalars(query).all()
    works = [_work(each) for each in postings if each.channel != "inbox"]
    if len(postings) == BATCH:
        last = postings[-1].id
        payload = {"sending_id": sending_id, "after": last}
        works.append(Work("postings", f"postings/{sending_id}/{last}", payload))
    return works


def _work(posting: Posting) -> Work:
    if posting.channel != "mail":
        return Work("carry", f"carry/posting:{posting.id}", {"posting_id": posting.id})
    recipient = posting.recipient
    reader: dict[str, Any] = {"user_id": recipient.user_id}
    if recipient.user_id is None:
        reader = {"address": recipient.address, "locale": recipient.locale}
    return letters.mail(f"posting:{posting.id}", TEMPLATE, posting_id=posting.id, **reader)


def expand(task: queue.Leased) -> None:
    """Put the next batch of a sending, and finish in the same transaction."""
    with fresh_session() as session:
        queue.put(session, *follow_on(session, task.payload))
        queue.finish(session, task)


def carry(task: queue.Leased) -> None:
    """Hand one short message to the plug-in of its channel; what that refuses for good is held."""
    posting_id = task.payload["posting_id"]
    with fresh_session() as session:
        begin_write(session)
        message = _outgoing(session, posting_id) if delivering.wanted(session, posting_id) else None
    if message is not None:
        try:
            channels.carrier_of(message.channel)(message)
        except channels.Refused as refusal:
            with fresh_session() as session:
                delivering.refuse(session, posting_id, clock.now(session))
                queue.give_up(session, task, str(refusal))
            return
    with fresh_session() as session:
        if message is not None:
            delivering.sent(session, posting_id, clock.now(session))
        queue.finish(session, task)


def _outgoing(session: Session, posting_id: int) -> channels.Outgoing:
    posting = session.get_one(Posting, posting_id, options=[joinedload(Posting.recipient)])
    needs = public.public_rows(session, delivering.needs_of(session, posting_id))
    address = links.link("public.answers", token=tokens.write(tokens.ANSWER, posting.ref))
    with i18n.reading_as(posting.recipient.locale or "zh_CN", None):
        titles = "; ".join(i18n.t(each, "title") for each in needs)
        text = gettext(
            "A technical need that you may solve: %(titles)s. Answer: %(url)s", titles=titles, url=address
        )
    to = str(posting.recipient.elsewhere[posting.channel])
    return channels.Outgoing(posting.channel, to, text, f"posting:{posting.ref}")


def draw_qr(task: queue.Leased, make: Any) -> None:
    """The QR code of a shared link, by the engine that is handed in."""
    with fresh_session() as session:
        link = session.get_one(ShareLink, task.payload["share_id"])
        address = links.link("public.share", ref=link.ref)
    picture = make(address)
    with fresh_session() as session:
        session.get_one(ShareLink, task.payload["share_id"]).qr = picture
        queue.finish(session, task)


def expire_due() -> int:
    """Expire what nobody waits for any more; how many."""
    total = 0
    while True:
        with fresh_session() as session:
            count = expiring.expire(session)
        total += count
        if count < expiring.BATCH:
            return total
