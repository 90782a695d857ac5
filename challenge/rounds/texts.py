"""The long texts of a round: Markdown as written, and the sanitised HTML that pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.base import texts
from challenge.rounds import gate
from challenge.rounds.models import PAGE_KINDS, RoundPage
from challenge.rounds.queries import subject_of
from challenge.rules.errors import Invalid, InvalidMany, NotFound
from challenge.rules.permissions import Action, Actor, require

LANGUAGES = ("zh", "en")
MOST = 30_000
Place = tuple[str, str]


def save(session: Session, actor: Actor, round_id: int, written: Mapping[Place, str]) -> list[str]:
    """Keep the texts given by (kind, language); an empty one is taken away. Which changed, as `rules_en`.

    Raises `InvalidMany` where one is too long, `NotFound` for a kind or language that there is not.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.ROUND_EDIT, subject_of(held.round, held.now))
    if any(kind not in PAGE_KINDS or lang not in LANGUAGES for kind, lang in written):
        raise NotFound
    faults = [
        Invalid(f"{kind}_{lang}", "too_long", most=MOST, length=len(text))
        for (kind, lang), text in written.items()
        if len(text) > MOST
    ]
    if faults:
        raise InvalidMany(faults)
    pages = {(page.kind, page.lang): page for page in pages_of(session, round_id)}
    changed = [_keep(session, round_id, place, text, pages) for place, text in written.items()]
    names = [name for name in changed if name]
    if names:
        held.round.version += 1
        session.flush()
        where = chain.round_chain(round_id)
        subject = f"round:{round_id}"
        chain.record(session, actor, "round.texts_edited", subject, chain=where, at=held.now, texts=names)
    return names


def _keep(
    session: Session, round_id: int, place: Place, text: str, pages: Mapping[Place, RoundPage]
) -> str | None:
    kind, lang = place
    source, page = text.strip().replace("\r\n", "\n"), pages.get(place)
    if source == (page.source if page else ""):
        return None
    if not source and page is not None:
        session.delete(page)
    elif page is None:
        html = str(texts.markdown(source))
        session.add(RoundPage(round_id=round_id, kind=kind, lang=lang, source=source, html=html))
    else:
        page.source, page.html = source, str(texts.markdown(source))
    return f"{kind}_{lang}"


def pages_of(session: Session, round_id: int) -> Sequence[RoundPage]:
    """Every long text of a round, in both languages: one statement."""
    return session.scalars(sa.select(RoundPage).where(RoundPage.round_id == round_id)).all()
