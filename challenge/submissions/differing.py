"""What changed between two versions of one submission, field by field of the form that the newer answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenge.rules import differences
from challenge.rules.differences import Change, FileChange, PersonChange, RowChange
from challenge.rules.formspec import Field, Spec
from challenge.submissions import queries, reading
from challenge.submissions.content import values_of
from challenge.submissions.models import Submission, Version

WRITTEN = ("text", "long", "table")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side; `readable` is False while the content of one is still sealed."""

    before: Version
    after: Version
    fields: tuple[tuple[Field, Change], ...] = ()
    indicators: tuple[RowChange, ...] = ()
    team: tuple[Change, ...] = ()  # its name, and on whose behalf
    people: tuple[PersonChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    readable: bool = True

    def __bool__(self) -> bool:
        return bool(self.fields or self.indicators or self.team or self.people or self.files)


def numbers(session: Session, submission_id: int) -> Sequence[int]:
    """The numbers of its versions, newest first."""
    mine = sa.select(Version.number).where(Version.submission_id == submission_id)
    return session.scalars(mine.order_by(Version.number.desc())).all()


def between(session: Session, submission: Submission, before: int, after: int) -> Difference:
    """The difference of two versions, which may be the same; at most four statements. Raises NotFound."""
    old = queries.version(session, submission.id, before, named=True)
    new = queries.version(session, submission.id, after, named=True)
    if not old.content or not new.content:
        return Difference(old, new, readable=False)
    specs = [reading.form_of(session, submission, each.content).spec for each in (new, old)]
    known = {field.key: field for spec in reversed(specs) for field in spec}
    was, now = _values(old, known), _values(new, known)
    found = differences.fields(was, now, lambda key: known[key].kind in WRITTEN)
    parties = [{key: each.team.get(key) or "" for key in ("name", "organization")} for each in (old, new)]
    return Difference(
        old,
        new,
        tuple((known[change.key], change) for change in found),
        tuple(differences.indicators(_answers(old, specs[1]), _answers(new, specs[0]))),
        tuple(differences.fields(parties[0], parties[1], lambda _key: False)),
        tuple(differences.people(old.team, new.team)),
        tuple(differences.files(old.manifest, new.manifest)),
    )


def _values(version: Version, known: Mapping[str, Field]) -> dict[str, Any]:
    """The answers that are compared as fields; a table as lines of text."""
    values = {**values_of(version.content), **(version.hidden or {})}
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in known and known[key].kind not in ("files", "indicators"):
            is_table = known[key].kind == "table"
            found[key] = "\n".join(" | ".join(row) for row in value or ()) if is_table else value
    return found


def _answers(version: Version, spec: Spec) -> Sequence[Mapping[str, Any]]:
    """The rows of indicators, wherever the form has them."""
    shown: Sequence[Mapping[str, Any]] = version.content.get("answers") or ()
    hidden = [field.key for field in spec.of_kind("indicators") if field.hidden]
    return [*shown, *(row for key in hidden for row in (version.hidden or {}).get(key) or ())]
