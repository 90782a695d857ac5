"""A programme's own words for letters: kept, given back, and put in the place of the product's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import i18n
from challenge.messages.wording_models import LetterWording
from challenge.rounds import programmes
from challenge.rounds.models import Programme
from challenge.rules import wordings
from challenge.rules.errors import InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.wordings import LETTERS, LIMITS

LOCALES = {"zh": "zh_CN", "en": "en_US"}
Parts = Mapping[str, str]


def kept(session: Session, programme_id: int) -> dict[tuple[str, str], LetterWording]:
    """All that a programme has worded itself, by letter and locale (one statement)."""
    query = sa.select(LetterWording).where(LetterWording.programme_id == programme_id)
    return {(each.template, each.locale): each for each in session.scalars(query)}


def save(
    session: Session, actor: Actor, programme: Programme, template: str, words: Mapping[str, Parts]
) -> None:
    """Say a letter so from now on, in "zh" and "en"; empty words give a language back to the product.

    Raises NotFound for a letter that cannot be worded, `InvalidMany` with each fault at `subject_zh` ...
    """
    require(actor, Action.LETTER_WORD, programmes.subject_of(programme))
    if template not in LETTERS:
        raise NotFound
    said = {
        lang: {name: parts.get(name, "").replace("\r\n", "\n").strip() for name in LIMITS}
        for lang, parts in words.items()
    }
    found = [each for lang in said for each in wordings.faults(template, said[lang], f"_{lang}")]
    if found:
        raise InvalidMany(found)
    known, changed = kept(session, programme.id), []
    for lang, parts in said.items():
        row = known.get((template, LOCALES[lang]))
        if row is not None and {name: getattr(row, name) for name in LIMITS} == parts:
            continue
        if row is not None:
            session.delete(row)
            session.flush()
        if any(parts.values()):
            key = {"programme_id": programme.id, "template": template, "locale": LOCALES[lang]}
            session.add(LetterWording(**key, **parts, author_id=actor.user_id))
        if row is not None or any(parts.values()):
            changed.append(lang)
    session.flush()
    if changed:
        subject = f"programme:{programme.id}"
        chain.record(session, actor, "letter.worded", subject, letter=template, languages=changed)


def reset(session: Session, actor: Actor, programme: Programme, template: str) -> None:
    """Give a letter back to the product, in both languages."""
    save(session, actor, programme, template, {lang: dict.fromkeys(LIMITS, "") for lang in LOCALES})


def applied(session: Session, template: str, parts: Parts, scene: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a letter as its round's programme says them in the reader's language (one statement)."""
    if template not in LETTERS or "round" not in scene:
        return dict(parts)
    this = (
        LetterWording.programme_id == scene["round"].programme_id,
        LetterWording.template == template,
        LetterWording.locale == i18n.reader().locale,
    )
    own = session.scalar(sa.select(LetterWording).where(*this))
    if own is None:
        return dict(parts)
    return worded(parts, {name: getattr(own, name) for name in LIMITS}, scene)


def worded(parts: Parts, own: Parts, scene: Mapping[str, Any]) -> dict[str, str]:
    """The product's parts with those of a programme in their place, its fields filled in."""

    def value(field: str) -> str:
        return parts["body"] if field == "text" else VALUES[field](scene)

    given = {name: wordings.fill(own[name], value) for name in LIMITS if own.get(name)}
    return {**parts, **given}


def _closes(scene: Mapping[str, Any]) -> str:
    open_ = [each for each in scene["track"].stages if each.state == "now" and each.closes_at]
    return i18n.when(open_[-1].closes_at, scene["round"].zone) if open_ else "–"


def _until(scene: Mapping[str, Any]) -> str:
    at = scene.get("until_at")
    return i18n.when(at, scene["round"].zone) if at is not None else "–"


def _entry(scene: Mapping[str, Any]) -> str:
    return f"{scene['submission'].code} · {scene['submission'].title}"


def _entries(scene: Mapping[str, Any]) -> str:
    return "\n".join(f"- {each.code} · {each.title}" for each in scene.get("entries", ()))


def _awards(scene: Mapping[str, Any]) -> str:
    return "\n".join(
        f"- {i18n.t(each.prize, 'name')} · {each.submission.code} · {each.submission.title}"
        for each in scene.get("awards", ())
    )


VALUES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "name": lambda scene: str(scene.get("name", "")),
    "round": lambda scene: i18n.t(scene["round"], "title"),
    "programme": lambda scene: i18n.t(scene["round"].programme, "title"),
    "need": lambda scene: i18n.t(scene["requirement"], "title"),
    "entry": _entry,
    "closes": _closes,
    "until": _until,
    "count": lambda scene: str(scene.get("open_cards", 0)),
    "entries": _entries,
    "awards": _awards,
}
