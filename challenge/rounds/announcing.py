"""Announcements: a dated word from the organizer on the round's page, mailed to those who take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate
from challenge.rounds.models import Announcement
from challenge.rounds.programmes import TITLE, length_faults
from challenge.rounds.queries import subject_of
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.tasks import queue

BODY = 5000


@dataclass(frozen=True, slots=True)
class Words:
    """An announcement as written, in one language or both."""

    title_zh: str = ""
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""


def post(session: Session, actor: Actor, round_id: int, words: Words) -> Announcement:
    """Put an announcement on the round's page and tell those who take part; the same words are posted once.

    Raises `InvalidMany` with every fault at its field, `WrongState` before the launch.
    """
    held = gate.hold(session, round_id, exclusive=True)
    round_ = held.round
    require(actor, Action.ANNOUNCEMENT_POST, subject_of(round_, held.now))
    if round_.launched_at is None:
        raise WrongState("not_launched")
    _check(words)
    texts = {name: getattr(words, name).strip() or None for name in Words.__dataclass_fields__}
    known = _same(session, round_id, texts)
    if known is not None:
        return known
    announcement = Announcement(round_id=round_id, author_id=actor.user_id, created_at=held.now, **texts)
    session.add(announcement)
    round_.version += 1
    session.flush()
    subject, where = f"announcement:{announcement.id}", chain.round_chain(round_id)
    facts = {"announcement_id": announcement.id}
    queue.announce(session, "announcement.posted", subject, at=held.now, round_id=round_id, **facts)
    chain.record(session, actor, "announcement.posted", subject, chain=where, at=held.now)
    return announcement


def announcements(
    session: Session, round_id: int, before: int | None = None, limit: int = 20
) -> Sequence[Announcement]:
    """A page of a round's announcements, newest first; `before` is the last id of the page before."""
    query = sa.select(Announcement).where(Announcement.round_id == round_id)
    if before is not None:
        query = query.where(Announcement.id < before)
    return session.scalars(query.order_by(Announcement.id.desc()).limit(limit)).all()


def _check(words: Words) -> None:
    faults = []
    for lang in ("zh", "en"):
        title, body = getattr(words, f"title_{lang}").strip(), getattr(words, f"body_{lang}").strip()
        if body and not title:
            faults.append(Invalid(f"title_{lang}", "required"))
        if title and not body:
            faults.append(Invalid(f"body_{lang}", "required"))
    if not any(getattr(words, name).strip() for name in Words.__dataclass_fields__):
        faults.append(Invalid("title_zh", "one_language_needed"))
    most = {"title_zh": TITLE, "title_en": TITLE, "body_zh": BODY, "body_en": BODY}
    faults += length_faults(words, most)
    if faults:
        raise InvalidMany(faults)


def _same(session: Session, round_id: int, texts: dict[str, str | None]) -> Announcement | None:
    columns = Announcement.__table__.c
    equal = [columns[name].is_not_distinct_from(value) for name, value in texts.items()]
    query = sa.select(Announcement).where(Announcement.round_id == round_id, *equal)
    return session.scalars(query.order_by(Announcement.id).limit(1)).first()
