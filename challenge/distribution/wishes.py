"""What the owner of an address wants: how many letters a month, or none; and addresses that fail."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write
from challenge.distribution import delivering
from challenge.distribution.models import Contact, ContactList, Dispatch, Recipient
from challenge.requirements.models import Requirement
from challenge.rounds.models import Programme, Round
from challenge.rules.errors import Invalid, NotFound
from challenge.rules.permissions import Action, Actor, Subject, require

MOST = 31


def by_ref(session: Session, ref: str) -> Recipient:
    """One recipient; raises NotFound `link_altered`."""
    found = session.scalar(sa.select(Recipient).where(Recipient.ref == ref))
    if found is None:
        raise NotFound("link_altered")
    return found


def unsubscribe(session: Session, actor: Actor, recipient: Recipient) -> None:
    """No more needs to this address, from anybody here. Said twice it is said once."""
    require(actor, Action.DISPATCH_ANSWER)
    _hold(session, recipient)
    if recipient.unsubscribed_at is not None:
        return
    recipient.unsubscribed_at = clock.now(session)
    session.flush()
    chain.record(session, actor, "recipient.unsubscribed", f"recipient:{recipient.id}")


def set_most(session: Session, actor: Actor, recipient: Recipient, most: int) -> None:
    """So many letters in thirty days at most; this also takes an earlier goodbye back, and 0 says goodbye."""
    require(actor, Action.DISPATCH_ANSWER)
    if not 0 <= most <= MOST:
        raise Invalid("most", "out_of_range", minimum=0, maximum=MOST)
    _hold(session, recipient)
    if recipient.most == most and recipient.unsubscribed_at is None:
        return
    recipient.most, recipient.unsubscribed_at = most, None
    session.flush()
    chain.record(session, actor, "recipient.limited", f"recipient:{recipient.id}", most=str(most))


def mend(session: Session, actor: Actor, recipient_ref: str, programme: Programme, *, works: bool) -> None:
    """Mark an address of one's programme by hand: it works again, or (a bounce came by mail) it does not."""
    require(actor, Action.CONTACTS_EDIT, Subject(programme_id=programme.id, host_id=programme.host_id))
    recipient = by_ref(session, recipient_ref)
    if not _known_to(session, recipient.id, programme.id):
        raise NotFound
    if works == (recipient.failed_at is None):
        return
    delivering.mark(
        session, recipient.id, None if works else "by hand", None if works else clock.now(session)
    )
    action = "recipient.mended" if works else "recipient.failed"
    chain.record(session, actor, action, f"recipient:{recipient.id}")


def _hold(session: Session, recipient: Recipient) -> None:
    """Its row as it is now, locked: a click that comes twice at once is one."""
    begin_write(session)
    session.refresh(recipient, with_for_update=True)


def _known_to(session: Session, recipient_id: int, programme_id: int) -> bool:
    listed = (
        sa.select(Contact.id)
        .join(ContactList, ContactList.id == Contact.list_id)
        .where(Contact.recipient_id == recipient_id, ContactList.programme_id == programme_id)
    )
    written = (
        sa.select(Dispatch.id)
        .join(Requirement, Requirement.id == Dispatch.requirement_id)
        .join(Round, Round.id == Requirement.round_id)
        .where(Dispatch.recipient_id == recipient_id, Round.programme_id == programme_id)
    )
    return bool(session.scalar(sa.select(listed.exists() | written.exists())))
