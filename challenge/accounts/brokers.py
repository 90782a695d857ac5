"""Brokers of a programme: people who enter the needs of firms that have no account yet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from challenge.accounts import grants, invitations
from challenge.audit import chain
from challenge.rules.permissions import Action, Actor, Subject, require

ROLE, SCOPE = "broker", "programme"


def appoint(session: Session, actor: Actor, email: str, programme_id: int, subject: Subject) -> None:
    """Invite the owner of an address; the role holds once they accept. Asked twice, it is one invitation.

    Raises `Invalid("email", "not_an_address")`.
    """
    invitations.create(
        session, actor, email=email, role=ROLE, scope=SCOPE, scope_id=programme_id, subject=subject
    )


def dismiss(session: Session, actor: Actor, user_id: int, programme_id: int, subject: Subject) -> None:
    """Take the role away; what they have entered stays, and the organizers look after it."""
    require(actor, Action.BROKER_APPOINT, subject)
    if grants.take(session, user_id, ROLE, SCOPE, programme_id):
        chain.record(
            session, actor, "broker.dismissed", f"user:{user_id}", scope=SCOPE, scope_id=programme_id
        )
