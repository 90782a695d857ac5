"""The formal check of a requirement, point by point: wrong, worth a look, or in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from challenge.requirements import faults
from challenge.requirements.content import Content
from challenge.requirements.hints import Hint
from challenge.rules.errors import Invalid
from challenge.rules.stages import Window

FAR_APART = 1_000  # between both ends of a budget: one of them is in the wrong unit


@dataclass(frozen=True, slots=True)
class Check:
    """One point. `state`: `fault` keeps it from being published, `look` is for a person to judge, `ok`."""

    code: str
    state: str
    faults: tuple[Invalid, ...] = ()
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()


# Point -> the fields whose faults belong to it, and the signs. Faults of all other fields: not complete.
POINTS: tuple[tuple[str, Collection[str], Collection[str]], ...] = (
    ("contact", ("contact_name", "contact_phone", "contact_email"), ()),
    ("amounts", ("budget_min", "budget_max"), ("budget_small", "budget_open")),
    ("dates", ("starts_on", "ends_on", "closes_at"), ()),
    (
        "measurable",
        ("indicators",),
        ("without_number", "without_target", "without_unit", "nothing_must"),
    ),
    ("identity", (), ("names_seeker", "names_person", "contact", "address", "registration_code")),
    ("secrets", (), ("confidential_repeated",)),
    ("wording", (), ("vague", "solution", "no_figure")),
    ("languages", (), ("one_language_only",)),
)
_ELSEWHERE = {field for _code, fields, _signs in POINTS for field in fields}


def check(
    content: Content,
    hints: Sequence[Hint],
    *,
    ceiling_minor: int,
    submission: Window | None,
    now: dt.datetime,
    zone: str,
    unconfirmed: bool = False,
) -> list[Check]:
    """Every point of it, in the round's zone. `unconfirmed`: written for a firm that has not confirmed it."""
    found = faults.of_submission(content, ceiling_minor, submission)
    if content.closes_at is not None and content.closes_at <= now:
        found.append(Invalid("closes_at", "closes_in_past", at=content.closes_at))
    rest = tuple(each for each in found if _point(each) not in _ELSEWHERE)
    notes = _notes(content, now.astimezone(ZoneInfo(zone)).date())
    checks = [_checked("complete", rest, (), ("not_confirmed",) if unconfirmed else ())]
    for code, fields, signs in POINTS:
        wrong = tuple(each for each in found if _point(each) in fields)
        seen = tuple(each for each in hints if each.code in signs)
        checks.append(_checked(code, wrong, seen, tuple(notes.get(code, ()))))
    return checks


def _point(fault: Invalid) -> str:
    return fault.field.partition("-")[0]


def _checked(code: str, wrong: tuple[Invalid, ...], seen: tuple[Hint, ...], notes: tuple[str, ...]) -> Check:
    state = "fault" if wrong or "not_confirmed" in notes else "look" if seen or notes else "ok"
    return Check(code, state, wrong, seen, notes)


def _notes(content: Content, today: dt.date) -> dict[str, list[str]]:
    """What no field is wrong about and no sign says."""
    notes: dict[str, list[str]] = {}
    if not content.contact_name or not (content.contact_phone or content.contact_email):
        notes["contact"] = ["nobody_to_ask"]
    low, high = content.budget_min_minor, content.budget_max_minor
    if low and high and high > low * FAR_APART:
        notes["amounts"] = ["amounts_far_apart"]
    if content.ends_on is not None and content.ends_on < today:
        notes["dates"] = ["ends_in_past"]
    return notes
