"""The contents of the editor: its sections and fields, what is done, what is missing and where that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from challenge.rules.errors import Invalid
from challenge.rules.formspec import Field, Words
from challenge.submissions.queries import Shown
from challenge.web import words
from challenge.web.asked_values import name_of


@dataclass(frozen=True, slots=True)
class Line:
    """One field: whether it is filled in, and what is said where it is missing."""

    label: Words
    anchor: str
    done: bool
    missing: str | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section with its fields that are asked."""

    title: Words
    anchor: str
    lines: tuple[Line, ...]

    @property
    def missing(self) -> int:
        """How many of its fields are missing."""
        return sum(1 for line in self.lines if line.missing)


@dataclass(frozen=True, slots=True)
class Contents:
    """All of it. `team` is what is missing of the team, which has its own page."""

    chapters: tuple[Chapter, ...]
    team: str | None

    @property
    def missing(self) -> int:
        """How many parts are missing altogether."""
        return sum(chapter.missing for chapter in self.chapters) + bool(self.team)


def contents(shown: Shown) -> Contents:
    """The contents of a draft as it is stored."""
    faults = {fault.field: fault for fault in shown.missing}
    spec, values = shown.form.spec, shown.submission.values
    counts = shown.material.files_by_field
    chapters = []
    for section in spec.sections:
        asked = [field for field in section.fields if spec.is_shown(field, values)]
        lines = tuple(_line(field, values, counts.get(field.key, 0), faults) for field in asked)
        chapters.append(Chapter(section.title, section_anchor(section.key), lines))
    team = faults.get("team")
    return Contents(tuple(chapters), words.say(team) if team else None)


def section_anchor(key: str) -> str:
    """The id of a section's heading; no field has it."""
    return f"section-{key}"


def _line(field: Field, values: Mapping[str, Any], files: int, faults: Mapping[str, Invalid]) -> Line:
    fault = faults.get(field.key)
    value = files if field.kind == "files" else values.get(field.key)
    empty = value in (None, "", [], {}) or (value == 0 and field.kind in ("files", "consent"))
    return Line(field.label, name_of(field.key), not empty and not fault, words.say(fault) if fault else None)
