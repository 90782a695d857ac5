"""The formal check of a requirement, in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.orm import Session

from challenge.files.services import Listed
from challenge.requirements import checking
from challenge.requirements.checking import Check
from challenge.requirements.content import Closed, read
from challenge.requirements.models import Requirement
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid
from challenge.rules.stages import Stage
from challenge.web import hints, words
from challenge.web.diagnosis_words import CHECKS, FIELDS, NOTES, PARTS


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list: its words, how it stands, and why."""

    text: str
    state: str
    lines: tuple[str, ...]


def of(
    session: Session, requirement: Requirement, closed: Closed, files: Sequence[Listed], now: dt.datetime
) -> list[Point]:
    """Every point of the formal check while it is not decided on (three statements at most).

    Its round, windows and seeker must be loaded.
    """
    if requirement.state not in ("submitted", "returned"):
        return []
    content = read(requirement, closed)
    found = checking.check(
        content,
        hints.found(session, requirement, content, files),
        ceiling_minor=requirement.round.budget_ceiling_minor,
        submission=windows_of(requirement.round).get(Stage.SUBMISSION),
        now=now,
        zone=requirement.round.zone,
        unconfirmed=requirement.on_behalf and requirement.confirmed_at is None,
    )
    return [_point(each) for each in found]


def _point(check: Check) -> Point:
    lines = (
        *(_fault(each) for each in check.faults),
        *(str(NOTES[each]) for each in check.notes),
        *hints.say_hints(check.hints),
    )
    return Point(str(CHECKS[check.code]), check.state, lines)


def _fault(fault: Invalid) -> str:
    name = fault.field.partition("-")[0]
    known = FIELDS.get(name) or PARTS.get(name)
    return (
        gettext("%(field)s: %(fault)s", field=str(known), fault=words.say(fault))
        if known
        else words.say(fault)
    )
