"""Several hands on one draft: each part is taken where nobody else changed it since, else both words stay.

A part is a field, one indicator of a field of indicators (`indicators.12`), or who proposes (`team_name`,
`organization_id`). `Submission.marks` says as of which draft_version each part was written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from challenge.files.receiving import Kept
from challenge.rules.errors import Invalid
from challenge.rules.formspec import Spec
from challenge.rules.permissions import Action, Actor
from challenge.submissions import drafting, team
from challenge.submissions.drafting import Draft
from challenge.submissions.holding import hold
from challenge.submissions.models import Submission

WHO = ("team_name", "organization_id")
Parts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of it: `taken` and `same` stand in the draft, `conflicts` and what is at fault do not."""

    submission: Submission
    at: dt.datetime
    taken: frozenset[str]
    same: frozenset[str]
    conflicts: Parts  # what stands in the draft instead
    faults: tuple[Invalid, ...]


def merge(
    session: Session,
    actor: Actor,
    ref: str,
    parts: Parts,
    bases: Mapping[str, int],
    *,
    strict: bool = False,
    kept: Sequence[Kept] = (),
    remove: str | None = None,
) -> Merged:
    """Write these parts of the draft, each changed on the draft_version that `bases` names for it.

    A part that somebody else wrote since, differently, is a conflict: what stands stays, and comes back.
    What is at fault is left out; `strict` raises it instead, and then nothing is written. The same again
    has no effect. Raises `TooLate`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    submission = held.submission
    draft = Draft(_nested(held.form.spec, parts), "", parts.get("organization_id"))
    values, faults = drafting.checked(actor, held, draft)
    if strict:
        drafting.raise_all(faults)
    at_fault = {fault.field for fault in faults}
    wanted = flat(held.form.spec, values) | {name: parts[name] for name in WHO if name in parts}
    wanted = {part: value for part, value in wanted.items() if part.partition(".")[0] not in at_fault}
    standing = of(held.form.spec, submission)
    same = {part for part, value in wanted.items() if standing.get(part, _nothing(value)) == value}
    theirs = {part for part in wanted if part not in same and mark(submission, part) > bases.get(part, 0)}
    taken = {part: value for part, value in wanted.items() if part not in same and part not in theirs}
    if taken:
        _write(submission, taken)
        submission.updated_at = held.now
    drafting.keep_files(session, actor, held, kept, remove)
    session.flush()
    if "organization_id" in taken:
        team.say_changed(session, submission, held.now, f"draft/{submission.draft_version}")
    conflicts = {part: standing.get(part) for part in theirs}
    return Merged(submission, held.now, frozenset(taken), frozenset(same), conflicts, tuple(faults))


def _nothing(value: Any) -> Any:
    """What a part that was never written counts as."""
    if isinstance(value, Mapping):
        return {"met": "", "evidence": ""}
    if value == 0 and not isinstance(value, str):
        return 0  # a consent that was never given
    return None if value is None else type(value)()


def of(spec: Spec, submission: Submission) -> dict[str, Any]:
    """Every part that the draft holds."""
    return {
        **flat(spec, submission.values),
        "team_name": submission.team_name,
        "organization_id": submission.organization_id,
    }


def flat(spec: Spec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field as parts."""
    found: dict[str, Any] = {}
    for field in spec:
        if field.key not in values:
            continue
        if field.kind == "indicators":
            answers = values[field.key] or {}
            found |= {f"{field.key}.{key}": answer for key, answer in answers.items()}
        else:
            found[field.key] = values[field.key]
    return found


def _nested(spec: Spec, parts: Parts) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part, value in parts.items():
        key, _, item = part.partition(".")
        field = spec.get(key)
        if field is not None and item:
            values.setdefault(key, {})[item] = value
        elif field is not None:
            values[key] = value
    return values


def mark(submission: Submission, part: str) -> int:
    """The draft_version as of which a part was written; 0 for what stands since the beginning."""
    key = part.partition(".")[0]
    return max(int(submission.marks.get(part, 0)), int(submission.marks.get(key, 0)))


def _write(submission: Submission, taken: Parts) -> None:
    values = dict(submission.values)
    for part, value in taken.items():
        key, _, item = part.partition(".")
        if part in WHO:
            setattr(submission, part, value)
        elif item:
            values[key] = {**(values.get(key) or {}), item: value}
        else:
            values[key] = value
    submission.draft_version += 1
    submission.values = values
    submission.marks = {**submission.marks, **dict.fromkeys(taken, submission.draft_version)}
