"""What the judges of a panel know about, and how much they can take on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.judging.expertise_models import JudgeDocument, JudgeProfile
from challenge.judging.models import PanelJudge
from challenge.rules import guests
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Actor, require

LANGUAGES = ("zh", "en")
MOST_DOCUMENTS, MOST_TITLE, MOST_TEXT = 20, 300, 20_000


@dataclass(frozen=True, slots=True)
class Expertise:
    """One judge: keywords, languages ("zh", "en"; none said, any), own texts, most entries."""

    keywords: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    capacity: int | None = None


def of_panel(session: Session, phase_id: int) -> Mapping[int, Expertise]:
    """Panel judge -> what they know about, for every seat of the phase (two statements)."""
    seats = session.execute(
        sa.select(
            PanelJudge.id,
            PanelJudge.user_id,
            PanelJudge.capacity,
            JudgeProfile.keywords,
            JudgeProfile.languages,
        )
        .outerjoin(JudgeProfile, JudgeProfile.user_id == PanelJudge.user_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(PanelJudge.id)
    ).all()
    texts: dict[int, list[str]] = {}
    documents = (
        sa.select(JudgeDocument.user_id, JudgeDocument.title, JudgeDocument.text)
        .join(PanelJudge, PanelJudge.user_id == JudgeDocument.user_id)
        .where(PanelJudge.phase_id == phase_id)
        .order_by(JudgeDocument.id)
    )
    for user_id, title, text in session.execute(documents):
        texts.setdefault(user_id, []).append(f"{title}\n{text}")
    return {
        seat: Expertise(
            tuple(keywords or ()),
            frozenset(languages or ()),
            tuple(texts.get(user_id or 0, ())),
            capacity,
        )
        for seat, user_id, capacity, keywords, languages in seats
    }


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person says they know about."""

    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    documents: tuple[JudgeDocument, ...]


def of_person(session: Session, user_id: int) -> Mine:
    """A person's own profile and texts, the oldest first (two statements)."""
    profile = session.scalar(sa.select(JudgeProfile).where(JudgeProfile.user_id == user_id))
    query = sa.select(JudgeDocument).where(JudgeDocument.user_id == user_id).order_by(JudgeDocument.id)
    documents = tuple(session.scalars(query))
    if profile is None:
        return Mine((), (), documents)
    return Mine(tuple(profile.keywords), tuple(profile.languages), documents)


def save(session: Session, actor: Actor, keywords: str, languages: Collection[str]) -> None:
    """Say what I know about; raises InvalidMany by field."""
    require(actor, Action.ACCOUNT_USE)
    faults: list[Invalid] = []
    words: list[str] = []
    try:
        words = guests.keywords_of("keywords", keywords)
    except Invalid as fault:
        faults.append(fault)
    if set(languages) - set(LANGUAGES):
        faults.append(Invalid("languages", "not_a_choice"))
    if faults:
        raise InvalidMany(faults)
    said = {
        "keywords": words,
        "languages": [each for each in LANGUAGES if each in languages],
        "updated_at": clock.now(session),
    }
    put = insert_into(session, JudgeProfile).values(user_id=actor.user_id, **said)
    session.execute(put.on_conflict_do_update(index_elements=[JudgeProfile.user_id], set_=said))
    session.expire_all()


def add_document(session: Session, actor: Actor, title: str, text: str) -> None:
    """Add a text that shows what I work on; twice the same is once. Raises InvalidMany by field."""
    require(actor, Action.ACCOUNT_USE)
    begin_write(session)
    title, text = title.strip(), text.strip()
    lengths = (("title", title, MOST_TITLE), ("text", text, MOST_TEXT))
    faults = [Invalid(name, "required") for name, said, _ in lengths if not said]
    faults += [
        Invalid(name, "too_long", length=len(said), most=most)
        for name, said, most in lengths
        if len(said) > most
    ]
    if faults:
        raise InvalidMany(faults)
    known = of_person(session, actor.user_id or 0).documents
    if any((each.title, each.text) == (title, text) for each in known):
        return
    if len(known) >= MOST_DOCUMENTS:
        raise Invalid("title", "too_many_documents", most=MOST_DOCUMENTS)
    session.add(JudgeDocument(user_id=actor.user_id, title=title, text=text))
    session.flush()


def remove_document(session: Session, actor: Actor, ref: str) -> None:
    """Take one of my texts away; gone already, nothing happens."""
    require(actor, Action.ACCOUNT_USE)
    mine = sa.and_(JudgeDocument.ref == ref, JudgeDocument.user_id == actor.user_id)
    session.execute(sa.delete(JudgeDocument).where(mine))
