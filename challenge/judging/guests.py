"""Many judges to be invited at once: every line is checked before one letter is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from challenge.accounts import addresses
from challenge.judging import panel
from challenge.rules import guests as rules
from challenge.rules.errors import Invalid
from challenge.rules.guests import Line

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that can be invited, with what is known of the person; or what stands against it."""

    number: int
    email: str
    facts: dict[str, Any]
    faults: tuple[Invalid, ...]


def checked(session: Session, phase_id: int, lines: list[Line]) -> list[Checked]:
    """Every line with its faults, before anybody is invited."""
    return list(_checked(lines, panel.addresses_of(session, phase_id)))


def _checked(lines: list[Line], on_panel: set[str]) -> Iterator[Checked]:
    seen: set[str] = set()
    for line in lines:
        faults: list[Invalid] = []
        email = _read(faults, addresses.normal, "email", line.email) or line.email
        if email in on_panel:
            faults.append(Invalid("email", "on_panel_already"))
        if email in seen:
            faults.append(Invalid("email", "listed_twice"))
        seen.add(email)
        if len(line.name) > rules.NAME:
            faults.append(Invalid("name", "too_long", length=len(line.name), most=rules.NAME))
        facts = {
            "name": line.name,
            "keywords": _read(faults, rules.keywords_of, "keywords", line.keywords),
            "capacity": _read(faults, panel.read_capacity, line.capacity) if line.capacity else None,
            "languages": _read(faults, rules.languages_of, "languages", line.languages),
        }
        known = {name: value for name, value in facts.items() if value}
        yield Checked(line.number, email, known, tuple(faults))


def _read(faults: list[Invalid], act: Callable[..., Value], *typed: str) -> Value | None:
    """What was typed as it is kept; a refusal goes to the faults of its line."""
    try:
        return act(*typed)
    except Invalid as fault:
        faults.append(fault)
        return None
