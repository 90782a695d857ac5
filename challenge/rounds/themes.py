"""The tracks of a round (`Theme` in code): parts by subject, with needs, prizes and judges of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenge.audit import chain
from challenge.rounds import gate, rows
from challenge.rounds.models import Theme
from challenge.rounds.programmes import TITLE
from challenge.rounds.queries import subject_of
from challenge.rounds.windows import has_opened
from challenge.rules.errors import Invalid, InvalidMany, WrongState
from challenge.rules.permissions import Action, Actor, require
from challenge.rules.stages import Stage

MOST_THEMES, SUMMARY = 20, 500
_TEXTS = {"name_zh": TITLE, "name_en": TITLE, "summary_zh": SUMMARY, "summary_en": SUMMARY}


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """One track as written; `id` names the one that is changed, None adds one."""

    id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""


def replace(session: Session, actor: Actor, round_id: int, wanted: Sequence[ThemeFacts]) -> None:
    """Make these the round's tracks, in this order, until its judging opens; what is not named goes.

    Raises `InvalidMany` with faults at `themes-<n>-<field>` and at `themes` for one that is used still,
    `WrongState` once judging opened.
    """
    held = gate.hold(session, round_id, exclusive=True)
    require(actor, Action.ROUND_EDIT, subject_of(held.round, held.now))
    if any(row.stage == Stage.JUDGING.value and has_opened(row, held.now) for row in held.round.windows):
        raise WrongState("tracks_fixed")
    _check(wanted)
    known = {theme.id: theme for theme in themes_of(session, round_id)}
    before = [_facts(theme) for theme in known.values()]
    wanted = rows.named(wanted, before)
    _drop(session, [theme for theme in known.values() if theme.id not in {facts.id for facts in wanted}])
    for position, facts in enumerate(wanted, start=1):
        theme = known.get(facts.id or 0) or Theme(round_id=round_id)
        theme.position = position
        for name in _TEXTS:
            setattr(theme, name, getattr(facts, name).strip() or None)
        session.add(theme)
    session.flush()
    after = [_facts(theme) for theme in themes_of(session, round_id)]
    if after == before:
        return
    held.round.version += 1
    session.flush()
    where, count = chain.round_chain(round_id), len(after)
    chain.record(
        session, actor, "round.tracks_edited", f"round:{round_id}", chain=where, at=held.now, count=count
    )


def themes_of(session: Session, round_id: int) -> Sequence[Theme]:
    """The tracks of a round in their order."""
    query = sa.select(Theme).where(Theme.round_id == round_id).order_by(Theme.position, Theme.id)
    return session.scalars(query).all()


def by_ref(session: Session, round_id: int, ref: str, field: str = "theme") -> Theme:
    """The round's track of this reference; raises `Invalid(field, "not_a_choice")`."""
    query = sa.select(Theme).where(Theme.round_id == round_id, Theme.ref == ref)
    theme = session.scalars(query).one_or_none()
    if theme is None:
        raise Invalid(field, "not_a_choice")
    return theme


def _drop(session: Session, themes: Sequence[Theme]) -> None:
    """Delete them; what belongs to one (a requirement, a draft, a prize) holds it by its reference."""
    for theme in themes:
        name = theme.name_zh or theme.name_en
        try:
            with session.begin_nested():
                session.delete(theme)
                session.flush()
        except IntegrityError:
            raise Invalid("themes", "track_used", name=name) from None


def _facts(theme: Theme) -> ThemeFacts:
    return ThemeFacts(theme.id, **{name: getattr(theme, name) or "" for name in _TEXTS})


def _check(wanted: Sequence[ThemeFacts]) -> None:
    faults = [Invalid("themes", "too_many_rows", most=MOST_THEMES)] if len(wanted) > MOST_THEMES else []
    for place, facts in enumerate(wanted):
        if not facts.name_zh.strip() and not facts.name_en.strip():
            faults.append(Invalid(f"themes-{place}-name_zh", "title_needed"))
        faults += [
            Invalid(f"themes-{place}-{name}", "too_long", most=most, length=len(getattr(facts, name)))
            for name, most in _TEXTS.items()
            if len(getattr(facts, name)) > most
        ]
    if faults:
        raise InvalidMany(faults)
