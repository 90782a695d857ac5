"""A letter as it would read in a programme: its newest round and a published need of it are the real ones.

Entries, awards and people are made up: nobody previews what is not theirs to read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from challenge.base import i18n
from challenge.messages import links, rendering, scenes, wordings
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rules.errors import NotFound
from challenge.rules.wordings import LETTERS

SAMPLE = {"title_zh": "示例需求", "title_en": "A sample need", "ref": "sample", "number": 1}


def round_of(session: Session, programme_id: int) -> int | None:
    """The programme's newest round, a launched one before a draft."""
    query = sa.select(Round.id).where(Round.programme_id == programme_id)
    return session.scalar(query.order_by(Round.launched_at.is_(None), Round.id.desc()).limit(1))


def scene(session: Session, round_id: int, name: str) -> dict[str, Any]:
    """What any of the letters may name."""
    about = scenes.load(session, None, {"round_id": round_id})
    need = session.scalars(
        sa.select(Requirement)
        .where(Requirement.round_id == round_id, Requirement.state == "published")
        .order_by(Requirement.id.desc())
        .limit(1)
    ).first()
    entry = SimpleNamespace(code="S-0000", title="…", ref="sample", state="selected", owner_id=0)
    lost = SimpleNamespace(code="S-0001", title="…", ref="sample", state="not_selected", owner_id=0)
    prize = SimpleNamespace(name_zh="示例奖项", name_en="A sample prize")
    now: dt.datetime = about["now"]
    return {
        **about,
        "name": name,
        "person": SimpleNamespace(id=0, name=name),
        "requirement": need or SimpleNamespace(**SAMPLE),
        "submission": entry,
        "entries": [entry, lost],
        "awards": [SimpleNamespace(prize=prize, submission=entry)],
        "version": SimpleNamespace(
            number=1, admitted="", submitted_at=now, manifest=[], sealed=True, receipt=None
        ),
        "decision": SimpleNamespace(ref="sample"),
        **dict.fromkeys(("reason", "why", "opinions", "released"), ""),
        "number": 1,
        "kind": "final",
        "name_zh": None,
        "name_en": None,
        "desk": 3,
        "open_cards": 3,
        "count": 3,
        "until_at": now + dt.timedelta(days=3),
    }


def preview(
    template: str, about: Mapping[str, Any], locale: str, own: Mapping[str, str] | None
) -> dict[str, str]:
    """The parts of a letter in a language: as the product says them, or with a programme's own words."""
    if template not in LETTERS:
        raise NotFound
    with i18n.reading_as(locale):
        source = current_app.jinja_env.get_template(f"mail/{template}.txt")
        context = source.new_context({**about, "link": links.link})
        parts = {block: rendering.block_of(source, context, block) for block in rendering.BLOCKS}
        if own is not None and any(own.values()):
            parts = wordings.worded(parts, own, about)
    return {**parts, "html": rendering.drawn(parts["body"])}
