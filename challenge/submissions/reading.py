"""A version as it is read: its answers under the sections and labels of the form that it answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rules.formspec import Field, Section, Spec
from challenge.submissions import asking
from challenge.submissions.asking import Form
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, SubmissionForm, Version

# The only field of files that versions of an earlier age had; their manifests do not name it.
FILES = "files"
BLOCKS = ("long", "table", "files", "indicators")  # answers that are more than a line
Manifest = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Item:
    """One field with its answer; `answers` are of indicators, `files` lines of the manifest by place."""

    field: Field
    value: Any = None
    answers: tuple[Mapping[str, Any], ...] = ()
    files: tuple[tuple[int, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section with what was asked in it."""

    section: Section
    items: tuple[Item, ...]

    @property
    def runs(self) -> Iterator[tuple[Item, ...]]:
        """The items in their order: short ones that follow each other together, long ones alone."""
        for whole, group in groupby(self.items, lambda item: item.field.kind in BLOCKS):
            items = tuple(group)
            yield from ((item,) for item in items) if whole else (items,)


def parts(
    spec: Spec, content: Mapping[str, Any], manifest: Manifest, hidden: Mapping[str, Any] | None
) -> tuple[Part, ...]:
    """All sections that hold something. `hidden` is what judges never see; None reads as they do.

    The title is left out: it stands above, as the heading of the whole. A file of a field that the form does
    not name (any more) stands in the last section of files.
    """
    values = {**values_of(content), **(hidden or {})}
    found = []
    for section in spec.sections:
        shown = [
            _item(field, values, content, manifest)
            for field in section.fields
            if _stands(spec, field, values, judges=hidden is None)
        ]
        if shown:
            found.append(Part(section, tuple(shown)))
    return tuple(found)


def _stands(spec: Spec, field: Field, values: Mapping[str, Any], *, judges: bool) -> bool:
    if field.key == "title" or (judges and field.hidden):
        return False
    if field.kind in ("files", "indicators"):
        return spec.is_shown(field, values)
    return field.key in values


def _item(field: Field, values: Mapping[str, Any], content: Mapping[str, Any], manifest: Manifest) -> Item:
    if field.kind == "indicators":
        given = values.get(field.key) if field.hidden else content.get("answers")
        return Item(field, answers=tuple(given or ()))
    if field.kind == "files":
        lines = enumerate(manifest, start=1)
        return Item(
            field,
            files=tuple((place, line) for place, line in lines if line.get("field", FILES) == field.key),
        )
    return Item(field, values.get(field.key))


def form_of(session: Session, submission: Submission, content: Mapping[str, Any]) -> Form:
    """The form that a version answered; one older than forms answered the usual. One statement at most."""
    version = int((content.get("form") or {}).get("version") or 0)
    return asking.of_round(session, submission.round_id, submission.requirement_id is not None, version)


def version_parts(session: Session, submission: Submission, version: Version) -> tuple[Part, ...]:
    """A whole version (loaded with names) for its team, its organizer and its seeker."""
    spec = form_of(session, submission, version.content).spec
    return parts(spec, version.content, version.manifest, version.hidden or {})


def hidden_files(spec: Spec) -> frozenset[str]:
    """The fields whose files judges never get."""
    return frozenset(field.key for field in spec.of_kind("files") if field.hidden)


def answered() -> sa.ColumnElement[bool]:
    """For a query of `Submission` and `Version`: joins the `SubmissionForm` that the version answered."""
    number = sa.cast(Version.content[("form", "version")].as_string(), sa.Integer)
    return sa.and_(SubmissionForm.round_id == Submission.round_id, SubmissionForm.version == number)
