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

from challenge.files import services as files
from challenge.files.receiving import Kept
from challenge.rules import answers
from challenge.rules.errors import Invalid, InvalidMany
from challenge.rules.formspec import Spec
from challenge.rules.money import Sum
from challenge.rules.permissions import Action, Actor
from challenge.submissions import team
from challenge.submissions.holding import Held, hold
from challenge.submissions.material import OWNER
from challenge.submissions.models import Submission

# A quote this many times the budget is a slip of 元 and 万元, not an offer.
SLIP = 100
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
    no_room: Invalid | None = None  # why the files that came along are not kept


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
    What is at fault is left out; `strict` raises it instead, and then nothing is written. Files for which
    there is no room are all left out. The same again has no effect. Raises `TooLate`, `NotFound`.
    """
    held = hold(session, ref)
    held.permit(actor, Action.SUBMISSION_EDIT)
    submission = held.submission
    values, faults = _checked(actor, held, parts)
    if strict:
        _raise(faults)
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
    no_room = _keep_files(session, actor, held, kept, remove)
    session.flush()
    if "organization_id" in taken:
        team.say_changed(session, submission, held.now, f"draft/{submission.draft_version}")
    conflicts = {part: standing.get(part) for part in theirs}
    return Merged(submission, held.now, frozenset(taken), frozenset(same), conflicts, tuple(faults), no_room)


def _raise(faults: Sequence[Invalid]) -> None:
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise InvalidMany(faults)


def _checked(actor: Actor, held: Held, parts: Parts) -> tuple[dict[str, Any], list[Invalid]]:
    """The values as they are kept, and what is wrong; each fault names a field that was sent."""
    submission, spec = held.submission, held.form.spec
    sent = _nested(spec, parts)
    organization_id = parts.get("organization_id")
    faults: list[Invalid] = []
    if organization_id not in (None, submission.organization_id, *actor.represents):
        faults.append(Invalid("organization_id", "not_your_organization"))
    values: dict[str, Any] = {}
    for each in spec:
        if each.key in sent and each.kind != "files":
            try:
                values[each.key] = answers.clean(each, sent[each.key], submission.currency)
            except Invalid as fault:
                faults.append(fault)
    asked = {str(each.id) for each in held.material.indicators}
    for each in spec.of_kind("indicators"):
        if each.key in values:
            values[each.key] = {key: answer for key, answer in values[each.key].items() if key in asked}
    return values, faults + _slips(held, values)


def _slips(held: Held, typed: Mapping[str, Any]) -> list[Invalid]:
    """What no single field can know: maturity that goes back, a quote that cannot be meant."""
    faults, values = [], {**held.submission.values, **typed}
    for each in held.form.spec.of_kind("trl"):
        level, floor = values.get(each.key), values.get(each.not_below or "")
        at = each.key if each.key in typed else each.not_below
        if level and floor and level < floor and at in typed:
            faults.append(Invalid(str(at), "trl_goes_back"))
    budget, quote = held.requirement.budget_max_minor if held.requirement else None, typed.get("quote")
    if budget and quote and quote >= SLIP * budget:
        currency = held.submission.currency
        meant = Sum(quote // 10_000, currency)
        faults.append(Invalid("quote", "quote_slip", typed=Sum(quote, currency), meant=meant))
    return faults


def _keep_files(
    session: Session, actor: Actor, held: Held, kept: Sequence[Kept], remove: str | None
) -> Invalid | None:
    """Attach what came, each to the field that it came with, and let go of what is to go.

    Where there is no room nothing is attached, and why comes back.
    """
    owner = held.submission.id
    if remove is not None:
        files.remove(session, OWNER, owner, remove, held.now)
    if kept:
        user_id, at = actor.user_id, held.now
        try:
            files.attach(session, OWNER, owner, kept, room=held.room, user_id=user_id, at=at)
        except Invalid as fault:
            return fault
    return None


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
            each = values[field.key] or {}
            found |= {f"{field.key}.{key}": answer for key, answer in each.items()}
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
