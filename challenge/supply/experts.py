"""An expert's own verbs: what I know about, what I consent to, texts and publications of mine.

A person has one profile. Organizers who give out entries, matching and the public list all read it, each as
far as the person said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import clock
from challenge.base.db import begin_write, insert_into
from challenge.base.ids import new_ref
from challenge.requirements.models import FIELDS
from challenge.rules import guests
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.regions import PROVINCES
from challenge.rules.supply import AVAILABILITY
from challenge.supply.models import Expert, ExpertDocument
from challenge.tasks import queue

LANGUAGES = ("zh", "en")
MOST_DOCUMENTS, MOST_TITLE, MOST_TEXT = 20, 300, 20_000
MOST_ABOUT, MOST_WEEKLY = 1000, 50


@dataclass(frozen=True, slots=True)
class Mine:
    """What a person says they know about."""

    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    documents: tuple[ExpertDocument, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person writes about themselves as an expert, and what they consent to."""

    keywords: str = ""
    languages: tuple[str, ...] = ()
    field: str = ""
    region: str = ""
    about_zh: str = ""
    about_en: str = ""
    availability: str = "open"
    listed: bool = False
    matched: bool = False
    mailed: bool = False
    weekly_letters: int | None = 1


def of_person(session: Session, user_id: int) -> Mine:
    """A person's own keywords, languages and texts, the oldest first (two statements)."""
    profile = profile_of(session, user_id)
    query = sa.select(ExpertDocument).where(ExpertDocument.user_id == user_id, ExpertDocument.kind == "text")
    documents = tuple(session.scalars(query.order_by(ExpertDocument.id)))
    if profile is None:
        return Mine((), (), documents)
    return Mine(tuple(profile.keywords), tuple(profile.languages), documents)


def profile_of(session: Session, user_id: int) -> Expert | None:
    """A person's own profile (one statement)."""
    query = sa.select(Expert).where(Expert.user_id == user_id)
    return session.scalar(query.execution_options(populate_existing=True))


def save(session: Session, actor: Actor, keywords: str, languages: Collection[str]) -> None:
    """Say what I know about; everything else of my profile stays. Raises InvalidMany by field."""
    require(actor, Action.ACCOUNT_USE)
    _put(session, actor, _checked(_words(keywords, languages)))


def save_profile(session: Session, actor: Actor, profile: Profile) -> None:
    """Keep my whole profile and what I consent to; that confirms it. Raises InvalidMany by field.

    Whoever is listed has a field, and says in Chinese or in English what they do.
    """
    require(actor, Action.ACCOUNT_USE)
    found = _words(profile.keywords, profile.languages)
    found += list(_faults(profile))
    values = _checked(found)
    values |= {name: getattr(profile, name) for name in ("availability", "listed", "matched", "mailed")}
    values |= {
        name: getattr(profile, name).strip() or None for name in ("field", "region", "about_zh", "about_en")
    }
    values["weekly_letters"] = profile.weekly_letters or 0
    _put(session, actor, values)


Found = list[Invalid | tuple[str, list[str]]]


def _words(keywords: str, languages: Collection[str]) -> Found:
    found: Found = []
    try:
        found.append(("keywords", guests.keywords_of("keywords", keywords)))
    except Invalid as fault:
        found.append(fault)
    if set(languages) - set(LANGUAGES):
        found.append(Invalid("languages", "not_a_choice"))
    return [*found, ("languages", [each for each in LANGUAGES if each in languages])]


def _checked(found: Found) -> dict[str, Any]:
    faults = [each for each in found if isinstance(each, Invalid)]
    if faults:
        raise InvalidMany(faults)
    return {each[0]: each[1] for each in found if not isinstance(each, Invalid)}


def _faults(profile: Profile) -> list[Invalid]:
    known: Mapping[str, Collection[str]] = {
        "field": FIELDS,
        "region": PROVINCES,
        "availability": AVAILABILITY,
    }
    faults = [
        Invalid(name, "not_a_choice")
        for name, codes in known.items()
        if (said := getattr(profile, name)) and said not in codes
    ]
    faults += [
        Invalid(name, "too_long", most=MOST_ABOUT, length=len(getattr(profile, name)))
        for name in ("about_zh", "about_en")
        if len(getattr(profile, name)) > MOST_ABOUT
    ]
    if profile.weekly_letters is None or not 0 <= profile.weekly_letters <= MOST_WEEKLY:
        faults.append(Invalid("weekly_letters", "not_a_choice"))
    if profile.listed and not profile.field:
        faults.append(Invalid("field", "required"))
    if profile.listed and not (profile.about_zh.strip() or profile.about_en.strip()):
        faults.append(Invalid("about_zh", "one_language"))
    return faults


def _put(session: Session, actor: Actor, values: Mapping[str, Any]) -> None:
    begin_write(session)
    now = clock.now(session)
    known = profile_of(session, actor.user_id or 0)
    changed = sorted(name for name, value in values.items() if known is None or getattr(known, name) != value)
    stamps = {"confirmed_at": now} | ({"updated_at": now} if changed else {})
    fresh = {"user_id": actor.user_id, "ref": new_ref(), "updated_at": now}
    defaults = {"availability": "open", "listed": False, "matched": False, "mailed": False}
    put = insert_into(session, Expert).values({**defaults, "weekly_letters": 1, **fresh, **stamps, **values})
    put = put.on_conflict_do_update(index_elements=[Expert.user_id], set_={**values, **stamps})
    session.execute(put)
    session.expire_all()
    if changed:
        _changed(session, actor, "expert.edited", fields=changed)


def confirm(session: Session, actor: Actor) -> None:
    """Say that my profile is still right."""
    require(actor, Action.ACCOUNT_USE)
    now = clock.now(session)
    mine = sa.update(Expert).where(Expert.user_id == actor.user_id).values(confirmed_at=now)
    if session.execute(mine).rowcount:  # type: ignore[attr-defined]
        chain.record(session, actor, "expert.confirmed", f"user:{actor.user_id}", at=now)


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
    session.add(ExpertDocument(user_id=actor.user_id, title=title, text=text))
    session.flush()


def remove_document(session: Session, actor: Actor, ref: str) -> None:
    """Take one of my texts or publications away; gone already, nothing happens."""
    require(actor, Action.ACCOUNT_USE)
    mine = sa.and_(ExpertDocument.ref == ref, ExpertDocument.user_id == actor.user_id)
    gone = session.scalars(sa.delete(ExpertDocument).where(mine).returning(ExpertDocument.kind)).all()
    if "publication" in gone:
        _changed(session, actor, "expert.publications", fields=["publications"])


def _changed(session: Session, actor: Actor, action: str, **detail: Any) -> None:
    """Say downward that a profile has changed, and write it down."""
    now = clock.now(session)
    subject = f"user:{actor.user_id}"
    queue.announce(session, "expert.changed", subject, mark=now.isoformat(), at=now, expert_id=actor.user_id)
    chain.record(session, actor, action, subject, at=now, **detail)
