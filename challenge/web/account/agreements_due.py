"""The panel of what is due in agreements: the oldest day first, with whose turn it is."""

from __future__ import annotations

import datetime as dt

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenge.agreements import milestone_reads
from challenge.agreements.milestone_reads import DueRow
from challenge.base import i18n
from challenge.rules.permissions import Actor
from challenge.rules.services import day_at
from challenge.web import milestone_words
from challenge.web.account.panel_parts import MOST, Line, Panel


def panel(session: Session, actor: Actor, now: dt.datetime) -> Panel | None:
    """What is late or comes soon; nothing where nothing does."""
    rows = milestone_reads.due(session, actor, now.date())
    if not rows:
        return None
    lines = [Line(_address(row), row.label or _("The whole sum"), note=_note(row)) for row in rows[:MOST]]
    return (
        Panel(_("Due in agreements"), lines, "", url_for("agree.due"), _("All that is due"))
        if lines
        else None
    )


def _address(row: DueRow) -> str:
    if row.kind == "payment":
        return url_for("agree.payments", ref=row.ref)
    return url_for("agree.milestone", ref=row.ref, place=row.place)


def _note(row: DueRow) -> str:
    day = i18n.day(day_at(row.day)) if row.day is not None else ""
    late = str(_("overdue")) if row.late else ""
    said = (milestone_words.DUE[row.kind], day, late, milestone_words.SIDES[row.turn])
    return " · ".join(filter(None, map(str, said)))
