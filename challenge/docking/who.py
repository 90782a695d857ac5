"""Whom a meeting is usually with, as lines of mail addresses: both sides' own people."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.accounts.models import Membership, User
from challenge.docking.models import DockingPair
from challenge.requirements.models import Requirement
from challenge.rules.permissions import Subject


def usual(
    session: Session, pair: DockingPair, requirement: Requirement, subject: Subject
) -> dict[str, list[str]]:
    """Side -> lines (two statements)."""
    speakers = sa.select(Membership.user_id).where(
        Membership.organization_id == requirement.seeker_id, Membership.representative
    )
    candidate = _lines(session, User.id.in_(subject.team))
    if pair.recipient is not None and not candidate:
        candidate = [_line(pair.recipient.name, pair.recipient.address, pair.recipient.locale)]
    return {"seeker": _lines(session, User.id.in_(speakers)), "candidate": candidate}


def _lines(session: Session, where: sa.ColumnElement[bool]) -> list[str]:
    query = sa.select(User.name, User.email, User.locale).where(where, User.active.is_(True))
    return [_line(*row) for row in session.execute(query.order_by(User.id).limit(10))]


def _line(name: str, address: str, locale: str | None) -> str:
    plain = "".join(each for each in name if each not in ',，;；<>\t"()@')
    spoken = f", {locale[:2]}" if locale else ""
    return f"{plain} <{address}>{spoken}" if plain.strip() else f"{address}{spoken}"
