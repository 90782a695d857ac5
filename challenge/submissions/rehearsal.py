"""A dry run of a close: what would become of each draft and what keeps it out, never what is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from challenge.accounts.models import User
from challenge.requirements.models import Requirement
from challenge.rounds.models import Round
from challenge.rounds.tracks import windows_of
from challenge.rules.errors import Invalid
from challenge.rules.formspec import Words
from challenge.rules.lifecycles import CHANGEABLE
from challenge.submissions import asking, content, entering, facts, holding, material
from challenge.submissions.asking import Form
from challenge.submissions.limits import EntryRefused
from challenge.submissions.material import Material
from challenge.submissions.models import LateArrival, Submission, TeamMember

BATCH = 200
MOST = 2000

# What becomes of one, in the order in which an organizer wants to know of it. Of those that asked to be
# entered, `fails` is incomplete, `barred` is against the rules, and of `kept` an earlier version stands.
OUTCOMES = (
    *("left_complete", "left_incomplete", "fails", "barred", "kept", "changed", "enters"),
    *("stands", "withdrawn"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One submission under its pseudonym; `missing` are parts of the form, `saved_at` is the last save.

    `against` is what the rules of entry have against it, where it asked to be entered.
    """

    code: str
    state: str
    outcome: str
    missing: tuple[tuple[Words | None, Invalid], ...]
    opted_in: bool
    saved_at: dt.datetime
    ends_at: dt.datetime | None
    extended: bool
    against: tuple[EntryRefused, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Every line, the ones that need somebody first; `cut` where there are more than are looked at."""

    lines: Sequence[Line]
    counts: Counter[str]
    cut: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """A line, and what the rules of entry ask about."""

    line: Line
    submission: Submission
    parts: Material


def of_round(session: Session, round_: Round, now: dt.datetime, most: int = MOST) -> Rehearsal:
    """What the close would do now. The round's windows are loaded."""
    seen = list(_seen(session, round_, most + 1))
    lines = _admitted(session, round_, seen[:most], now)
    kept = sorted(lines, key=lambda line: (OUTCOMES.index(line.outcome), line.code))
    return Rehearsal(kept, Counter(line.outcome for line in kept), cut=len(seen) > most)


def _admitted(session: Session, round_: Round, seen: Sequence[_Seen], now: dt.datetime) -> list[Line]:
    """The lines, once the rules of entry were asked about those to enter: in the order of the close."""
    asked = [each for each in seen if each.line.outcome == "enters"]
    asked.sort(key=lambda each: (each.line.ends_at or now, each.submission.id))
    pairs = [(each.submission, each.parts) for each in asked]
    against = entering.one_by_one(session, round_, pairs, now) if pairs else {}
    return [
        replace(each.line, outcome=_refused(each.submission, "barred"), against=tuple(refusals))
        if (refusals := against.get(each.submission.id))
        else each.line
        for each in seen
    ]


def _refused(submission: Submission, outcome: str) -> str:
    """What becomes of one that asked to be entered and cannot be: what was handed in before stays in."""
    return "kept" if submission.state == "submitted" else outcome


def _seen(session: Session, round_: Round, most: int) -> Iterator[_Seen]:
    forms: dict[bool, Form] = {}
    after, seen = 0, 0
    while seen < most:
        query = (
            sa.select(Submission)
            .where(Submission.round_id == round_.id, Submission.state.in_(CHANGEABLE), Submission.id > after)
            .options(joinedload(Submission.requirement), joinedload(Submission.organization))
            .order_by(Submission.id)
            .limit(min(BATCH, most - seen))
        )
        batch = session.scalars(query).all()
        parts = material.load_many(session, batch)
        for submission in batch:
            asked = submission.requirement_id is not None
            if asked not in forms:
                forms[asked] = asking.of_round(session, round_.id, asked)
            mine = parts[submission.id]
            yield _Seen(_line(round_, submission, forms[asked], mine), submission, mine)
        if len(batch) < BATCH:
            return
        seen, after = seen + len(batch), batch[-1].id


def _line(round_: Round, submission: Submission, form: Form, parts: Material) -> Line:
    requirement: Requirement | None = submission.requirement
    faults = content.missing(submission, form, parts)
    if requirement is not None and requirement.state != "published":
        faults.insert(0, Invalid("requirement", "requirement_not_open"))
    return Line(
        submission.code,
        submission.state,
        _outcome(submission, form, parts, bool(faults)),
        tuple((field.label if (field := form.spec.get(fault.field)) else None, fault) for fault in faults),
        submission.submit_at_close,
        submission.updated_at,
        facts.ends_at(windows_of(round_), requirement, submission),
        submission.extended_to is not None,
    )


def _outcome(submission: Submission, form: Form, parts: Material, incomplete: bool) -> str:
    last = parts.last
    if submission.state == "submitted":
        frozen = holding.frozen(submission, form, parts)
        digest = content.as_answered(frozen, submission).digest
        if last is not None and last.current and last.digest == digest:
            return "stands"
        if not submission.submit_at_close:
            return "changed"
    elif not submission.submit_at_close:
        if submission.state == "withdrawn":
            return "withdrawn"
        return "left_incomplete" if incomplete else "left_complete"
    return _refused(submission, "fails") if incomplete else "enters"


def zones(session: Session, round_id: int) -> list[tuple[str, int]]:
    """The time zones in which those who write for a round read the deadline, and how many do in each."""
    count = sa.func.count(sa.distinct(User.id))
    query = (
        sa.select(User.zone, count)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Submission, Submission.id == TeamMember.submission_id)
        .where(Submission.round_id == round_id, User.zone.is_not(None))
        .group_by(User.zone)
        .order_by(count.desc(), User.zone)
    )
    return [(zone, number) for zone, number in session.execute(query) if zone]


@dataclass(frozen=True, slots=True)
class Special:
    """One that came too late, or that may come later: when, until when and why."""

    code: str
    state: str
    arrived_at: dt.datetime | None
    extended_to: dt.datetime | None
    reason: str | None


def exceptions(session: Session, round_id: int, limit: int = 200) -> list[Special]:
    """Late arrivals that are not entered since, and extensions, by code."""
    last = (
        sa.select(sa.func.max(LateArrival.arrived_at))
        .where(LateArrival.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(Submission.code, Submission.state, last),
            *(Submission.extended_to, Submission.extension_reason),
        )
        .where(
            Submission.round_id == round_id,
            sa.or_(
                Submission.extended_to.is_not(None),
                Submission.id.in_(sa.select(LateArrival.submission_id)),
            ),
        )
        .order_by(Submission.code)
        .limit(limit)
    )
    return [Special(*row) for row in session.execute(query)]
