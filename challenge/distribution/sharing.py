"""A requirement's link to hand out, with its QR code: whoever has it leaves an address and gets a letter."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.audit import chain
from challenge.distribution import facts, planning, sending
from challenge.distribution.models import Sending, ShareLink
from challenge.distribution.recipients import Address, ensure
from challenge.requirements import queries
from challenge.requirements.models import Requirement
from challenge.rounds import gate as gates
from challenge.rules.errors import NotFound, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue
from challenge.tasks.queue import Work


def make(session: Session, actor: Actor, ref: str) -> ShareLink:
    """The link of a published requirement; asked for twice, the same. Its QR code is a row of work."""
    gate = gates.hold(session, queries.round_of(session, ref))
    requirement = queries.held(session, ref)
    subject = facts.subject_of(session, requirement, gate.now)
    require(actor, Action.DISTRIBUTION_SEND, subject)
    known = of_requirement(session, requirement.id)
    if known is not None:
        return known
    if not subject.public:
        raise WrongState("not_public")
    link = ShareLink(requirement_id=requirement.id, author_id=actor.user_id, created_at=gate.now)
    session.add(link)
    session.flush()
    queue.put(session, Work("qr", f"qr/share:{link.id}", {"share_id": link.id}), at=gate.now)
    of_round = chain.round_chain(requirement.round_id)
    chain.record(
        session, actor, "requirement.shared", f"requirement:{requirement.id}", chain=of_round, at=gate.now
    )
    return link


def of_requirement(session: Session, requirement_id: int) -> ShareLink | None:
    """The link of a requirement, where one was made."""
    return session.scalar(sa.select(ShareLink).where(ShareLink.requirement_id == requirement_id))


def requirement_of(session: Session, ref: str) -> str:
    """The reference of the requirement that a shared link leads to; raises NotFound `link_altered`."""
    query = sa.select(Requirement.ref).join(ShareLink, ShareLink.requirement_id == Requirement.id)
    found = session.scalar(query.where(ShareLink.ref == ref))
    if found is None:
        raise NotFound("link_altered")
    return found


def ask(session: Session, actor: Actor, ref: str, email: str, name: str, locale: str) -> None:
    """Send the requirement to whoever left this address. Nobody is told whether it was known, or wants none.

    The letter proves the address: interest is said by its link alone.
    """
    require(actor, Action.DISPATCH_ANSWER)
    address = addresses.normal("email", email)
    requirement_ref = requirement_of(session, ref)
    gate = gates.hold(session, queries.round_of(session, requirement_ref))
    requirement = queries.held(session, requirement_ref)
    if not facts.subject_of(session, requirement, gate.now).public:
        raise WrongState("dispatch_over")
    recipient_id = ensure(session, [Address(address, name.strip()[:120], locale)])[0]
    plan = planning.plan(session, [requirement], [recipient_id], ["mail"], gate.now)
    if plan.messages:
        made = Sending(round_id=gate.round.id, origin="share", count=1, created_at=gate.now)
        sending.put(session, made, plan.messages, [requirement], gate)
